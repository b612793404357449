import type { Suite } from '@hanse/crypto';
import { assert } from '@hanse/kit';
import { leadingBits, taggedHash, ZERO_HASH, type EntryProof } from '@hanse/model';
import { foldProof, foldRoot, putLeafHash } from './hashes.ts';
import { setU64 } from './keys.ts';

/*
 * A bucket is its entries in order of key hash, packed: key hash, value hash, and the hash of the
 * entry's leaf, so that a change of one entry hashes one leaf. In the store the leaf hashes are left
 * out: computing them is how a bucket is checked.
 */

const HASH = 32;
const STORED_ENTRY = 2 * HASH;
const ENTRY = 3 * HASH;
const LEAF_AT = 2 * HASH;

/** Packed entries with their leaf hashes. Never changed in place: caches share it. */
export type Bucket = Uint8Array;

/** The bucket without entries. */
export const emptyBucket: Bucket = new Uint8Array(0);

/** One change of a bucket; without a value hash the entry goes. */
export type BucketEdit = {
  readonly keyHash: Uint8Array;
  readonly valueHash: Uint8Array | undefined;
};

/** Number of entries. */
export function entryCount(bucket: Bucket): number {
  return bucket.length / ENTRY;
}

/** Position of a key hash, or `-1 - position` where it would be. */
export function findEntry(bucket: Bucket, keyHash: Uint8Array): number {
  let low = 0;
  let high = entryCount(bucket) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareAt(bucket, middle * ENTRY, keyHash);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

/** Key hash of an entry. */
export function entryKey(bucket: Bucket, position: number): Uint8Array {
  return bucket.subarray(position * ENTRY, position * ENTRY + HASH);
}

/** Value hash of an entry. */
export function entryValue(bucket: Bucket, position: number): Uint8Array {
  return bucket.subarray(position * ENTRY + HASH, position * ENTRY + LEAF_AT);
}

/** A bucket with changes, which come sorted by key hash and once per key. */
export function editBucket(suite: Suite, bucket: Bucket, edits: readonly BucketEdit[]): Bucket {
  const out = new Uint8Array(bucket.length + edits.length * ENTRY);
  let from = 0;
  let size = 0;
  for (const { keyHash, valueHash } of edits) {
    const found = findEntry(bucket, keyHash);
    const position = found < 0 ? -1 - found : found;
    const kept = bucket.subarray(from, position * ENTRY);
    out.set(kept, size);
    size += kept.length;
    from = (found < 0 ? position : position + 1) * ENTRY;
    if (valueHash !== undefined) size = putEntry(suite, out, size, keyHash, valueHash);
  }
  out.set(bucket.subarray(from), size);
  return out.subarray(0, size + bucket.length - from);
}

/** Commitment of a bucket, as `bucketHash` of the model computes it from entries. */
export function bucketRoot(suite: Suite, bucket: Bucket): Uint8Array {
  const count = entryCount(bucket);
  if (count === 0) return ZERO_HASH;
  setU64(rootInput, 0, count);
  rootInput.set(foldRoot(suite, leafHashes(bucket), count), 8);
  return taggedHash(suite, 'hanse-bucket/1', rootInput);
}

/** The two halves of a bucket at `level` by the next bit of the key hash. */
export function splitBucket(bucket: Bucket, level: number): readonly [Bucket, Bucket] {
  const count = entryCount(bucket);
  let boundary = 0;
  while (boundary < count && leadingBits(entryKey(bucket, boundary), level + 1) % 2 === 0) {
    boundary++;
  }
  // Copies: a view would keep the whole parent in memory.
  return [bucket.slice(0, boundary * ENTRY), bucket.slice(boundary * ENTRY)];
}

/** A bucket as it is stored. */
export function storedBucket(bucket: Bucket): Uint8Array {
  const count = entryCount(bucket);
  const stored = new Uint8Array(count * STORED_ENTRY);
  for (let i = 0; i < count; i++) {
    stored.set(bucket.subarray(i * ENTRY, i * ENTRY + STORED_ENTRY), i * STORED_ENTRY);
  }
  return stored;
}

/** A stored bucket with its leaf hashes, or undefined when its form is none. */
export function openBucket(suite: Suite, stored: Uint8Array): Bucket | undefined {
  if (stored.length % STORED_ENTRY !== 0) return undefined;
  const count = stored.length / STORED_ENTRY;
  const bucket = new Uint8Array(count * ENTRY);
  for (let i = 0; i < count; i++) {
    const at = i * STORED_ENTRY;
    putEntry(
      suite,
      bucket,
      i * ENTRY,
      stored.subarray(at, at + HASH),
      stored.subarray(at + HASH, at + STORED_ENTRY),
    );
  }
  return bucket;
}

/** An entry with its path to the root over the bucket's entries. */
export function proveEntry(suite: Suite, bucket: Bucket, position: number): EntryProof {
  const count = entryCount(bucket);
  assert(position >= 0 && position < count, `entry ${position} of ${count}`);
  const path = foldProof(suite, leafHashes(bucket), { index: position, count });
  return {
    index: position,
    keyHash: entryKey(bucket, position).slice(),
    valueHash: entryValue(bucket, position).slice(),
    path,
  };
}

function compareAt(bucket: Bucket, offset: number, keyHash: Uint8Array): number {
  for (let i = 0; i < HASH; i++) {
    const difference = (bucket[offset + i] ?? 0) - (keyHash[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function leafHashes(bucket: Bucket): Uint8Array {
  const count = entryCount(bucket);
  if (folded.length < count * HASH) folded = new Uint8Array(2 * count * HASH);
  for (let i = 0; i < count; i++) {
    folded.set(bucket.subarray(i * ENTRY + LEAF_AT, (i + 1) * ENTRY), i * HASH);
  }
  return folded;
}

function putEntry(
  suite: Suite,
  out: Uint8Array,
  at: number,
  keyHash: Uint8Array,
  valueHash: Uint8Array,
): number {
  out.set(keyHash, at);
  out.set(valueHash, at + HASH);
  putLeafHash(suite, out.subarray(at, at + STORED_ENTRY), out, at + LEAF_AT);
  return at + ENTRY;
}

// Memory for the few hashes of a bucket, taken once; nothing here is re-entrant.
let folded = new Uint8Array(64 * HASH);
const rootInput = new Uint8Array(8 + HASH);
