import type { Batch } from '@hanse/model';

/** Batches of one lane that are needed and not held; `digest` is that of `toSeq`. */
export type BatchWant = {
  readonly lane: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly digest: Uint8Array;
};

/** Two signed batches of one author with the same number: proof that it equivocated. */
export type LaneFork = {
  readonly kind: 'lane-fork';
  readonly first: Batch;
  readonly second: Batch;
};

/** What became of a batch that was offered to its lane. All but `known` and `outside` keep it. */
export type Added =
  | { readonly kind: 'added' }
  | { readonly kind: 'known' }
  /** Kept, but `want` lies between it and what is held. */
  | { readonly kind: 'gap'; readonly want: BatchWant }
  /** Kept; the first proof that this lane is forked. */
  | { readonly kind: 'fork'; readonly evidence: LaneFork }
  /** Final already, too far ahead, too large for any block, or of a lane or epoch that is not ours. */
  | { readonly kind: 'outside' };

/** Whether a payload's batches are here. */
export type PayloadCheck =
  | { readonly kind: 'held' }
  | { readonly kind: 'missing'; readonly wants: readonly BatchWant[] }
  | { readonly kind: 'invalid'; readonly reason: string };

/** A range of batches that others report and this node lacks, and who reports it. */
export type Behind = {
  readonly lane: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly from: readonly number[];
};
