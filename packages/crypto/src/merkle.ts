import { assert, equalBytes } from '@hanse/kit';
import { HASH_BYTES } from './slots.ts';

/** The part of a suite a tree needs. */
export type Hasher = { readonly hash: (data: Uint8Array) => Uint8Array };

/** An inclusion proof and what it is about. Counts and indexes are whole numbers below 2^53. */
export type MerkleInclusion = {
  readonly index: number;
  readonly count: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** A proof that the tree of `second` leaves extends the tree of `first` leaves. */
export type MerkleConsistency = {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** Hash of a leaf: H(0x00 || leaf). The prefix keeps a leaf from passing as a node. */
export function leafHash(hasher: Hasher, leaf: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + leaf.length);
  bytes.set(leaf, 1);
  return hasher.hash(bytes);
}

// Every node is hashed from here: a hash function reads its input before it returns.
const nodeBytes = new Uint8Array(1 + 2 * HASH_BYTES);

/** Hash of an inner node: H(0x01 || left || right). */
export function nodeHash(hasher: Hasher, left: Uint8Array, right: Uint8Array): Uint8Array {
  assert(left.length === HASH_BYTES && right.length === HASH_BYTES, 'a node joins two hashes');
  nodeBytes[0] = 1;
  nodeBytes.set(left, 1);
  nodeBytes.set(right, 1 + HASH_BYTES);
  return hasher.hash(nodeBytes);
}

/** Root of the tree over no leaves: the hash of nothing. */
export function emptyRoot(hasher: Hasher): Uint8Array {
  return hasher.hash(new Uint8Array(0));
}

/** RFC 9162 Merkle tree hash over leaves. */
export function merkleRoot(hasher: Hasher, leaves: readonly Uint8Array[]): Uint8Array {
  return merkleRootOfHashes(hasher, hashLeaves(hasher, leaves));
}

/** RFC 9162 Merkle tree hash over leaf hashes. */
export function merkleRootOfHashes(hasher: Hasher, leafHashes: readonly Uint8Array[]): Uint8Array {
  let level = leafHashes;
  if (level.length === 0) return emptyRoot(hasher);
  while (level.length > 1) level = levelAbove(hasher, level);
  return at(level, 0);
}

/** Siblings of leaf `index`, from the leaf upwards. Throws when there is no such leaf. */
export function merkleProof(
  hasher: Hasher,
  leaves: readonly Uint8Array[],
  index: number,
): Uint8Array[] {
  return merkleProofOfHashes(hasher, hashLeaves(hasher, leaves), index);
}

/** {@link merkleProof} over leaf hashes. */
export function merkleProofOfHashes(
  hasher: Hasher,
  leafHashes: readonly Uint8Array[],
  index: number,
): Uint8Array[] {
  assertIndex(index, leafHashes.length);
  const proof: Uint8Array[] = [];
  let level = leafHashes;
  let position = index;
  while (level.length > 1) {
    const sibling = level[position % 2 === 0 ? position + 1 : position - 1];
    // The last node of an odd level moves up alone.
    if (sibling !== undefined) proof.push(sibling);
    level = levelAbove(hasher, level);
    position = Math.floor(position / 2);
  }
  return proof;
}

/**
 * Whether `proof` shows that `leaf` is leaf `index` of the tree of `count` leaves with this root.
 * Strict: a proof with a hash too few or too many is refused. Never throws.
 */
export function verifyMerkleProof(
  hasher: Hasher,
  claim: MerkleInclusion & { readonly leaf: Uint8Array },
): boolean {
  return verifyMerkleProofOfHash(hasher, { ...claim, leafHash: leafHash(hasher, claim.leaf) });
}

/** {@link verifyMerkleProof} for a leaf hash. */
export function verifyMerkleProofOfHash(
  hasher: Hasher,
  claim: MerkleInclusion & { readonly leafHash: Uint8Array },
): boolean {
  const root = merkleRootFromProof(hasher, claim);
  return root !== undefined && equalBytes(root, claim.root);
}

/**
 * The root that a leaf hash and its siblings lead to (RFC 9162 2.1.3.2), or undefined when the
 * proof does not fit its index and count.
 */
export function merkleRootFromProof(
  hasher: Hasher,
  claim: Omit<MerkleInclusion, 'root'> & { readonly leafHash: Uint8Array },
): Uint8Array | undefined {
  const { index, count, proof } = claim;
  if (!isCount(index) || !isCount(count) || index >= count) return undefined;
  if (!areHashes([claim.leafHash, ...proof])) return undefined;
  let position = index;
  let last = count - 1;
  let hash = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(hasher, sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hasher, hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
}

/** Proof that the tree over these leaf hashes extends the tree over the first `first` of them. */
export function merkleConsistencyProof(
  hasher: Hasher,
  leafHashes: readonly Uint8Array[],
  first: number,
): Uint8Array[] {
  const second = leafHashes.length;
  assert(isCount(first) && first > 0 && first <= second, 'consistency from 1 … count leaves');
  return subproof({ start: 0, size: second, old: first, complete: true }, (start, size) =>
    merkleRootOfHashes(hasher, leafHashes.slice(start, start + size)),
  );
}

type SubproofStep = {
  readonly start: number;
  readonly size: number;
  readonly old: number;
  /** Whether the old tree is this very subtree, whose hash the verifier already has. */
  readonly complete: boolean;
};

/** SUBPROOF of RFC 9162 2.1.4.1, given the hash of any aligned range of leaves. */
export function subproof(
  step: SubproofStep,
  rangeHash: (start: number, size: number) => Uint8Array,
): Uint8Array[] {
  const { start, size, old, complete } = step;
  if (old === size) return complete ? [] : [rangeHash(start, size)];
  const left = largestPowerBelow(size);
  if (old <= left) {
    return [
      ...subproof({ start, size: left, old, complete }, rangeHash),
      rangeHash(start + left, size - left),
    ];
  }
  const right = { start: start + left, size: size - left, old: old - left, complete: false };
  return [...subproof(right, rangeHash), rangeHash(start, left)];
}

/**
 * Whether the tree of `second` leaves extends the tree of `first` leaves (RFC 9162 2.1.4.2).
 * A tree extends itself by an empty proof; nothing is claimed about extending the empty tree,
 * so `first` = 0 is refused unless both are empty. Never throws.
 */
export function verifyMerkleConsistency(hasher: Hasher, claim: MerkleConsistency): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!isCount(first) || !isCount(second) || first > second) return false;
  if (!areHashes([firstRoot, secondRoot, ...proof])) return false;
  if (first === second) return proof.length === 0 && equalBytes(firstRoot, secondRoot);
  if (first === 0) return false;
  // A complete old tree is itself the first node of the path.
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  let position = first - 1;
  let last = second - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  const seed = path[0];
  if (seed === undefined) return false;
  let oldHash = seed;
  let newHash = seed;
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(hasher, sibling, oldHash);
      newHash = nodeHash(hasher, sibling, newHash);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      newHash = nodeHash(hasher, newHash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(oldHash, firstRoot) && equalBytes(newHash, secondRoot);
}

/** Largest power of two below `size`, for `size` above one: where RFC 9162 splits a tree. */
export function largestPowerBelow(size: number): number {
  assert(isCount(size) && size > 1, 'only a tree of two leaves or more is split');
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** Whether a count is a power of two. Not by bits: counts go to 2^53. */
export function isPowerOfTwo(count: number): boolean {
  let power = 1;
  while (power < count) power *= 2;
  return power === count;
}

/** Throws unless `index` names one of `count` leaves. */
export function assertIndex(index: number, count: number): void {
  assert(isCount(index) && index < count, `leaf ${index} of a tree of ${count} leaves`);
}

function hashLeaves(hasher: Hasher, leaves: readonly Uint8Array[]): Uint8Array[] {
  return leaves.map((leaf) => leafHash(hasher, leaf));
}

function levelAbove(hasher: Hasher, level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i + 1 < level.length; i += 2) {
    above.push(nodeHash(hasher, at(level, i), at(level, i + 1)));
  }
  if (level.length % 2 === 1) above.push(at(level, level.length - 1));
  return above;
}

function at(level: readonly Uint8Array[], index: number): Uint8Array {
  const hash = level[index];
  assert(hash !== undefined && hash.length === HASH_BYTES, 'tree nodes are 32-byte hashes');
  return hash;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}
