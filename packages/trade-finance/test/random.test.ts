import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomRun } from './random.ts';

const OPERATIONS = 400;

async function run(seed: number, operations: number): Promise<RandomRun> {
  const random = new RandomRun(seed);
  await random.begin();
  for (let i = 0; i < operations; i++) await random.step();
  return random;
}

describe('random operations', () => {
  // `npm run fuzz -- 32 packages/trade-finance/test/random` does 50,000 of them.
  it('leave intervals that tile, sums that hold, and only transitions of the table', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        await run(seed, OPERATIONS);
      }),
      { numRuns: 4 },
    );
  });

  it('give the same state and events when they are repeated', async () => {
    const first = await run(7, 300);
    const second = await run(7, 300);
    expect(await second.dump()).toBe(await first.dump());
  });

  it('come to every kind of act', async () => {
    const { done } = await run(11, 1_200);
    const expected = [
      'transfer',
      'return',
      'ask',
      'deal',
      'advance',
      'release',
      'mature',
      'present',
      'settle',
      'sign',
      'refuse',
      'recall',
      'credit',
      'withdraw',
      'receive',
      'confirm',
    ];
    expect(expected.filter((name) => (done[name] ?? 0) === 0)).toEqual([]);
  });
});
