import { ZERO_HASH, type VoteKind } from '@hanse/model';
import { finalView, ownVotes, type State } from './state.ts';

/**
 * Rule *cast*, the only maker of votes. The vote is remembered at once, leaves the node on `voted` (W1),
 * and is refused when it could contradict an earlier one, also one from before a restart.
 */
export function cast(s: State, kind: VoteKind, view: number, digest: Uint8Array): boolean {
  if (view <= finalView(s) || isAmnesic(s, view)) return false;
  const own = ownVotes(s, view);
  if (kind === 'notarize') {
    if (own.notarize !== undefined || own.nullify === true || own.finalize !== undefined)
      return false;
    own.notarize = digest;
  } else if (kind === 'nullify') {
    if (own.nullify === true || own.finalize !== undefined) return false;
    own.nullify = true;
  } else {
    if (own.finalize !== undefined || own.nullify === true) return false;
    own.finalize = digest;
  }
  s.effects.push({ kind: 'vote', vote: { kind, epoch: s.config.set.epoch, view, digest } });
  return true;
}

/** Rule *amnesia*: a node whose log was lost does not vote in views in which it may have voted before. */
export function isAmnesic(s: State, view: number): boolean {
  return view <= (s.config.abstainUpTo ?? 0);
}

/** Rule *castX*: nullify the current view. */
export function nullify(s: State, reason: string): boolean {
  if (!cast(s, 'nullify', s.view, ZERO_HASH)) return false;
  s.log('debug', 'nullify', { view: s.view, reason });
  return true;
}
