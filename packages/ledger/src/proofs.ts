import type { Suite } from '@hanse/crypto';
import { assert, concatBytes, equalBytes } from '@hanse/kit';
import {
  bucketPlace,
  keyHash,
  type BucketPlace,
  type EntryProof,
  type RecordProof,
} from '@hanse/model';
import {
  bucketRoot,
  editBucket,
  entryCount,
  findEntry,
  proveEntry,
  type Bucket,
} from './buckets.ts';
import type { State } from './state.ts';
import type { UndoLog } from './undo.ts';

type Sources = { readonly suite: Suite; readonly state: State; readonly undo: UndoLog };

/** Proof of a record, or of its absence, in the state of a height that can still be read. */
export function proveRecord(sources: Sources, key: Uint8Array, height: number): RecordProof {
  const { suite, state, undo } = sources;
  const hash = keyHash(suite, key);
  const shape = undo.shapeAt(height) ?? state.shape;
  const place = bucketPlace(shape, hash);
  const bucket = bucketAt(sources, place, height);
  const before = undo.valueAt(hash, height);
  return {
    key,
    value: before === undefined ? state.get(key) : before.value,
    shape,
    entries: entryCount(bucket),
    neighbours: neighbours(suite, bucket, hash),
    siblings: siblingsOf(sources, place, height),
  };
}

/** The entry of a key hash; or the entries around the gap where it would be. */
function neighbours(suite: Suite, bucket: Bucket, hash: Uint8Array): readonly EntryProof[] {
  const found = findEntry(bucket, hash);
  if (found >= 0) return [proveEntry(suite, bucket, found)];
  const gap = -1 - found;
  return [gap - 1, gap]
    .filter((position) => position >= 0 && position < entryCount(bucket))
    .map((position) => proveEntry(suite, bucket, position));
}

/** What a bucket held at a height: the entries that are under its place now, taken back. */
function bucketAt(sources: Sources, place: BucketPlace, height: number): Bucket {
  const { suite, state, undo } = sources;
  const now = concatBytes(...bucketsUnder(state, place));
  const bucket = editBucket(suite, now, undo.editsBackTo(height, place));
  const root = nodeAt(sources, place.level, place.index, height);
  assert(equalBytes(bucketRoot(suite, bucket), root), `bucket ${place.index} at height ${height}`);
  return bucket;
}

/** Buckets of the newest state under a place, which may have been split since. */
function bucketsUnder(state: State, place: BucketPlace): readonly Bucket[] {
  const { level, index } = place;
  const { depth, split } = state.shape;
  if (level > depth || (level === depth && index >= split)) return [state.bucket(place)];
  return [2 * index, 2 * index + 1].flatMap((child) =>
    bucketsUnder(state, { level: level + 1, index: child }),
  );
}

function siblingsOf(sources: Sources, place: BucketPlace, height: number): readonly Uint8Array[] {
  const siblings: Uint8Array[] = [];
  let { index } = place;
  for (let { level } = place; level > 0; level--) {
    siblings.push(nodeAt(sources, level, index ^ 1, height));
    index >>>= 1;
  }
  return siblings;
}

function nodeAt(
  { state, undo }: Sources,
  level: number,
  index: number,
  height: number,
): Uint8Array {
  return undo.nodeAt(level, index, height) ?? state.tree.node(level, index);
}
