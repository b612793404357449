import { equalBytes, toHex } from '@hanse/kit';
import type { Block, Certificate } from '@hanse/model';
import { checkBatches, requestCertificates } from './availability.ts';
import { compareTriple } from './binding.ts';
import { cast, isAmnesic, nullify } from './cast.ts';
import { persistBlock } from './certify.ts';
import { commitsTo } from './justification.ts';
import { finalView, knownParent, ownVotes, type Proposal, type State } from './state.ts';
import { blockError } from './validity.ts';

/** What to do with a proposal as things stand. */
type Verdict =
  | { readonly kind: 'vote' }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'nullify'; readonly reason: string };

const VOTE: Verdict = { kind: 'vote' };

/**
 * Rule *vote*: N for the proposal of the current view when everything about it is known and right, X
 * when it never can be; otherwise wait, having asked for what is missing.
 */
export function vote(s: State): void {
  const proposal = s.proposals.get(s.view);
  const own = ownVotes(s, s.view);
  if (proposal === undefined || own.notarize !== undefined || own.nullify === true) return;
  if (isAmnesic(s, s.view)) return;
  const verdict = judge(s, proposal);
  s.waitingFor = verdict.kind === 'wait' ? verdict.reason : undefined;
  if (verdict.kind === 'nullify') nullify(s, verdict.reason);
  if (verdict.kind !== 'vote') return;
  const node = s.blocks.get(proposal.block.digest);
  if (node !== undefined) persistBlock(s, node);
  cast(s, 'notarize', s.view, proposal.block.digest);
}

function judge(s: State, proposal: Proposal): Verdict {
  const { header } = proposal.block;
  if (!proposal.isTimely) return never('time');
  if (header.parentView >= header.view || header.parentView < finalView(s))
    return never('parent view');
  const skipped = skippedViews(s, proposal);
  if (skipped === undefined) return wait('nullifications of skipped views');
  const parent = parentOf(s, proposal);
  if ('kind' in parent) return parent;
  if (!commitsTo(s, proposal.block, parent, skipped)) return never('justification');
  const error = blockError(s, parent, proposal.block);
  if (error !== undefined) return never(error);
  return judgeResults(s, parent, proposal) ?? judgeBatches(s, parent, proposal);
}

/** Nullifications of all views between the parent's and this one, or undefined while some are missing. */
function skippedViews(
  s: State,
  { block: { header } }: Proposal,
): readonly Certificate[] | undefined {
  const skipped: Certificate[] = [];
  const missing: number[] = [];
  for (let view = header.parentView + 1; view < header.view; view++) {
    const nullification = s.nullifications.get(view);
    if (nullification === undefined) missing.push(view);
    else skipped.push(nullification);
  }
  if (missing.length === 0) return skipped;
  requestCertificates(s, missing, header.proposer);
  return undefined;
}

/** The parent when this node builds on it; otherwise whether it ever may. */
function parentOf(s: State, { block: { header } }: Proposal): Block | Verdict {
  const parent = knownParent(s, header);
  if (parent !== undefined) return parent;
  const { parentView, parentDigest } = header;
  if (parentView === finalView(s) || s.refused.has(parentView)) return never('parent');
  const notarization = s.notarizations.get(parentView);
  if (notarization === undefined) {
    requestCertificates(s, [parentView], header.proposer);
    return wait('certificate of the parent');
  }
  // Known but not certified: rule certify asks for what the parent lacks.
  return equalBytes(notarization.digest, parentDigest)
    ? wait('block or batches of the parent')
    : never('parent');
}

/** Rule *B4 wrong proposal*: results that differ from the own are nullified, and the vote for them is evidence. */
function judgeResults(
  s: State,
  parent: Block,
  { block, vote: proposed }: Proposal,
): Verdict | undefined {
  const verdict = compareTriple(s, parent, block.header);
  if (verdict.kind === 'ok') return undefined;
  if (verdict.kind === 'wait')
    return wait(`own execution of height ${block.header.executed.height}`);
  if (verdict.kind === 'invalid') return never(verdict.reason);
  s.effects.push({
    kind: 'evidence',
    evidence: { kind: 'wrong-result', vote: proposed, block, own: verdict.own },
  });
  return never('results differ');
}

function judgeBatches(s: State, parent: Block, { block }: Proposal): Verdict {
  const node = s.blocks.get(block.digest);
  if (node === undefined) return wait(`block ${toHex(block.digest)}`);
  const batches = checkBatches(s, parent, node, [block.header.proposer]);
  if (batches === 'held') return VOTE;
  return batches === 'missing' ? wait('batches') : never('payload');
}

function wait(reason: string): Verdict {
  return { kind: 'wait', reason };
}

function never(reason: string): Verdict {
  return { kind: 'nullify', reason };
}
