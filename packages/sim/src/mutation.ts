import { HanseError, must } from '@hanse/kit';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { mutants, type Edit, type Mutant } from './mutants.ts';
import { wholeMutants } from './whole/mutants.ts';
import type { WorkerAnswer, WorkerTask } from './seeds.worker.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ENTRIES = {
  fast: 'packages/sim/src/seeds.worker.ts',
  whole: 'packages/sim/src/whole/worker.ts',
} as const;
const MS_PER_SEED_MAX = 20_000;
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

/** Bundle a tier with a mutant's edits made while its sources are read; the files stay as they are. */
async function bundleTier({ tier, edits }: Mutant, root: string, outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  const planted = new Set<Edit>();
  const result = await build({
    absWorkingDir: root,
    entryPoints: [ENTRIES[tier]],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Native modules stay outside; the bundle lies elsewhere, so they are found from the checkout.
    external: ['sodium-native', 'classic-level', '@chainsafe/hashtree'],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(join(root, 'package.json'))});`,
    },
    conditions: ['@hanse/source'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant',
        setup: (plugin) => {
          plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const own = edits.filter((edit) => path === join(root, edit.file));
            if (own.length === 0) return undefined;
            let contents = await readFile(path, 'utf8');
            for (const edit of own) {
              contents = plant(contents, edit);
              planted.add(edit);
            }
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  const missed = edits.find((edit) => !planted.has(edit));
  if (result.errors.length > 0 || missed !== undefined) {
    throw new HanseError('InvariantBroken', {
      message: `${missed?.file ?? ENTRIES[tier]} is not part of the bundle`,
    });
  }
}

/** The text with one edit made. Throws when its place is not there exactly once. */
export function plant(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(layoutFree(find));
  if (parts.length !== 2) {
    const message = `${file}: found ${parts.length - 1} times: ${find}`;
    throw new HanseError('InvariantBroken', { message });
  }
  return `${must(parts[0], 'before')}${replace}${must(parts[1], 'after')}`;
}

/** Matches source text however a formatter breaks its lines. */
function layoutFree(find: string): RegExp {
  let pattern = '';
  let previous = '';
  for (const token of find.match(/\w+|\W/g)?.filter((one) => one.trim() !== '') ?? []) {
    const isWord = /\w/.test(token);
    if (isWord && /\w$/.test(previous)) pattern += String.raw`\s+`;
    else if (pattern !== '') pattern += /[)\]}]/.test(token) ? String.raw`,?\s*` : String.raw`\s*`;
    pattern += isWord ? token : `\\${token}`;
    previous = token;
  }
  return new RegExp(pattern);
}

function runWorker(file: string, task: WorkerTask): Promise<WorkerAnswer> {
  return new Promise((done, failed) => {
    const worker = new Worker(file, { workerData: task });
    // A fault may loop for ever; one that does has been noticed.
    const timer = setTimeout(() => {
      void worker.terminate();
      done({ seeds: task.count, failed: { seed: task.from, reason: 'does not end' } });
    }, MS_PER_SEED_MAX * task.count);
    worker.once('message', (answer: WorkerAnswer) => {
      clearTimeout(timer);
      done(answer);
    });
    worker.once('error', (error) => {
      clearTimeout(timer);
      failed(error);
    });
  });
}
