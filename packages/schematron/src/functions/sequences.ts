import { decimalOf } from '../decimal.ts';
import { EvaluationFault, type FaultCode } from '../fault.ts';
import { compareAtoms } from '../compare.ts';
import {
  effectiveBoolean,
  EMPTY,
  equalityKey,
  typeOf,
  type Atom,
  type Item,
  type Sequence,
} from '../value.ts';
import {
  atomOf,
  atomsOf,
  charge,
  constant,
  fromAtom,
  fromItems,
  fromTest,
  type Code,
} from '../eval/env.ts';
import { wholeNumber } from './numbers.ts';
import { ABSENT, define, doubleArg, numberArg, predicate, type FunctionTable } from './spec.ts';

/** Functions on sequences and truth. */
export const sequenceFunctions: FunctionTable = {
  true: predicate(0, 0, () => constant([true])),
  false: predicate(0, 0, () => constant([false])),
  not: predicate(1, 1, (arg = ABSENT) => fromTest((env) => !arg.test(env))),
  boolean: predicate(1, 1, (arg = ABSENT) => fromTest((env) => effectiveBoolean(arg.items(env)))),
  exists: predicate(1, 1, (arg = ABSENT) => fromTest((env) => arg.items(env).length > 0)),
  empty: predicate(1, 1, (arg = ABSENT) => fromTest((env) => arg.items(env).length === 0)),
  count: define(1, 1, (arg = ABSENT) => fromAtom((env) => decimalOf(arg.items(env).length))),
  data: define(1, 1, (arg = ABSENT) => fromItems((env) => atomsOf(env, arg.items(env)))),
  unordered: define(1, 1, (arg = ABSENT) => arg),
  reverse: define(1, 1, (arg = ABSENT) =>
    fromItems((env) => {
      const items = arg.items(env);
      charge(env, items.length);
      return items.toReversed();
    }),
  ),
  'distinct-values': define(1, 1, (arg = ABSENT) =>
    fromItems((env) => distinct(atomsOf(env, arg.items(env)))),
  ),
  'index-of': define(2, 2, indexOf),
  subsequence: define(2, 3, subsequence),
  'insert-before': define(3, 3, (target = ABSENT, at, inserts = ABSENT) => {
    const position = numberArg(at, 'insert-before');
    return fromItems((env) => {
      const items = target.items(env);
      const place = Math.max(wholeNumber(position(env), 'insert-before') - 1, 0);
      const whole = [...items.slice(0, place), ...inserts.items(env), ...items.slice(place)];
      charge(env, whole.length);
      return whole;
    });
  }),
  remove: define(2, 2, (target = ABSENT, at) => {
    const position = numberArg(at, 'remove');
    return fromItems((env) => {
      const place = wholeNumber(position(env), 'remove') - 1;
      const items = target.items(env);
      charge(env, items.length);
      return items.filter((_, index) => index !== place);
    });
  }),
  'zero-or-one': define(1, 1, (arg) => counted(arg, 'FORG0003', (count) => count <= 1)),
  'one-or-more': define(1, 1, (arg) => counted(arg, 'FORG0004', (count) => count >= 1)),
  'exactly-one': define(1, 1, (arg) => counted(arg, 'FORG0005', (count) => count === 1)),
};

function distinct(atoms: readonly Atom[]): Sequence {
  const seen = new Set<string>();
  return atoms.filter((atom) => {
    const key = equalityKey(atom);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function indexOf(list: Code = ABSENT, wanted: Code = ABSENT): Code {
  const atom = atomOf(wanted, 'the second argument of index-of');
  return fromItems((env) => {
    const value = atom(env);
    if (value === undefined) throw new EvaluationFault('XPTY0004', 'index-of misses a value');
    const found: Item[] = [];
    for (const [index, other] of atomsOf(env, list.items(env)).entries()) {
      if (isEqual(other, value)) found.push(decimalOf(index + 1));
    }
    return found;
  });
}

/** Whether two values are `eq`; values that cannot be compared are not. */
function isEqual(a: Atom, b: Atom): boolean {
  try {
    return compareAtoms(a, b) === 0;
  } catch (error) {
    if (error instanceof EvaluationFault && typeOf(a) !== typeOf(b)) return false;
    throw error;
  }
}

function subsequence(list: Code = ABSENT, from?: Code, count?: Code): Code {
  const start = doubleArg(from, 'subsequence');
  const length = count === undefined ? undefined : doubleArg(count, 'subsequence');
  return fromItems((env) => {
    const items = list.items(env);
    charge(env, items.length);
    const first = Math.round(start(env));
    const end = length === undefined ? Infinity : first + Math.round(length(env));
    if (Number.isNaN(first) || Number.isNaN(end)) return EMPTY;
    return items.slice(Math.max(first - 1, 0), Math.max(end - 1, 0));
  });
}

function counted(arg: Code = ABSENT, code: FaultCode, isRight: (count: number) => boolean): Code {
  return fromItems((env) => {
    const items = arg.items(env);
    if (isRight(items.length)) return items;
    throw new EvaluationFault(code, `a sequence of ${items.length} items`);
  });
}
