import { DECIMAL_DIGITS_MAX } from './limits.ts';
import { EvaluationFault } from './fault.ts';

/** An exact `xs:decimal`, `units / 10^scale`, without trailing zeros: scale 0 is an `xs:integer`. */
export type Decimal = {
  readonly kind: 'decimal';
  readonly units: bigint;
  readonly scale: number;
};

const QUOTIENT_DIGITS = 18;
const LEXICAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
const UNITS_MAX = 10n ** BigInt(DECIMAL_DIGITS_MAX);
const EXACT_POWERS = 22;
const SMALL = 256;
const POWERS = Array.from({ length: 256 }, (_, exponent) => 10n ** BigInt(exponent));
const ZERO_RUNS = [128, 64, 32, 16, 8, 4, 2, 1];
/** What is heavier than this is charged as several operations. */
const LIGHT_MAX = 10n ** 18n;
const INTEGERS = Array.from({ length: SMALL }, (_, n) => make(BigInt(n), 0));

/** 0. */
export const ZERO = decimalOf(0);

/** The decimal of a safe integer. */
export function decimalOf(n: number): Decimal {
  return INTEGERS[n] ?? make(BigInt(n), 0);
}

/** `units / 10^scale` in lowest terms of ten. Faults beyond the bound on digits. */
export function decimal(units: bigint, scale: number): Decimal {
  let lowest = units;
  let digits = scale;
  if (digits > 0 && lowest % 10n === 0n) {
    // Runs of zeros by halves: a loop over single zeros would be quadratic in the digits.
    for (const run of ZERO_RUNS) {
      if (digits < run || lowest % power(run) !== 0n) continue;
      lowest /= power(run);
      digits -= run;
    }
  }
  if (digits > DECIMAL_DIGITS_MAX || lowest >= UNITS_MAX || lowest <= -UNITS_MAX) {
    throw new EvaluationFault('FOAR0002', `a decimal has more than ${DECIMAL_DIGITS_MAX} digits`);
  }
  return make(lowest, digits);
}

function make(units: bigint, scale: number): Decimal {
  return { kind: 'decimal', units, scale };
}

/** The value of a decimal's text without white space around it, or undefined. */
export function parseDecimal(text: string): Decimal | undefined {
  if (!LEXICAL.test(text)) return undefined;
  if (text.length > DECIMAL_DIGITS_MAX) {
    throw new EvaluationFault('FOAR0002', `a decimal has more than ${DECIMAL_DIGITS_MAX} digits`);
  }
  const point = text.indexOf('.');
  if (point < 0) return decimal(BigInt(unsigned(text)), 0);
  const digits = text.slice(0, point) + text.slice(point + 1);
  return decimal(BigInt(unsigned(digits)), text.length - point - 1);
}

/** BigInt reads a minus, but no plus and no sign without digits before the point. */
function unsigned(text: string): string {
  return text.startsWith('+') ? text.slice(1) : text;
}

/** The canonical text: no exponent, no trailing zeros, no point in whole numbers. */
export function formatDecimal({ units, scale }: Decimal): string {
  if (scale === 0) return units.toString();
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** a + b. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return decimal(unitsAt(a, scale) + unitsAt(b, scale), scale);
}

/** a - b. */
export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, negateDecimal(b));
}

/** a × b. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return decimal(a.units * b.units, a.scale + b.scale);
}

/** a ÷ b to 18 digits after the point or as many as the longer operand has, half away from zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.units === 0n) throw new EvaluationFault('FOAR0001', 'division by zero');
  const scale = Math.max(QUOTIENT_DIGITS, a.scale, b.scale);
  const top = a.units * power(scale + b.scale - a.scale);
  const quotient = top / b.units;
  const rest = top - quotient * b.units;
  if (2n * magnitude(rest) < magnitude(b.units)) return decimal(quotient, scale);
  return decimal(quotient + (top < 0n === b.units < 0n ? 1n : -1n), scale);
}

/** a ÷ b cut to a whole number. */
export function idivDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.units === 0n) throw new EvaluationFault('FOAR0001', 'division by zero');
  const scale = Math.max(a.scale, b.scale);
  return decimal(unitsAt(a, scale) / unitsAt(b, scale), 0);
}

/** The rest of `idivDecimals`, with the sign of a. */
export function modDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.units === 0n) throw new EvaluationFault('FOAR0001', 'division by zero');
  const scale = Math.max(a.scale, b.scale);
  return decimal(unitsAt(a, scale) % unitsAt(b, scale), scale);
}

/** -a. */
export function negateDecimal(a: Decimal): Decimal {
  return make(-a.units, a.scale);
}

/** The magnitude of a. */
export function absDecimal(a: Decimal): Decimal {
  return a.units < 0n ? negateDecimal(a) : a;
}

/** Negative, zero or positive as a is below, equal to or above b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = unitsAt(a, scale);
  const right = unitsAt(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The largest whole number not above a. */
export function floorDecimal(a: Decimal): Decimal {
  if (a.scale === 0) return a;
  const one = power(a.scale);
  const cut = a.units / one;
  return make(a.units < 0n && a.units % one !== 0n ? cut - 1n : cut, 0);
}

/** The smallest whole number not below a. */
export function ceilDecimal(a: Decimal): Decimal {
  return negateDecimal(floorDecimal(negateDecimal(a)));
}

/** The nearest whole number; halves go up: 2.5 to 3, -2.5 to -2. */
export function roundDecimal(a: Decimal): Decimal {
  return floorDecimal(addDecimals(a, HALF));
}

const HALF = make(5n, 1);

/** The nearest multiple of 10^-precision; halves go to the even one. */
export function roundHalfToEven(a: Decimal, precision: number): Decimal {
  if (a.scale <= precision) return decimal(a.units, a.scale);
  // Far more places than digits, at both ends: nothing is left of the value.
  if (precision < -2 * DECIMAL_DIGITS_MAX) return ZERO;
  const unit = power(a.scale - precision);
  let quotient = a.units / unit;
  const twice = 2n * magnitude(a.units - quotient * unit);
  if (twice > unit || (twice === unit && quotient % 2n !== 0n)) {
    quotient += a.units < 0n ? -1n : 1n;
  }
  return precision >= 0 ? decimal(quotient, precision) : decimal(quotient * power(-precision), 0);
}

/** The nearest double. */
export function decimalToNumber(a: Decimal): number {
  const whole = Number(a.units);
  // Both are exact doubles, so that one division rounds correctly.
  if (a.scale <= EXACT_POWERS && Number.isSafeInteger(whole)) return whole / 10 ** a.scale;
  return Number(formatDecimal(a));
}

/** The exact decimal value of a finite double; beyond 200 digits after the point, the nearest. */
export function numberToDecimal(x: number): Decimal {
  if (Number.isSafeInteger(x)) return decimalOf(x + 0);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const significand = exponent === 0 ? fraction : fraction | (1n << 52n);
  const signed = x < 0 ? -significand : significand;
  const shift = Math.max(exponent, 1) - 1075;
  if (shift >= 0) return decimal(signed << BigInt(shift), 0);
  const exact = { kind: 'decimal', units: signed * powerOfFive(-shift), scale: -shift } as const;
  return roundHalfToEven(exact, DECIMAL_DIGITS_MAX);
}

/** How many steps an operation on two decimals is worth. */
export function weightOf(a: Decimal, b: Decimal): number {
  return isHeavy(a) || isHeavy(b) ? HEAVY_STEPS : 1;
}

const HEAVY_STEPS = 32;

function isHeavy({ units, scale }: Decimal): boolean {
  return scale > QUOTIENT_DIGITS || units > LIGHT_MAX || units < -LIGHT_MAX;
}

const FIVES: bigint[] = [];

/** Doubles reach 2^-1074, so that the table has an end. */
function powerOfFive(exponent: number): bigint {
  return (FIVES[exponent] ??= 5n ** BigInt(exponent));
}

function unitsAt(a: Decimal, scale: number): bigint {
  return a.scale === scale ? a.units : a.units * power(scale - a.scale);
}

function power(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n;
}
