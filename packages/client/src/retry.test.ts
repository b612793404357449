import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs, shouldRetry, type Failure } from './retry.ts';

const problem = (status: number, retry?: 'never' | 'same-key' | 'later'): Failure => ({
  kind: 'problem',
  status,
  retry,
});

it.each([
  ['aborted', { kind: 'aborted' }, false],
  ['unreachable', { kind: 'unreachable' }, true],
  ['a refusal for good', problem(409, 'never'), false],
  ['a refusal for good with a server status', problem(503, 'never'), false],
  ['a full pool', problem(503, 'same-key'), true],
  ['a node behind', problem(503, 'later'), true],
  ['a not yet', problem(404, 'same-key'), true],
  ['a proxy without its server', problem(502), true],
  ['a proxy in a hurry', problem(429), true],
  ['a proxy that timed out', problem(408), true],
  ['a page not found', problem(404), false],
  ['a redirect', problem(302), false],
] as const)('judges %s', (_name, failure: Failure, expected) => {
  expect(shouldRetry(failure, { nowMs: 1, deadlineMs: 2 })).toBe(expected);
  expect(shouldRetry(failure, { nowMs: 2, deadlineMs: 2 })).toBe(false);
});

it('backs off within doubling bounds, never below what was asked, never without end', () => {
  const attempts = fc.nat({ max: 2_000 });
  const units = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(attempts, units, fc.nat({ max: 10_000 }), (attempt, unit, floorMs) => {
      const delayMs = backoffMs(attempt, unit, floorMs);
      expect(delayMs).toBeGreaterThanOrEqual(floorMs);
      expect(delayMs).toBeLessThanOrEqual(floorMs + Math.min(5_000, 100 * 2 ** attempt));
    }),
  );
  expect(backoffMs(3, 0)).toBe(0);
});
