import { describe, expect, it } from 'vitest';
import { runWholeSeed } from './run.ts';

describe('whole nodes', () => {
  it.each([
    [178, 'a validator that lost its log passes on its own batches, which peers gave back'],
  ])('seed %i: %s', async (seed) => {
    expect((await runWholeSeed(seed)).violations).toEqual([]);
  });

  it('are safe and live over a few seeds, and a seed replays byte for byte', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const result = await runWholeSeed(seed);
      expect(result.violations, `seed ${seed}`).toEqual([]);
      expect(result.height).toBeGreaterThan(3);
    }
    const [first, second] = [await runWholeSeed(2), await runWholeSeed(2)];
    expect(second.eventHash).toBe(first.eventHash);
  });
});
