import fc from 'fast-check';
import { expect, it } from 'vitest';
import { daysBetween } from './calendar.ts';

const DAY_MS = 86_400_000;

it('counts days as the calendar does, over leap years and centuries', () => {
  expect(daysBetween('2027-01-01', '2027-01-01')).toBe(0);
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  expect(daysBetween('2027-02-28', '2027-03-01')).toBe(1);
  expect(daysBetween('2100-02-28', '2100-03-01')).toBe(1);
  expect(daysBetween('2027-12-31', '2027-01-01')).toBe(-364);
});

it('agrees with the clock of the machine on any two days', () => {
  const day = fc.integer({ min: -700_000, max: 2_900_000 });
  const dateOf = (n: number): string => new Date(n * DAY_MS).toISOString().slice(0, 10);
  fc.assert(
    fc.property(day, day, (a, b) => {
      expect(daysBetween(dateOf(a), dateOf(b))).toBe(b - a);
    }),
  );
});
