import { equalBytes } from '@hanse/kit';
import { justRoot, type Block, type Certificate } from '@hanse/model';
import { finalView, type State } from './state.ts';

/** What makes a block the parent of a view: its certificate, and nullifications of all views between. */
export type Justification = {
  readonly parent: Block;
  /** Undefined for the genesis block only. */
  readonly certificate: Certificate | undefined;
  readonly skipped: readonly Certificate[];
};

/** The parent that a block of `view` must have as far as this node knows, or the view it cannot judge. */
export function justify(s: State, view: number): Justification | { readonly unknownView: number } {
  const skipped: Certificate[] = [];
  for (let below = view - 1; below > finalView(s); below--) {
    const parent = s.certified.get(below);
    if (parent !== undefined)
      return { parent, certificate: s.notarizations.get(below), skipped: skipped.reverse() };
    const nullification = s.nullifications.get(below);
    if (nullification === undefined) return { unknownView: below };
    skipped.push(nullification);
  }
  return {
    parent: s.lastFinal.block,
    certificate: s.lastFinal.certificate,
    skipped: skipped.reverse(),
  };
}

/** The newest block this node builds on, whether or not all views above it are nullified. */
export function head(s: State): Block {
  let best = s.lastFinal.block;
  for (const block of s.certified.values()) if (block.header.view > best.header.view) best = block;
  return best;
}

/**
 * Whether a header commits to the certificates that justify it. The parent's may be the
 * notarization or the finalization: both prove it, and a leader may hold only one of them.
 */
export function commitsTo(
  s: State,
  block: Block,
  parent: Block,
  skipped: readonly Certificate[],
): boolean {
  const { suite, set } = s.config;
  const root = (kind: Certificate['kind']): Uint8Array => {
    const name = {
      kind,
      epoch: set.epoch,
      view: parent.header.view,
      digest: parent.digest,
      votes: [],
    };
    return justRoot(suite, parent.header.view === 0 ? undefined : name, skipped);
  };
  return (
    equalBytes(block.header.justRoot, root('notarize')) ||
    equalBytes(block.header.justRoot, root('finalize'))
  );
}
