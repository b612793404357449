import { equalBytes, limits } from '@hanse/kit';
import { verifyVote, type Certificate, type Vote } from '@hanse/model';
import { certificatesOf, receiveCertificate } from './certificates.ts';
import { offerHelp } from './help.ts';
import { isMistrusted, mistrust } from './mistrust.ts';
import { finalView, ownVotes, type State } from './state.ts';

/**
 * Rule *receive vote*. A vote counts only from its signer. One for a view that has passed shows a peer
 * that is stuck there, when it is an X or comes again: it is helped.
 */
export function receiveVote(s: State, from: number, vote: Vote): boolean {
  const { view, kind } = vote;
  if (vote.signer !== from || vote.epoch !== s.config.set.epoch) return false;
  if (view > s.view + limits.viewWindow || isMistrusted(s, from)) return false;
  noteVote(s, from, view);
  if (view <= finalView(s) || view < s.view - limits.viewWindow) {
    if (kind === 'nullify') offerHelp(s, from, view);
    return false;
  }
  const isNeeded = !certificatesOf(s, kind).has(view);
  const { suite, chainId, set } = s.config;
  const added = s.votes.add(vote, isNeeded, (one) => verifyVote(suite, chainId, set, one));
  if (added.kind === 'invalid') mistrust(s, from, `vote ${kind} of view ${view}`);
  if (added.kind === 'conflict' && added.evidence !== undefined)
    s.effects.push({ kind: 'evidence', evidence: added.evidence });
  if (view < s.view && (kind === 'nullify' || added.kind === 'known')) offerHelp(s, from, view);
  if (added.kind === 'invalid') return false;
  if (isNeeded && added.kind !== 'known') count(s, vote);
  return true;
}

/**
 * A vote shows that its signer is there, a late one too: the slowest of a healthy set always votes for
 * views that are final already. Only the signer's own link can bring it, so it needs no check.
 */
function noteVote(s: State, from: number, view: number): void {
  const report = s.reports[from];
  if (report === undefined) return;
  report.voteView = Math.max(report.voteView, view);
  report.voteMs = s.nowMs;
}

/** An own vote is durable (W1): it counts from now on. */
export function countOwn(s: State, vote: Vote): void {
  if (vote.view <= finalView(s)) return;
  s.votes.addOwn(vote);
  if (!certificatesOf(s, vote.kind).has(vote.view)) count(s, vote);
}

/** Put an own vote of an earlier life back (own votes are replayed): it binds, and it counts. */
export function restoreOwn(s: State, vote: Vote): void {
  if (vote.view <= finalView(s)) return;
  const own = ownVotes(s, vote.view);
  if (vote.kind === 'notarize') own.notarize = vote.digest;
  else if (vote.kind === 'nullify') own.nullify = true;
  else own.finalize = vote.digest;
  countOwn(s, vote);
}

/** Restore a certificate from the log, where it was put only after it had been verified. */
export function restoreCertificate(s: State, certificate: Certificate): void {
  if (certificate.view > finalView(s))
    certificatesOf(s, certificate.kind).set(certificate.view, certificate);
}

function count(s: State, vote: Vote): void {
  const certificate = s.votes.assemble(vote, s.quorum);
  if (certificate === undefined) return;
  const other = certificatesOf(s, vote.kind).get(vote.view);
  if (other === undefined || equalBytes(other.digest, certificate.digest))
    receiveCertificate(s, certificate, 'own');
}
