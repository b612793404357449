const FIRST_MS = 50;
const LAST_MS = 2_000;

/**
 * Delay before dial number `attempt` (from 0) after a failure: doubles from 50 ms to 2 s, half of it
 * random, so that nodes that lost each other together do not return together.
 */
export function redialDelayMs(attempt: number, random: number): number {
  const fullMs = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return fullMs / 2 + (random * fullMs) / 2;
}
