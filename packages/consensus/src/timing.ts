import { limits } from '@hanse/kit';
import { finalView, type State } from './state.ts';

const FREE_VIEWS = 3;
const BACKOFF_BASE = 1.5;

/**
 * Rule *back-off*: all waits grow with the views since the last final one, so that a wrong Δ delays
 * the chain but never stops it; the cap lets a healed network recover in seconds.
 */
export function backoff(s: State): number {
  const exponent = Math.max(0, s.view - finalView(s) - FREE_VIEWS);
  return Math.min(limits.backoffFactorMax, BACKOFF_BASE ** exponent);
}

/** Δ, the assumed bound on one network delay, with back-off. */
export function delta(s: State): number {
  return Math.ceil(s.config.parameters.deltaMs * backoff(s));
}

/** When a view without a proposal is given up: t_prop. */
export function proposeDeadline(s: State, armedMs: number): number {
  return armedMs + 2 * delta(s);
}

/** When a view without a certificate is given up: t_cert, 3Δ of messages and one for checks and disks. */
export function certifyDeadline(s: State, armedMs: number): number {
  return armedMs + 4 * delta(s);
}

/** Wait before asking for what probably is on its way. */
export function graceMs(s: State): number {
  return Math.ceil(s.config.parameters.deltaMs / 4);
}
