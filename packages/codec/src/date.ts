import type { Schema } from './schema.ts';
import { DecodeError, EncodeError } from './wire.ts';

const DAYS_PER_YEAR = 365;
const DAYS_PER_4_YEARS = 4 * DAYS_PER_YEAR + 1;
const DAYS_PER_CENTURY = 25 * DAYS_PER_4_YEARS - 1;
const DAYS_PER_4_CENTURIES = 4 * DAYS_PER_CENTURY + 1;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/** Days from 0001-01-01 to 9999-12-31. */
export const DAYS_MAX = 3_652_058;
/** Days from 0001-01-01 to 1970-01-01. */
const DAYS_BEFORE_UNIX = 719_162;
const MS_PER_DAY = 86_400_000;

/** Days from 0001-01-01 to a date `YYYY-MM-DD` of the proleptic Gregorian calendar, if it is one. */
export function daysOfDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const before = DAYS_BEFORE_MONTH[month - 1];
  if (year === 0 || before === undefined || day === 0 || day > daysOfMonth(year, month)) {
    return undefined;
  }
  const leapDay = month > 2 && isLeap(year) ? 1 : 0;
  return daysBeforeYear(year) + before + leapDay + day - 1;
}

/** The date that lies so many days after 0001-01-01. Throws EncodeError beyond the year 9999. */
export function dateOfDays(days: number): string {
  if (!Number.isInteger(days) || days < 0 || days > DAYS_MAX) {
    throw new EncodeError(`no date lies ${days} days after 0001-01-01`);
  }
  const eras = Math.floor(days / DAYS_PER_4_CENTURIES);
  let rest = days - eras * DAYS_PER_4_CENTURIES;
  // The last day of a leap cycle would open a fifth century or year.
  const centuries = Math.min(3, Math.floor(rest / DAYS_PER_CENTURY));
  rest -= centuries * DAYS_PER_CENTURY;
  const cycles = Math.floor(rest / DAYS_PER_4_YEARS);
  rest -= cycles * DAYS_PER_4_YEARS;
  const years = Math.min(3, Math.floor(rest / DAYS_PER_YEAR));
  rest -= years * DAYS_PER_YEAR;
  const year = 400 * eras + 100 * centuries + 4 * cycles + years + 1;
  let month = 1;
  while (month < 12 && rest >= daysOfMonth(year, month)) rest -= daysOfMonth(year, month++);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(rest + 1, 2)}`;
}

/** The date, in UTC, of a time in Unix milliseconds. */
export function dateOfTime(timeMs: number): string {
  return dateOfDays(DAYS_BEFORE_UNIX + Math.floor(timeMs / MS_PER_DAY));
}

/** A calendar date as `YYYY-MM-DD`: four bytes, the days since 0001-01-01, so that bytes sort as dates do. */
export const date: Schema<string> = {
  shape: { kind: 'date' },
  write: (writer, value) => {
    const days = daysOfDate(value);
    if (days === undefined) throw new EncodeError(`"${value}" is no date YYYY-MM-DD`);
    writer.u32(days);
  },
  read: (reader) => {
    const days = reader.u32();
    if (days > DAYS_MAX) throw new DecodeError('date after 9999-12-31');
    return dateOfDays(days);
  },
  toJson: (value) => value,
  fromJson: (json) => {
    if (typeof json !== 'string' || daysOfDate(json) === undefined) {
      throw new DecodeError('expected a date YYYY-MM-DD');
    }
    return json;
  },
};

function daysBeforeYear(year: number): number {
  const past = year - 1;
  return (
    DAYS_PER_YEAR * past + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  );
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
