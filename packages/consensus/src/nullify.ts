import { isAmnesic, nullify } from './cast.ts';
import { isLeaderInactive, leaderOf } from './leader.ts';
import { ownVotes, type State } from './state.ts';
import { certifyDeadline, proposeDeadline } from './timing.ts';

/**
 * Rules *t_prop* and *t_cert*: without a proposal, or without a certificate in time the current view is given
 * up; at once when its leader gave it up or is inactive.
 */
export function giveUp(s: State): void {
  const own = ownVotes(s, s.view);
  if (own.nullify === true || own.finalize !== undefined || isAmnesic(s, s.view)) return;
  const leader = leaderOf(s.view, s.n);
  if (leader !== s.self && s.votes.get(s.view, 'nullify', leader) !== undefined) {
    nullify(s, 'the leader gave up');
  } else if (own.notarize === undefined && !s.proposals.has(s.view) && isLeaderInactive(s)) {
    nullify(s, 'the leader is inactive');
  } else if (s.armedMs === undefined) {
    return;
  } else if (
    own.notarize === undefined &&
    !s.proposals.has(s.view) &&
    s.nowMs >= proposeDeadline(s, s.armedMs)
  ) {
    nullify(s, 'no proposal in time');
  } else if (s.nowMs >= certifyDeadline(s, s.armedMs)) {
    nullify(s, 'no certificate in time');
  }
}
