import { assert, must } from '@hanse/kit';
import {
  assertIndex,
  emptyRoot,
  type Hasher,
  isPowerOfTwo,
  largestPowerBelow,
  nodeHash,
  subproof,
} from './merkle.ts';

/** A Merkle mountain range of `count` leaves: one peak per set bit of it, largest first. */
export type MmrState = { readonly count: number; readonly peaks: readonly Uint8Array[] };

/** A complete subtree: 2^level leaves from leaf index · 2^level on. Leaves are level 0. */
export type MmrNode = { readonly level: number; readonly index: number; readonly hash: Uint8Array };

/** Where the hash of a complete subtree is found; throws when it is not stored. */
export type MmrNodeAt = (level: number, index: number) => Uint8Array;

/** The range without leaves. */
export const emptyMmr: MmrState = { count: 0, peaks: [] };

/** The range with one more leaf. */
export function mmrAppend(hasher: Hasher, state: MmrState, leaf: Uint8Array): MmrState {
  return mmrAppendNodes(hasher, state, leaf).state;
}

/** {@link mmrAppend} with the subtrees the leaf completes, leaf first: what a store must keep. */
export function mmrAppendNodes(
  hasher: Hasher,
  state: MmrState,
  leaf: Uint8Array,
): { readonly state: MmrState; readonly nodes: readonly MmrNode[] } {
  assert(Number.isSafeInteger(state.count + 1), 'a range holds fewer than 2^53 leaves');
  const peaks = [...state.peaks];
  const nodes: MmrNode[] = [{ level: 0, index: state.count, hash: leaf }];
  let hash = leaf;
  let index = state.count;
  // Every trailing one bit of the count is a peak as high as the hash in hand.
  for (let level = 1; index % 2 === 1; level++) {
    hash = nodeHash(hasher, must(peaks.pop(), 'a peak for every bit of the count'), hash);
    index = Math.floor(index / 2);
    nodes.push({ level, index, hash });
  }
  peaks.push(hash);
  return { state: { count: state.count + 1, peaks }, nodes };
}

/** Root of the range: equal to `merkleRootOfHashes` over the same leaf hashes. */
export function mmrRoot(hasher: Hasher, state: MmrState): Uint8Array {
  return bag(hasher, state.peaks);
}

/** Whether a state read from outside is well formed: a peak for every set bit of the count. */
export function isMmrState(state: MmrState): boolean {
  if (!Number.isSafeInteger(state.count) || state.count < 0) return false;
  let bits = 0;
  for (let rest = state.count; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return state.peaks.length === bits && state.peaks.every((peak) => peak.length === 32);
}

/** The state of the first `count` leaves, from stored subtrees. */
export function mmrStateAt(count: number, node: MmrNodeAt): MmrState {
  return { count, peaks: rangePeaks(0, count, node) };
}

/** Inclusion proof of leaf `index` in `count` leaves, for `verifyMerkleProofOfHash`. */
export function mmrProof(
  hasher: Hasher,
  index: number,
  count: number,
  node: MmrNodeAt,
): Uint8Array[] {
  assertIndex(index, count);
  const path: Uint8Array[] = [];
  let start = 0;
  let size = count;
  // From the root down, so the proof is the reverse.
  while (size > 1) {
    const left = largestPowerBelow(size);
    if (index < start + left) {
      path.push(rangeHash(hasher, { start: start + left, size: size - left }, node));
      size = left;
    } else {
      path.push(rangeHash(hasher, { start, size: left }, node));
      start += left;
      size -= left;
    }
  }
  return path.reverse();
}

/** Proof that `second` leaves extend the first `first`, for `verifyMerkleConsistency`. */
export function mmrConsistencyProof(
  hasher: Hasher,
  counts: { readonly first: number; readonly second: number },
  node: MmrNodeAt,
): Uint8Array[] {
  const { first, second } = counts;
  assert(Number.isSafeInteger(first) && first > 0 && first <= second, 'first is 1 … second');
  return subproof({ start: 0, size: second, old: first, complete: true }, (start, size) =>
    rangeHash(hasher, { start, size }, node),
  );
}

function rangeHash(
  hasher: Hasher,
  range: { readonly start: number; readonly size: number },
  node: MmrNodeAt,
): Uint8Array {
  return bag(hasher, rangePeaks(range.start, range.size, node));
}

/** The complete subtrees of an aligned range, largest first. */
function rangePeaks(start: number, size: number, node: MmrNodeAt): Uint8Array[] {
  const peaks: Uint8Array[] = [];
  let position = start;
  let rest = size;
  while (rest > 0) {
    const width = isPowerOfTwo(rest) ? rest : largestPowerBelow(rest);
    assert(position % width === 0, 'a subtree starts at a multiple of its size');
    peaks.push(node(Math.log2(width), position / width));
    position += width;
    rest -= width;
  }
  return peaks;
}

/** Peaks from right to left: the shape of the RFC 9162 tree. */
function bag(hasher: Hasher, peaks: readonly Uint8Array[]): Uint8Array {
  let hash = peaks.at(-1);
  if (hash === undefined) return emptyRoot(hasher);
  for (const peak of peaks.slice(0, -1).reverse()) hash = nodeHash(hasher, peak, hash);
  return hash;
}
