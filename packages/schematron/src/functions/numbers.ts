import {
  absDecimal,
  addDecimals,
  ceilDecimal,
  decimalOf,
  decimalToNumber,
  divideDecimals,
  floorDecimal,
  roundDecimal,
  roundHalfToEven,
  numberToDecimal,
  ZERO,
  type Decimal,
} from '../decimal.ts';
import { EvaluationFault } from '../fault.ts';
import { holds, compareAtoms } from '../compare.ts';
import {
  isNumeric,
  parseDouble,
  textOf,
  toDouble,
  typeOf,
  type Atom,
  type Sequence,
} from '../value.ts';
import { atomOf, atomsOf, fromAtom, fromItems, type Code, type Env } from '../eval/env.ts';
import { ABSENT, define, numberArg, onFocus, toNumeric, type FunctionTable } from './spec.ts';

/** Functions on numbers. */
export const numberFunctions: FunctionTable = {
  number: onFocus((arg) => {
    const atom = atomOf(arg, 'the argument of number');
    return fromAtom((env) => asDouble(atom(env)));
  }),
  abs: define(1, 1, (arg) => mapNumber(arg, 'abs', absDecimal, Math.abs)),
  ceiling: define(1, 1, (arg) => mapNumber(arg, 'ceiling', ceilDecimal, Math.ceil)),
  floor: define(1, 1, (arg) => mapNumber(arg, 'floor', floorDecimal, Math.floor)),
  // Math.round rounds halves up and keeps -0, as fn:round does.
  round: define(1, 1, (arg) => mapNumber(arg, 'round', roundDecimal, Math.round)),
  'round-half-to-even': define(1, 2, halfToEven),
  sum: define(1, 2, (arg = ABSENT, zero) =>
    fromItems((env) => {
      const atoms = atomsOf(env, arg.items(env));
      if (atoms.length > 0) return [total(atoms, 'sum')];
      return zero === undefined ? [ZERO] : zero.items(env);
    }),
  ),
  avg: define(1, 1, (arg = ABSENT) =>
    fromAtom((env) => {
      const atoms = atomsOf(env, arg.items(env));
      if (atoms.length === 0) return undefined;
      const sum = total(atoms, 'avg');
      return typeof sum === 'number'
        ? sum / atoms.length
        : divideDecimals(sum, decimalOf(atoms.length));
    }),
  ),
  min: define(1, 1, (arg = ABSENT) => fromAtom((env) => extreme(env, arg.items(env), 'lt'))),
  max: define(1, 1, (arg = ABSENT) => fromAtom((env) => extreme(env, arg.items(env), 'gt'))),
};

/** `fn:number`: what is no number is NaN. */
function asDouble(atom: Atom | undefined): number {
  if (atom === undefined) return NaN;
  if (isNumeric(atom)) return toDouble(atom);
  if (typeof atom === 'boolean') return atom ? 1 : 0;
  return typeof atom === 'string' || atom.kind === 'untyped'
    ? (parseDouble(textOf(atom)) ?? NaN)
    : NaN;
}

function mapNumber(
  arg: Code | undefined,
  name: string,
  exact: (value: Decimal) => Decimal,
  double: (value: number) => number,
): Code {
  const numeric = numberArg(arg, name);
  return fromAtom((env) => {
    const value = numeric(env);
    if (value === undefined) return undefined;
    return typeof value === 'number' ? double(value) : exact(value);
  });
}

function halfToEven(arg?: Code, digits?: Code): Code {
  const numeric = numberArg(arg, 'round-half-to-even');
  const precision = digits === undefined ? undefined : numberArg(digits, 'round-half-to-even');
  return fromAtom((env) => {
    const value = numeric(env);
    const places = precision === undefined ? 0 : precision(env);
    if (value === undefined || places === undefined) return undefined;
    const whole = Math.trunc(toDouble(places));
    if (typeof value === 'object') return roundHalfToEven(value, whole);
    if (!Number.isFinite(value) || value === 0) return value;
    return decimalToNumber(roundHalfToEven(numberToDecimal(value), whole));
  });
}

/** The sum: exact while all are decimals, a double from the first double on. */
function total(atoms: readonly Atom[], name: string): number | Decimal {
  let sum: number | Decimal | undefined;
  for (const atom of atoms) {
    const value = toNumeric(atom, name);
    if (sum === undefined) sum = value;
    else if (typeof sum === 'object' && typeof value === 'object') sum = addDecimals(sum, value);
    else sum = toDouble(sum) + toDouble(value);
  }
  return sum ?? ZERO;
}

/** The smallest or largest value; untyped content counts as double; NaN wins over all. */
function extreme(env: Env, items: Sequence, relation: 'lt' | 'gt'): Atom | undefined {
  let best: Atom | undefined;
  let isDouble = false;
  for (const atom of atomsOf(env, items)) {
    const value = typeOf(atom) === 'untyped' ? toNumeric(atom, 'min or max') : atom;
    if (typeof value === 'number' && Number.isNaN(value)) return value;
    isDouble ||= typeof value === 'number';
    if (best === undefined || holds(relation, compareAtoms(value, best))) best = value;
  }
  return isDouble && best !== undefined && isNumeric(best) ? toDouble(best) : best;
}

/** The whole number of an argument such as a position, or a fault. */
export function wholeNumber(value: number | Decimal | undefined, name: string): number {
  if (typeof value === 'object' && value.scale === 0) return decimalToNumber(value);
  throw new EvaluationFault('XPTY0004', `${name} takes a whole number`);
}
