const XML_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const CHINESE = [
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$/,
  /^(\d{4})年(\d{1,2})月(\d{1,2})日$/,
  COMPACT,
];
/** Formats of UN/EDIFACT 2379 that begin with a calendar day, with their length. */
const CII_LENGTHS: Readonly<Record<string, number>> = { '102': 8, '203': 12, '204': 14 };
const YEAR_MIN = 1900;

/**
 * Day of an `xs:date` as `YYYY-MM-DD`. A zone is dropped: the day is the one its writer wrote, and
 * moving it would give two readers two days.
 */
export function xmlDate(text: string): string | undefined {
  return day(XML_DATE.exec(text));
}

/** Day of a CII `DateTimeString` with its `format` code. */
export function ciiDate(text: string, format: string | undefined): string | undefined {
  const length = format === undefined ? undefined : CII_LENGTHS[format];
  if (length === undefined || text.length !== length || !/^\d+$/.test(text)) return undefined;
  return day(COMPACT.exec(text.slice(0, 8)));
}

/** Day as Chinese invoices write it: `2024-05-28`, `2024-05-28 09:30:00`, `2024年05月28日`, `20240528`. */
export function chineseDate(text: string): string | undefined {
  for (const pattern of CHINESE) {
    const match = pattern.exec(text);
    if (match !== null) return day(match);
  }
  return undefined;
}

function day(match: RegExpExecArray | null): string | undefined {
  if (match === null) return undefined;
  const [year = 0, month = 0, date = 0] = match.slice(1, 4).map(Number);
  if (year < YEAR_MIN || month < 1 || month > 12) return undefined;
  if (date < 1 || date > daysIn(year, month)) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
