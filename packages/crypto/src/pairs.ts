import type { SuiteSlots } from './slots.ts';

/** One level of a binary tree by a plain hash function, pair after pair. */
export function pairHasher(hash: SuiteSlots['hash']): SuiteSlots['hashPairs'] {
  return (input, output, count) => {
    for (let i = 0; i < count; i++) {
      output.set(hash(input.subarray(64 * i, 64 * i + 64)), 32 * i);
    }
  };
}
