import { equalBytes } from '@hanse/kit';
import type { Block, Certificate } from '@hanse/model';
import { checkBatches, requestBlock, requestCertificates, signersOf } from './availability.ts';
import { noteNotarized } from './binding.ts';
import { cast, nullify } from './cast.ts';
import { leaderOf } from './leader.ts';
import { finalView, knownParent, type State } from './state.ts';
import type { TreeNode } from './tree.ts';
import { blockError } from './validity.ts';

/**
 * Rule *certify*: a notarized block whose ancestors are certified and whose batches are local is built on,
 * and gets F unless this node nullified the view or saw its leader equivocate. Tried again, also after
 * the view has passed, until a later view is final. Returns whether anything changed.
 */
export function certifyAll(s: State): boolean {
  let changed = false;
  // Insertion order is mostly ascending; a child that comes first waits for its parent's turn.
  for (const [view, notarization] of s.notarizations) {
    if (s.isStopped) return false;
    if (s.certified.has(view) || s.refused.has(view)) continue;
    if (certify(s, view, notarization)) changed = true;
  }
  return changed;
}

function certify(s: State, view: number, notarization: Certificate): boolean {
  const node = s.blocks.get(notarization.digest);
  if (node === undefined) {
    requestBlock(s, notarization.digest, signersOf(notarization));
    return false;
  }
  const parent = parentOf(s, node.block);
  if (parent === 'unknown') return false;
  if (parent === 'never') return refuse(s, view, 'its parent is not built on');
  const error = blockError(s, parent, node.block);
  if (error !== undefined) return refuse(s, view, error);
  const batches = checkBatches(s, parent, node, signersOf(notarization));
  if (batches === 'missing') return false;
  if (batches === 'invalid') return refuse(s, view, 'payload');
  noteNotarized(s, node.block.header);
  if (s.isStopped) return true;
  persistBlock(s, node);
  s.certified.set(view, node.block);
  // An equivocating leader's block stays, but its finality is left to a descendant.
  if (!s.votes.isAccused(view, leaderOf(view, s.n))) cast(s, 'finalize', view, node.block.digest);
  return true;
}

/**
 * Rule *W3*: a block is in the log before the F for it is cast. Its notarization is there already (W2), and
 * lanes hold only batches that are stored.
 */
export function persistBlock(s: State, node: TreeNode): void {
  if (node.persisted) return;
  node.persisted = true;
  s.effects.push({ kind: 'persist', record: { kind: 'block', block: node.block } });
}

function parentOf(s: State, { header }: Block): Block | 'unknown' | 'never' {
  const parent = knownParent(s, header);
  if (parent !== undefined) return parent;
  const { parentView, parentDigest } = header;
  if (parentView <= finalView(s) || parentView >= header.view || s.refused.has(parentView))
    return 'never';
  const notarization = s.notarizations.get(parentView);
  if (notarization === undefined) requestCertificates(s, [parentView], header.proposer);
  return notarization === undefined || equalBytes(notarization.digest, parentDigest)
    ? 'unknown'
    : 'never';
}

/** A quorum notarized what this node finds invalid: it never builds on it. */
function refuse(s: State, view: number, reason: string): boolean {
  s.log('error', 'notarizedRefused', { view, reason });
  s.refused.add(view);
  if (view === s.view) nullify(s, `refused: ${reason}`);
  return true;
}
