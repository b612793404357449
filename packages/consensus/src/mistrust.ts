import type { State } from './state.ts';

const STRIKES_MAX = 8;
const SECOND_MS = 1_000;

/**
 * Rule *mistrust*: a signature that does not hold is its sender's fault, for links are authenticated. After a few
 * of them in one second nothing of that peer is verified until the next: its noise costs no more than that.
 */
export function isMistrusted(s: State, from: number): boolean {
  const strikes = s.strikes.get(from);
  return strikes?.second === secondOf(s) && strikes.count >= STRIKES_MAX;
}

/** A peer sent a signature that does not hold. */
export function mistrust(s: State, from: number, what: string): void {
  const second = secondOf(s);
  const strikes = s.strikes.get(from);
  const count = strikes?.second === second ? strikes.count + 1 : 1;
  s.strikes.set(from, { second, count });
  s.log('warn', 'signatureInvalid', { from, what });
}

function secondOf(s: State): number {
  return Math.floor(s.nowMs / SECOND_MS);
}
