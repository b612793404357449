import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundleTier, runWorker, type Tier } from './tier.ts';

/** Seeds to run, on all cores. */
export type ParallelOptions = {
  /** Root of the source tree. */
  readonly root: string;
  readonly tier: Tier;
  readonly from: number;
  readonly count: number;
  /** Called as parts of the work are done. */
  readonly onProgress?: (done: number) => void;
};

/** A seed that broke a rule, and which. */
export type FailedSeed = { readonly seed: number; readonly reason: string };

const CHUNK = { fast: 100, whole: 4 } as const;

/** Run a range of seeds on all cores; gives every seed that failed. */
export async function runSeeds(options: ParallelOptions): Promise<readonly FailedSeed[]> {
  const { root, tier, from, count, onProgress } = options;
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, 'hanse-seeds-'));
  const failed: FailedSeed[] = [];
  let next = from;
  let done = 0;
  const work = async (file: string): Promise<void> => {
    while (next < from + count) {
      const start = next;
      const end = Math.min(from + count, start + CHUNK[tier]);
      next = end;
      // A chunk stops at its first failure; the rest of it runs after that one.
      for (let seed = start; seed < end;) {
        const answer = await runWorker(file, { from: seed, count: end - seed });
        if (answer.failed === undefined) break;
        failed.push(answer.failed);
        seed = answer.failed.seed + 1;
      }
      done += end - start;
      onProgress?.(done);
    }
  };
  try {
    const file = join(dir, 'tier.mjs');
    await bundleTier({ tier, edits: [] }, root, file);
    await Promise.all(Array.from({ length: availableParallelism() }, () => work(file)));
    return failed;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
