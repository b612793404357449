import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerAnswer, WorkerTask } from './seeds.worker.ts';
import { runWholeSeed } from './whole/run.ts';

/** Seeds run twice: nothing but the seed may decide what happens. */
const REPEATED_EVERY = 20;

const task = workerData as WorkerTask;
void firstFailure(task).then((answer) => parentPort?.postMessage(answer));

async function firstFailure({ from, count }: WorkerTask): Promise<WorkerAnswer> {
  for (let seed = from; seed < from + count; seed++) {
    const reason = await failureOf(seed);
    if (reason !== undefined) return { seeds: seed - from + 1, failed: { seed, reason } };
  }
  return { seeds: count };
}

/** A run that throws has failed, too. */
async function failureOf(seed: number): Promise<string | undefined> {
  try {
    const { violations, eventHash } = await runWholeSeed(seed);
    if (violations.length > 0) return violations[0];
    const isRepeated = seed % REPEATED_EVERY === 0;
    if (isRepeated && (await runWholeSeed(seed)).eventHash !== eventHash) return 'two runs differ';
    return undefined;
  } catch (error) {
    return `throws ${String(error)}`;
  }
}
