import { einvoiceBounds } from './bounds.ts';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
/** Invoices are written with two decimals whatever the currency; zeros there carry nothing. */
const USUAL_DECIMALS = 2;
const FRACTION_CHARS_MAX = 18;

/**
 * An amount in the minor unit of its currency, or undefined when it is not written as one:
 * exponent, comma, plus, negative zero, too many digits, or decimals the currency does not have.
 */
export function toMinor(text: string, minorDigits: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  const kept = fraction.slice(0, minorDigits).padEnd(minorDigits, '0');
  const spare = fraction.slice(minorDigits);
  if (whole.length > einvoiceBounds.amountDigitsMax) return undefined;
  if (fraction.length > Math.max(minorDigits, USUAL_DECIMALS)) return undefined;
  if (/[1-9]/.test(spare)) return undefined;
  const minor = BigInt(whole + kept);
  if (sign === '') return minor;
  return minor === 0n ? undefined : -minor;
}

/** Whether text is a decimal number of any scale: a quantity, a price, a rate. */
export function isDecimal(text: string): boolean {
  const match = DECIMAL.exec(text);
  if (match === null) return false;
  const [, , whole = '', fraction = ''] = match;
  return whole.length <= einvoiceBounds.amountDigitsMax && fraction.length <= FRACTION_CHARS_MAX;
}

/** Decimal text of an amount in minor units, with all decimals of the currency. */
export function fromMinor(minor: bigint, minorDigits: number): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(minorDigits + 1, '0');
  const sign = minor < 0n ? '-' : '';
  if (minorDigits === 0) return sign + digits;
  return `${sign}${digits.slice(0, -minorDigits)}.${digits.slice(-minorDigits)}`;
}
