import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Quota } from './quota.ts';
import { ReplayWindow } from './replay.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const BOUNDS = { perMinute: 50, perDay: 200 };

describe('quota', () => {
  it('never lets more through than its bounds in any minute or day, and says when there is more', () => {
    const step = fc.record({
      organisation: fc.constantFrom('a', 'b'),
      tags: fc.integer({ min: 1, max: 48 }),
      afterMs: fc.oneof(fc.nat(20_000), fc.constant(DAY_MS / 3)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const quota = new Quota(BOUNDS);
        const granted: { organisation: string; tags: number; atMs: number }[] = [];
        let nowMs = 10 * DAY_MS + 12_345;
        for (const { organisation, tags, afterMs } of steps) {
          nowMs += afterMs;
          const own = granted.filter((one) => one.organisation === organisation);
          const count = (from: number): number =>
            own.filter((one) => one.atMs > from).reduce((sum, one) => sum + one.tags, 0);
          const day = Math.floor(nowMs / DAY_MS);
          const fits =
            count(nowMs - MINUTE_MS) + tags <= BOUNDS.perMinute &&
            count(day * DAY_MS - 1) + tags <= BOUNDS.perDay;
          const refused = quota.take(organisation, tags, nowMs);
          expect(refused === undefined).toBe(fits);
          if (refused === undefined) granted.push({ organisation, tags, atMs: nowMs });
          else expect(refused.afterMs).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('grants after exactly the time it names', () => {
    const quota = new Quota(BOUNDS);
    quota.take('a', 20, 1_000);
    quota.take('a', 30, 5_000);
    const refused = quota.take('a', 10, 9_000);
    expect(refused).toEqual({ used: 50, limit: 50, windowMs: MINUTE_MS, afterMs: 52_000 });
    expect(quota.take('a', 10, 9_000 + 51_999)?.afterMs).toBe(1);
    expect(quota.take('a', 10, 9_000 + 52_000)).toBeUndefined();
  });

  it('gives nothing for a clock that is set back', () => {
    const quota = new Quota(BOUNDS);
    quota.take('a', 48, 5 * DAY_MS);
    expect(quota.take('a', 48, 2 * DAY_MS)?.limit).toBe(50);
  });
});

describe('replay window', () => {
  it('remembers for its time, and refuses rather than forgets when full', () => {
    const window = new ReplayWindow({ keptMs: 10, sizeMax: 2 });
    expect(window.add('a', 0) && window.add('b', 5)).toBe(true);
    expect(window.add('c', 6)).toBe(false);
    expect([window.has('a', 9), window.has('a', 10), window.has('b', 14)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(window.add('c', 10)).toBe(true);
    expect(window.has('c', 19)).toBe(true);
  });
});
