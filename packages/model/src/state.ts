import { t, type Infer } from '@hanse/codec';
import { leafHash, merkleRoot, merkleRootFromProof, type Suite } from '@hanse/crypto';
import { assert, compareBytes, concatBytes, equalBytes, limits } from '@hanse/kit';
import { taggedHash, u64Bytes, ZERO_HASH } from './common.ts';

/*
 * The state commitment. A record's key is hashed; the first bits of the hash name its bucket. There
 * are 2^depth buckets, and of these the first `split` were split in two by one more bit (linear
 * growth). A bucket commits to its entries, sorted by key hash, as an RFC 6962 tree with their
 * count. Buckets are the leaves of a binary tree; the state root binds the tree's shape too.
 */

/** Shape of the bucket tree and number of records in it. */
export const treeShapeSchema = t.struct({ depth: t.u8, split: t.u32, records: t.u64 });
export type TreeShape = Infer<typeof treeShapeSchema>;

/** Where a key hash lives: index of the bucket at its level, and the length of its path to the root. */
export type BucketPlace = { readonly index: number; readonly level: number };

const DEPTH_MAX = 30;

/** Hash of a record's key; its first bits choose the bucket. */
export function keyHash(suite: Suite, key: Uint8Array): Uint8Array {
  return taggedHash(suite, 'hanse-key/1', key);
}

/** Hash of a record's value. */
export function valueHash(suite: Suite, value: Uint8Array): Uint8Array {
  return taggedHash(suite, 'hanse-value/1', value);
}

/** The bucket of a key hash under a shape. */
export function bucketPlace(
  shape: Pick<TreeShape, 'depth' | 'split'>,
  hash: Uint8Array,
): BucketPlace {
  assert(shape.depth <= DEPTH_MAX, `tree depth ${shape.depth}`);
  const index = leadingBits(hash, shape.depth);
  return index < shape.split
    ? { index: leadingBits(hash, shape.depth + 1), level: shape.depth + 1 }
    : { index, level: shape.depth };
}

/** First `count` bits of a hash as a number. */
export function leadingBits(hash: Uint8Array, count: number): number {
  const word =
    (((hash[0] ?? 0) << 24) | ((hash[1] ?? 0) << 16) | ((hash[2] ?? 0) << 8) | (hash[3] ?? 0)) >>>
    0;
  return count === 0 ? 0 : Math.floor(word / 2 ** (32 - count));
}

/** Leaf bytes of one entry in its bucket's tree. */
export function entryLeaf(key: Uint8Array, value: Uint8Array): Uint8Array {
  return concatBytes(key, value);
}

/** Commitment of a bucket to its entries (key hash and value hash, sorted by key hash). */
export function bucketHash(
  suite: Suite,
  entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
): Uint8Array {
  if (entries.length === 0) return ZERO_HASH;
  return bucketHashOf(
    suite,
    entries.length,
    merkleRoot(
      suite,
      entries.map(([key, value]) => entryLeaf(key, value)),
    ),
  );
}

function bucketHashOf(suite: Suite, count: number, root: Uint8Array): Uint8Array {
  return taggedHash(suite, 'hanse-bucket/1', concatBytes(u64Bytes(count), root));
}

/** Commitment to the whole state: shape, number of records and tree root. */
export function stateRootOf(suite: Suite, shape: TreeShape, treeRoot: Uint8Array): Uint8Array {
  return taggedHash(
    suite,
    'hanse-state/1',
    concatBytes(
      Uint8Array.of(shape.depth),
      u64Bytes(shape.split),
      u64Bytes(shape.records),
      treeRoot,
    ),
  );
}

const entryProofSchema = t.struct({
  index: t.u32,
  keyHash: t.hash,
  valueHash: t.hash,
  path: t.list(t.hash, 32),
});

/** Path from a record, or from the gap where it would be, to the state root. */
export const recordProofSchema = t.struct({
  key: t.bytes(limits.keyBytesMax),
  /** The record's value; absent in a proof of absence. */
  value: t.option(t.bytes(limits.valueBytesMax)),
  shape: treeShapeSchema,
  /** Number of entries in the bucket. */
  entries: t.u32,
  /** The record's entry; or, for absence, the one or two entries around the gap. */
  neighbours: t.list(entryProofSchema, 2),
  /** Sibling hashes from the bucket up to the tree root. */
  siblings: t.list(t.hash, DEPTH_MAX + 1),
});
export type RecordProof = Infer<typeof recordProofSchema>;
export type EntryProof = Infer<typeof entryProofSchema>;

/** Whether a proof shows its record, or the record's absence, in the state with this root. */
export function verifyRecordProof(
  suite: Suite,
  stateRoot: Uint8Array,
  proof: RecordProof,
): boolean {
  const hash = keyHash(suite, proof.key);
  const { shape } = proof;
  if (shape.depth > DEPTH_MAX || shape.split > 2 ** shape.depth) return false;
  const bucketRoot = commonBucketRoot(suite, proof);
  if (bucketRoot === undefined) return false;
  const shown =
    proof.value === undefined
      ? showsGap(proof, hash)
      : showsRecord(suite, proof, proof.value, hash);
  if (!shown) return false;
  const place = bucketPlace(shape, hash);
  if (proof.siblings.length !== place.level) return false;
  let node = bucketRoot;
  let { index } = place;
  for (const sibling of proof.siblings) {
    node = suite.hash(index % 2 === 0 ? concatBytes(node, sibling) : concatBytes(sibling, node));
    index = Math.floor(index / 2);
  }
  return equalBytes(stateRootOf(suite, shape, node), stateRoot);
}

/** The bucket commitment that all neighbours lead to, or undefined when they disagree. */
function commonBucketRoot(suite: Suite, proof: RecordProof): Uint8Array | undefined {
  if (proof.entries === 0) return proof.neighbours.length === 0 ? ZERO_HASH : undefined;
  let common: Uint8Array | undefined;
  for (const { index, keyHash: key, valueHash: value, path } of proof.neighbours) {
    const root = merkleRootFromProof(suite, {
      leafHash: leafHash(suite, entryLeaf(key, value)),
      index,
      count: proof.entries,
      proof: path,
    });
    if (root === undefined || (common !== undefined && !equalBytes(common, root))) return undefined;
    common = root;
  }
  return common === undefined ? undefined : bucketHashOf(suite, proof.entries, common);
}

function showsRecord(
  suite: Suite,
  proof: RecordProof,
  value: Uint8Array,
  hash: Uint8Array,
): boolean {
  const entry = proof.neighbours[0];
  if (entry === undefined || proof.neighbours.length !== 1) return false;
  return equalBytes(entry.keyHash, hash) && equalBytes(entry.valueHash, valueHash(suite, value));
}

/** Absence: nothing in the bucket, or two adjacent entries around the key, or an end of the bucket beside it. */
function showsGap(proof: RecordProof, hash: Uint8Array): boolean {
  const [first, second] = proof.neighbours;
  if (first === undefined) return proof.entries === 0;
  if (second !== undefined) {
    return (
      second.index === first.index + 1 &&
      compareBytes(first.keyHash, hash) < 0 &&
      compareBytes(hash, second.keyHash) < 0
    );
  }
  if (compareBytes(hash, first.keyHash) < 0) return first.index === 0;
  return compareBytes(first.keyHash, hash) < 0 && first.index === proof.entries - 1;
}
