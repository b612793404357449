import { isEmptyPayload, type Block, type Certificate } from '@hanse/model';
import { checkBatches, requestBlock, signersOf } from './availability.ts';
import { noteNotarized, pruneResults } from './binding.ts';
import { requestFinals } from './catchup.ts';
import { persistBlock } from './certify.ts';
import { finalView, type State } from './state.ts';
import type { TreeNode } from './tree.ts';

/**
 * Rule *finality*: the lowest F certificate above the last final block makes its block and all ancestors
 * final, in height order, as soon as every block and batch on the way is local. Returns whether it did.
 */
export function finalize(s: State): boolean {
  const certificate = lowest(s.finalizations);
  if (certificate === undefined || s.isStopped) return false;
  const found = s.blocks.pathFrom(s.lastFinal.block, certificate.digest);
  if (found === undefined) {
    s.log('error', 'finalityConflict', { view: certificate.view });
    return false;
  }
  if (found.missing !== undefined) {
    requestBlock(s, found.missing, signersOf(certificate));
    requestFinals(s, signersOf(certificate), certificate.view - finalView(s));
    return false;
  }
  return areBatchesHeld(s, found.path, certificate) && deliver(s, found.path, certificate);
}

function areBatchesHeld(s: State, path: readonly TreeNode[], certificate: Certificate): boolean {
  let parent = s.lastFinal.block;
  let held = true;
  for (const node of path) {
    if (checkBatches(s, parent, node, signersOf(certificate)) !== 'held') held = false;
    parent = node.block;
  }
  return held;
}

/** Emit `final` for each block of the path; the certificate names the last one. */
function deliver(s: State, path: readonly TreeNode[], certificate: Certificate): boolean {
  for (const node of path) persistBlock(s, node);
  for (const { block } of path) {
    noteNotarized(s, block.header);
    if (s.isStopped) return true;
    const isLast = block.header.view === certificate.view;
    if (!isEmptyPayload(block.payload, s.lastFinal.block.payload)) s.unbound = block.header.height;
    s.lastFinal = { block, certificate: isLast ? certificate : undefined };
    s.effects.push({ kind: 'final', block, certificate: s.lastFinal.certificate });
  }
  forget(s, s.lastFinal.block);
  return true;
}

/** Everything of views up to the last final one is settled. */
function forget(s: State, base: Block): void {
  const view = finalView(s);
  s.blocks.prune(view, base);
  s.votes.prune(view);
  for (const byView of [
    s.proposals,
    s.notarizations,
    s.nullifications,
    s.finalizations,
    s.certified,
    s.own,
  ]) {
    for (const one of byView.keys()) if (one <= view) byView.delete(one);
  }
  for (const one of s.refused) if (one <= view) s.refused.delete(one);
  pruneResults(s);
}

function lowest(finalizations: ReadonlyMap<number, Certificate>): Certificate | undefined {
  let best: Certificate | undefined;
  for (const one of finalizations.values())
    if (best === undefined || one.view < best.view) best = one;
  return best;
}
