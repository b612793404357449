import type { State } from './state.ts';
import { delta } from './timing.ts';

const INACTIVE_VIEWS_MAX = 8;

/** Rule *leader*: round robin. Any f + 1 views in a row have an honest leader. */
export function leaderOf(view: number, validatorCount: number): number {
  return view % validatorCount;
}

/**
 * Rule *leader inactivity*: the leader of this view has not voted in the recent views, nor within Δ,
 * while a quorum has. Views alone would not tell: they pass in less time than a healthy node may pause,
 * and where half of the others believe it and half do not, the view costs its whole time-out. Votes are
 * all-to-all, so a node that came back is noticed within one view.
 */
export function isLeaderInactive(s: State): boolean {
  const leader = leaderOf(s.view, s.n);
  const floor = recentFloor(s);
  const report = s.reports[leader];
  if (leader === s.self || floor < 0 || report === undefined) return false;
  if (report.voteView >= floor || s.nowMs < report.voteMs + delta(s)) return false;
  return s.n - silentValidators(s).length >= s.quorum;
}

/** Validators without a vote in the recent views; nobody while too few views have passed to tell. */
export function silentValidators(s: State): readonly number[] {
  const floor = recentFloor(s);
  const silent: number[] = [];
  for (const [index, { voteView }] of s.reports.entries())
    if (index !== s.self && voteView < floor) silent.push(index);
  return silent;
}

function recentFloor(s: State): number {
  return s.view - Math.min(s.n - 1, INACTIVE_VIEWS_MAX);
}
