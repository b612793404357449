import { limits } from '@hanse/kit';

/** What the sealing rule looks at. */
export type SealState = {
  readonly waitingBytes: number;
  /** When the oldest waiting envelope came, Unix milliseconds. */
  readonly firstWaitingAtMs: number;
  /** Own batches that are sealed and not final yet. */
  readonly unfinalizedBatches: number;
};

/**
 * Rule *sealing*: when the next own batch is due. A full batch is due at once. A small one waits a
 * little for company, and longer while earlier ones still wait for finality: it would wait behind
 * them anyway, and each batch costs a signature, a sync and n messages.
 */
export function sealDueAtMs({
  waitingBytes,
  firstWaitingAtMs,
  unfinalizedBatches,
}: SealState): number {
  if (waitingBytes >= limits.batchSealBytes) return firstWaitingAtMs;
  const delayMs = limits.batchSealDelayMsMin * (1 + unfinalizedBatches);
  return firstWaitingAtMs + Math.min(delayMs, limits.batchSealDelayMsMax);
}
