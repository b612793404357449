import { must } from '@hanse/kit';
import { addDecimals, decimalOf, formatDecimal, parseDecimal, type Decimal } from './decimal.ts';

/** An `xs:date` or `xs:dateTime`. Without a timezone it counts as UTC. */
export type DateValue = {
  readonly kind: 'date' | 'dateTime';
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Seconds from 0001-01-01T00:00:00Z to the (start of the) value: what comparisons use. */
  readonly instant: Decimal;
  readonly text: string;
};

const DATE = '(-?(?:[1-9]\\d{3,}|0\\d{3}))-(\\d\\d)-(\\d\\d)';
const ZONE = '(Z|[+-]\\d\\d:\\d\\d)?';
const PATTERNS = {
  date: new RegExp(`^${DATE}${ZONE}$`),
  dateTime: new RegExp(`^${DATE}T(\\d\\d):(\\d\\d):(\\d\\d(?:\\.\\d+)?)${ZONE}$`),
};
const ZONE_AT_END = /(?:Z|[+-]\d\d:\d\d)$/;
const TEXT_MAX = 64;
const DAY_S = 86_400;
const DAYS_IN_400_YEARS = 146_097;

/** The value of a date's or date-time's text without white space around it, or undefined. */
export function parseDate(kind: DateValue['kind'], text: string): DateValue | undefined {
  const match = text.length > TEXT_MAX ? null : PATTERNS[kind].exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0] = match.slice(1, 4).map(Number);
  const [hour, minute, second, zone] =
    kind === 'date'
      ? [0, 0, '0', match[4]]
      : [Number(match[4]), Number(match[5]), match[6], match[7]];
  const seconds = parseDecimal(second ?? '0');
  const offset = offsetOf(zone);
  if (!isDay(year, month, day) || seconds === undefined || offset === undefined) return undefined;
  const isEndOfDay = hour === 24 && minute === 0 && Number(second) === 0;
  if ((hour > 23 && !isEndOfDay) || minute > 59 || Number(second) >= 60) return undefined;
  const whole = daysFrom(year, month, day) * DAY_S + (hour * 60 + minute - offset) * 60;
  if (!Number.isSafeInteger(whole)) return undefined;
  return { kind, year, month, day, instant: addDecimals(decimalOf(whole), seconds), text };
}

/** The calendar day of a date-time as a date. */
export function dateOf(value: DateValue): DateValue {
  const [day = '', time = ''] = value.text.split('T');
  return must(parseDate('date', day + (ZONE_AT_END.exec(time)?.[0] ?? '')), 'a day of a date-time');
}

/** The start of a date as a date-time. */
export function dateTimeOf(value: DateValue): DateValue {
  const [, day = '', zone = ''] = /^(-?\d+-\d\d-\d\d)(.*)$/.exec(value.text) ?? [];
  return must(parseDate('dateTime', `${day}T00:00:00${zone}`), 'a time of a date');
}

/** Key under which equal dates meet. */
export function dateKey(value: DateValue): string {
  return `${value.kind} ${formatDecimal(value.instant)}`;
}

/** Minutes east of UTC, or undefined beyond 14 hours. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (minutes > 59 || hours * 60 + minutes > 14 * 60) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function isDay(year: number, month: number, day: number): boolean {
  return year !== 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  const astronomical = year < 0 ? year + 1 : year;
  const isLeap = astronomical % 4 === 0 && (astronomical % 100 !== 0 || astronomical % 400 === 0);
  return isLeap ? 29 : 28;
}

/** Days from 0001-01-01 in the proleptic Gregorian calendar. */
function daysFrom(year: number, month: number, day: number): number {
  // Years start in March, so that the leap day is the last one. There is no year 0 before 1.
  const shifted = (year < 0 ? year + 1 : year) - (month <= 2 ? 1 : 0);
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_400_YEARS + dayOfEra - 306;
}
