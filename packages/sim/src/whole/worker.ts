import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerAnswer, WorkerTask } from '../seeds.worker.ts';
import { runWholeSeed } from './run.ts';

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
    return (await runWholeSeed(seed)).violations[0];
  } catch (error) {
    return `throws ${String(error)}`;
  }
}
