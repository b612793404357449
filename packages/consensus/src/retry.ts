import type { Vote } from '@hanse/model';
import { ownProgress } from './progress.ts';
import { sendProposal } from './propose.ts';
import { finalView, ownVotes, type State } from './state.ts';
import { certifyDeadline, delta } from './timing.ts';

/**
 * Rule *retry*: from t_cert on, every Δ while the view lasts, say again what may have been lost and
 * ask for what may have been missed.
 */
export function retry(s: State): void {
  if (s.armedMs === undefined || s.n === 1) return;
  s.nextRetryMs ??= certifyDeadline(s, s.armedMs);
  if (s.nowMs < s.nextRetryMs) return;
  s.nextRetryMs = s.nowMs + delta(s);
  resend(s);
  for (const certificate of new Set([s.entry, s.lastFinal.certificate])) {
    if (certificate !== undefined)
      s.effects.push({
        kind: 'broadcast',
        message: { kind: 'certificate', value: { certificate } },
      });
  }
  s.effects.push({
    kind: 'broadcast',
    message: { kind: 'certificateRequest', value: { view: s.view } },
  });
}

/** Own votes that can still matter: those of the current view and the F of views that are not final. */
export function resend(s: State): void {
  const own = ownVotes(s, s.view);
  if (own.notarize !== undefined) resendOne(s, s.votes.get(s.view, 'notarize', s.self));
  if (own.nullify === true) resendOne(s, s.votes.get(s.view, 'nullify', s.self));
  const unsettled = [...s.own.entries()].filter(
    ([view, { finalize }]) => finalize !== undefined && view > finalView(s),
  );
  const newest = unsettled.reduce<number | undefined>(
    (best, [view]) => (best === undefined || view > best ? view : best),
    undefined,
  );
  if (newest !== undefined) resendOne(s, s.votes.get(newest, 'finalize', s.self));
}

/** Send an own durable vote to all; a leader's N goes with its block. */
export function sendVote(s: State, vote: Vote): void {
  if (s.n === 1) return;
  if (vote.kind === 'notarize' && sendProposal(s, vote)) return;
  s.effects.push({
    kind: 'broadcast',
    message: { kind: 'vote', value: { vote, progress: ownProgress(s) } },
  });
}

function resendOne(s: State, vote: Vote | undefined): void {
  if (vote !== undefined) sendVote(s, vote);
}
