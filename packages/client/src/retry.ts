import type { Retry } from '@hanse/kit';

/** Why one attempt at one node failed. */
export type Failure =
  /** The caller's signal. */
  | { readonly kind: 'aborted' }
  /** No complete answer: refused, reset, timed out, not JSON. */
  | { readonly kind: 'unreachable' }
  /** A problem document, or a status without one (then `retry` is absent). */
  | { readonly kind: 'problem'; readonly status: number; readonly retry: Retry | undefined };

/** Where a request stands in time. Unix milliseconds. */
export type RetryTime = { readonly nowMs: number; readonly deadlineMs: number };

/**
 * Whether to try again, at the next node. Everything the client sends executes at most once, so a
 * lost answer is no reason not to; what a node refuses for good is. Bounded by the deadline, not by
 * a count.
 */
export function shouldRetry(failure: Failure, time: RetryTime): boolean {
  if (time.nowMs >= time.deadlineMs) return false;
  switch (failure.kind) {
    case 'aborted':
      return false;
    case 'unreachable':
      return true;
    case 'problem':
      if (failure.retry !== undefined) return failure.retry !== 'never';
      return failure.status === 408 || failure.status === 429 || failure.status >= 500;
  }
}

const FIRST_DELAY_MS = 100;
const DELAY_MS_MAX = 5_000;

/**
 * Full-jitter back-off: uniform between nothing and a bound that doubles per attempt (from 0).
 * `unit` is uniform in [0, 1); `floorMs` is what the node asked for.
 */
export function backoffMs(attempt: number, unit: number, floorMs = 0): number {
  const bound = Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return Math.floor(floorMs + unit * bound);
}
