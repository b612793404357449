import { equalBytes, limits } from '@hanse/kit';
import { openBlock, type Certificate, type Vote } from '@hanse/model';
import { receiveVote } from './ballots.ts';
import { receiveCertificate } from './certificates.ts';
import { leaderOf } from './leader.ts';
import { finalView, type State } from './state.ts';
import { isTimely } from './validity.ts';

type Received = {
  readonly block: Uint8Array;
  readonly just: readonly Certificate[];
  readonly vote: Vote;
};

/**
 * Rule *receive proposal*: only from the leader of its view, only with the leader's vote for it. The first
 * one of a view is kept; a second one is evidence, found by its vote.
 */
export function receiveProposal(s: State, from: number, message: Received): void {
  const { vote, just } = message;
  const { view } = vote;
  if (vote.kind !== 'notarize' || vote.signer !== from || from !== leaderOf(view, s.n)) return;
  if (view > s.view + limits.viewWindow) return;
  const opened = openBlock(s.config.suite, message.block);
  if (!opened.ok) return s.log('warn', 'proposalInvalid', { from, view, error: opened.error });
  const block = opened.value;
  if (block.header.view !== view || !equalBytes(block.digest, vote.digest))
    return s.log('warn', 'proposalInvalid', { from, view, error: 'vote' });
  if (!receiveVote(s, from, vote)) return;
  for (const certificate of just) if (!receiveCertificate(s, certificate, from)) return;
  if (view <= finalView(s) || s.proposals.has(view)) return;
  s.blocks.add(block, false);
  s.proposals.set(view, { block, vote, just, isTimely: isTimely(s, block.header) });
}
