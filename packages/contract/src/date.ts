const MS_PER_DAY = 86_400_000;
const DAYS_PER_4_CENTURIES = 146_097;
const DAYS_PER_CENTURY = 36_524;
const DAYS_PER_4_YEARS = 1_461;
/** Days from 0000-03-01 to 1970-01-01. Years that begin in March end with their leap day. */
const DAYS_BEFORE_UNIX = 719_468;

/** The date, in UTC, of a time in Unix milliseconds. */
export function dateOf(timeMs: number): string {
  const days = Math.floor(timeMs / MS_PER_DAY) + DAYS_BEFORE_UNIX;
  const era = Math.floor(days / DAYS_PER_4_CENTURIES);
  const dayOfEra = days - era * DAYS_PER_4_CENTURIES;
  // Leap days up to here: one in 4 years, none in 100, one in 400 again.
  const leapDays =
    Math.floor(dayOfEra / (DAYS_PER_4_YEARS - 1)) -
    Math.floor(dayOfEra / DAYS_PER_CENTURY) +
    Math.floor(dayOfEra / (DAYS_PER_4_CENTURIES - 1));
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // From March on, months repeat in lengths of 153 days in five.
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
