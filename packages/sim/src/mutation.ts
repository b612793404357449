import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutants, type Mutant } from './mutants.ts';
import { bundleTier, runWorker } from './tier.ts';
import { wholeMutants } from './whole/mutants.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CHUNK_SEEDS = 25;

/** What to try. */
export type MutationOptions = {
  /** Root of the source tree. */
  readonly root?: string;
  /** Names of mutants; all when absent. */
  readonly names?: readonly string[];
  readonly seedsMax?: number;
  readonly onResult?: (result: MutationResult) => void;
};

/** Whether a mutant was found, by which seed and invariant. */
export type MutationResult = {
  readonly name: string;
  readonly rule: string;
  readonly isKilled: boolean;
  readonly seed?: number;
  readonly reason?: string;
  readonly seeds: number;
};

/** Plant each mutant into a bundle of its tier and run seeds until one notices. */
export async function runMutants(
  options: MutationOptions = {},
): Promise<readonly MutationResult[]> {
  const { names, onResult } = options;
  const chosen = [...mutants, ...wholeMutants].filter(
    ({ name }) => names === undefined || names.includes(name),
  );
  const results: MutationResult[] = [];
  for (const mutant of chosen) {
    const result = await runMutant(mutant, options);
    results.push(result);
    onResult?.(result);
  }
  return results;
}

async function runMutant(mutant: Mutant, options: MutationOptions): Promise<MutationResult> {
  const root = resolve(options.root ?? ROOT);
  // Inside the checkout, so that the bundle finds the native packages it leaves outside.
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, 'hanse-mutant-'));
  try {
    const file = join(dir, 'tier.mjs');
    await bundleTier(mutant, root, file);
    const seedsMax = options.seedsMax ?? mutant.seedsMax;
    for (let from = 1; from <= seedsMax; from += CHUNK_SEEDS) {
      const { failed } = await runWorker(file, {
        ...(mutant.actor === undefined ? {} : { actor: mutant.actor }),
        from,
        count: Math.min(CHUNK_SEEDS, seedsMax - from + 1),
      });
      if (failed !== undefined)
        return {
          name: mutant.name,
          rule: mutant.rule,
          isKilled: true,
          ...failed,
          seeds: failed.seed,
        };
    }
    return { name: mutant.name, rule: mutant.rule, isKilled: false, seeds: seedsMax };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
