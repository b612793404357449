import { HanseError, must } from '@hanse/kit';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Edit, Mutant } from './mutants.ts';
import type { WorkerAnswer, WorkerTask } from './seeds.worker.ts';

/** The two simulators. */
export type Tier = Mutant['tier'];

const ENTRIES = {
  fast: 'packages/sim/src/seeds.worker.ts',
  whole: 'packages/sim/src/whole.worker.ts',
} as const;
const MS_PER_SEED_MAX = 60_000;

/** Bundle a tier with a mutant's edits made while its sources are read; the files stay as they are. */
export async function bundleTier(
  { tier, edits }: Pick<Mutant, 'tier' | 'edits'>,
  root: string,
  outfile: string,
): Promise<void> {
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

/** Run seeds in a thread of its own, until one fails. */
export function runWorker(file: string, task: WorkerTask): Promise<WorkerAnswer> {
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
