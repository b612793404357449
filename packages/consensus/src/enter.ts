import { limits } from '@hanse/kit';
import type { Certificate } from '@hanse/model';
import { highestView } from './certificates.ts';
import { leaderOf } from './leader.ts';
import { type State } from './state.ts';

/**
 * Rule *enter*: view v + 1 begins when v is nullified, certified or final. Entering forwards the
 * certificate to the new leader, so that it enters within one delay. Returns whether the view changed.
 */
export function enter(s: State): boolean {
  const entry = entryCertificate(s);
  if (entry === undefined || entry.view < s.view) return false;
  s.view = entry.view + 1;
  s.enteredMs = s.nowMs;
  s.entry = entry;
  s.armedMs = undefined;
  s.nextRetryMs = undefined;
  forgetOld(s);
  const leader = leaderOf(s.view, s.n);
  if (leader !== s.self && (s.reports[leader]?.view ?? 0) < s.view) {
    s.effects.push({
      kind: 'send',
      to: leader,
      message: { kind: 'certificate', value: { certificate: entry } },
    });
  }
  return true;
}

/**
 * Votes and proposals of views long past settle nothing: later views have their own. What justifies
 * a block (certificates) and what binds this node (own votes) stays until a later view is final.
 */
function forgetOld(s: State): void {
  const view = s.view - limits.viewWindow - 1;
  s.votes.prune(view);
  for (const one of s.proposals.keys()) if (one <= view) s.proposals.delete(one);
}

/** The certificate of the highest view that this node has left or may leave. */
function entryCertificate(s: State): Certificate | undefined {
  const certifiedView = highestView(s.certified);
  const candidates = [
    s.lastFinal.certificate,
    s.finalizations.get(highestView(s.finalizations)),
    s.nullifications.get(highestView(s.nullifications)),
    s.notarizations.get(certifiedView),
  ];
  let best: Certificate | undefined;
  for (const one of candidates)
    if (one !== undefined && (best === undefined || one.view > best.view)) best = one;
  return best;
}
