import type { Language } from '@hanse/kit';
import { minorDigitsOf } from '@hanse/einvoice';

/** Decimals of a currency where the register does not know it. */
const USUAL_DIGITS = 2;

function digitsOf(currency: string): number {
  return minorDigitsOf(currency) ?? USUAL_DIGITS;
}

/** Units, which are minor units of a currency, as money in a language. */
export function formatUnits(units: number, currency: string, language: Language): string {
  const digits = digitsOf(currency);
  // Twelve digits at most: a double holds them with their decimals.
  const value = units / 10 ** digits;
  if (!/^[A-Z]{3}$/.test(currency)) return `${value} ${currency}`;
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** Units as a plain decimal number, for a field to type in. */
export function plainUnits(units: number, currency: string): string {
  const digits = digitsOf(currency);
  const text = String(units).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Units behind a typed amount; undefined when it is none, or has more decimals than the currency. */
export function parseUnits(text: string, currency: string): number | undefined {
  const digits = digitsOf(currency);
  const plain = text.replaceAll(/[\s,，_']/g, '').replace('。', '.');
  const match = /^(\d{1,12})(?:\.(\d{0,4}))?$/.exec(plain);
  if (match === null) return undefined;
  const decimals = (match[2] ?? '').replace(/0+$/, '');
  if (decimals.length > digits) return undefined;
  const units = Number((match[1] ?? '') + decimals.padEnd(digits, '0'));
  return Number.isSafeInteger(units) ? units : undefined;
}

/** A calendar day (`YYYY-MM-DD`) as people say it. */
export function formatDay(day: string, language: Language): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time)) return day;
  // The English that is read all over the world: 18 Aug 2027.
  const locale = language === 'en' ? 'en-GB' : language;
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(time);
}

const DAY_MS = 86_400_000;

/** Whole days from a time until a calendar day begins in UTC; negative when it has passed. */
export function daysUntil(day: string, nowMs: number): number {
  return Math.round(
    (Date.parse(`${day}T00:00:00Z`) - Math.floor(nowMs / DAY_MS) * DAY_MS) / DAY_MS,
  );
}

/** The share that a fee is of what is paid out, a year: simple interest over the days that are left. */
export function yearlyRate(fee: number, disbursed: number, days: number): number | undefined {
  return days > 0 && disbursed > 0 ? (fee / disbursed) * (365 / days) : undefined;
}

/** A share as a percentage in a language. */
export function formatShare(share: number, language: Language): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(
    share,
  );
}
