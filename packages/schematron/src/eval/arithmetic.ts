import {
  addDecimals,
  decimal,
  divideDecimals,
  idivDecimals,
  modDecimals,
  multiplyDecimals,
  negateDecimal,
  numberToDecimal,
  subtractDecimals,
  weightOf,
  type Decimal,
} from '../decimal.ts';
import { EvaluationFault } from '../fault.ts';
import { numberArg } from '../functions/spec.ts';
import { decimalOf } from '../decimal.ts';
import { wholeNumber } from '../functions/numbers.ts';
import { toDouble, type Atom, type Item } from '../value.ts';
import type { ExprOf } from '../xpath/ast.ts';
import { charge, fromAtom, fromItems, type Code } from './env.ts';

type Operator = ExprOf<'arithmetic'>['op'];

/** A step of the budget is charged for each range item as for this many nodes. */
const RANGE_COST = 16;

const EXACT: Readonly<Record<Operator, (a: Decimal, b: Decimal) => Decimal>> = {
  '+': addDecimals,
  '-': subtractDecimals,
  '*': multiplyDecimals,
  div: divideDecimals,
  idiv: idivDecimals,
  mod: modDecimals,
};

/** `a + b` and its like: exact between decimals, double when one side is a double or untyped. */
export function compileArithmetic(op: Operator, left: Code, right: Code): Code {
  const [a, b] = [numberArg(left, op), numberArg(right, op)];
  const exact = EXACT[op];
  return fromAtom((env) => {
    const x = a(env);
    const y = x === undefined ? undefined : b(env);
    if (x === undefined || y === undefined) return undefined;
    if (typeof x === 'object' && typeof y === 'object') {
      charge(env, weightOf(x, y));
      return exact(x, y);
    }
    charge(env, 1);
    return onDoubles(op, toDouble(x), toDouble(y));
  });
}

function onDoubles(op: Operator, x: number, y: number): Atom {
  switch (op) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case 'div':
      return x / y;
    case 'mod':
      return x % y;
    case 'idiv':
      if (y === 0) throw new EvaluationFault('FOAR0001', 'division by zero');
      if (!Number.isFinite(x) || Number.isNaN(y)) {
        throw new EvaluationFault('FOAR0002', 'a quotient that is no whole number');
      }
      return numberToDecimal(Math.trunc(x / y));
  }
}

/** `-a` and `+a`. */
export function compileNegate(operand: Code, isNegative: boolean): Code {
  const numeric = numberArg(operand, 'a sign');
  return fromAtom((env) => {
    const value = numeric(env);
    if (value === undefined || !isNegative) return value;
    return typeof value === 'number' ? -value : negateDecimal(value);
  });
}

/** `a to b`. */
export function compileRange(left: Code, right: Code): Code {
  const [a, b] = [numberArg(left, 'to'), numberArg(right, 'to')];
  return fromItems((env) => {
    const [from, to] = [a(env), b(env)];
    if (from === undefined || to === undefined) return [];
    const first = wholeNumber(asWhole(from), 'to');
    const last = wholeNumber(asWhole(to), 'to');
    charge(env, RANGE_COST * Math.max(last - first + 1, 0));
    const items: Item[] = [];
    for (let n = first; n <= last; n++) items.push(decimalOf(n));
    return items;
  });
}

/** Untyped content arrives as a double; as an operand of `to` it would have become an integer. */
function asWhole(value: number | Decimal): Decimal {
  if (typeof value === 'object') return value;
  if (Number.isSafeInteger(value)) return decimal(BigInt(value), 0);
  throw new EvaluationFault('XPTY0004', 'to takes whole numbers');
}
