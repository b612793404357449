import { parentPort, workerData } from 'node:worker_threads';
import type { ActorName } from './fast/actors/index.ts';
import { runFastSeed } from './fast/run.ts';
import { scenarioOf } from './fast/scenario.ts';

/** Seeds run twice: nothing but the seed may decide what happens. */
const REPEATED_EVERY = 50;

/** What a worker tries: seeds in order, until one fails. */
export type WorkerTask = {
  readonly from: number;
  readonly count: number;
  /** Leave out seeds without this actor. */
  readonly actor?: ActorName;
};
/** What a worker found. */
export type WorkerAnswer = {
  readonly seeds: number;
  readonly failed?: { readonly seed: number; readonly reason: string };
};

parentPort?.postMessage(firstFailure(workerData as WorkerTask));

function firstFailure({ from, count, actor }: WorkerTask): WorkerAnswer {
  let seeds = 0;
  for (let seed = from; seed < from + count; seed++) {
    if (actor !== undefined && !scenarioOf(seed).faulty.some((one) => one.actor === actor))
      continue;
    seeds++;
    const reason = failureOf(seed);
    if (reason !== undefined) return { seeds, failed: { seed, reason } };
  }
  return { seeds };
}

/** A run that throws has failed, too: the reducer asserts its own invariants. */
function failureOf(seed: number): string | undefined {
  try {
    const { violations, eventHash } = runFastSeed(seed);
    const violation = violations[0];
    if (violation !== undefined) return `${violation.invariant}: ${violation.message}`;
    const isRepeated = seed % REPEATED_EVERY === 0;
    if (isRepeated && runFastSeed(seed).eventHash !== eventHash) return 'two runs differ';
    return undefined;
  } catch (error) {
    return `throws ${String(error)}`;
  }
}
