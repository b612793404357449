import type { Suite } from '@hanse/crypto';
import { compareBytes, equalBytes, limits, must } from '@hanse/kit';
import {
  bucketPlace,
  keyHash,
  stateRootOf,
  valueHash,
  type BucketPlace,
  type TreeShape,
} from '@hanse/model';
import {
  bucketRoot,
  editBucket,
  emptyBucket,
  entryCount,
  entryValue,
  findEntry,
  openBucket,
  splitBucket,
  storedBucket,
  type Bucket,
  type BucketEdit,
} from './buckets.ts';
import type { WriteBuffer } from './buffer.ts';
import { GenerationCache } from './cache.ts';
import { bucketKey, keyText, prefixed, prefixes } from './keys.ts';
import type { KvWrite } from './ports.ts';
import { corrupt, openRecord, recordName, sealRecord } from './records.ts';
import { grown, leafCount, type BucketTree, type LeafChange } from './tree.ts';
import type { BlockUndo, EntryUndo } from './undo.ts';

/** One write of a block: the key, its text, and the new value unless the record goes. */
export type StateWrite = {
  readonly key: Uint8Array;
  readonly text: string;
  readonly value: Uint8Array | undefined;
};

/** What a block did to the state. */
export type StateChange = {
  readonly stateRoot: Uint8Array;
  readonly leaves: readonly LeafChange[];
  readonly writes: readonly KvWrite[];
  readonly undo: BlockUndo;
};

type Known = { readonly hash: Uint8Array; readonly value: Uint8Array | undefined };
type Dirty = { readonly level: number; readonly index: number; readonly bucket: Bucket };
type Pending = BucketPlace & { readonly write: StateWrite; readonly hash: Uint8Array };

const CACHED_OVERHEAD_BYTES = 300;

/** The records at the newest executed height, committed to by buckets and tree. */
export class State {
  readonly #suite: Suite;
  readonly #buffer: WriteBuffer;
  readonly tree: BucketTree;
  readonly #records: GenerationCache<string, Known>;
  readonly #buckets: GenerationCache<number, Bucket>;
  #shape: TreeShape;

  constructor(parts: {
    readonly suite: Suite;
    readonly buffer: WriteBuffer;
    readonly tree: BucketTree;
    readonly shape: TreeShape;
    readonly cacheBytesMax: number;
  }) {
    this.#suite = parts.suite;
    this.#buffer = parts.buffer;
    this.tree = parts.tree;
    this.#shape = parts.shape;
    const half = parts.cacheBytesMax / 2;
    this.#records = new GenerationCache(
      half,
      ({ value }) => CACHED_OVERHEAD_BYTES + (value?.length ?? 0),
    );
    this.#buckets = new GenerationCache(half, (bucket) => CACHED_OVERHEAD_BYTES + bucket.length);
  }

  get shape(): TreeShape {
    return this.#shape;
  }

  /** A record's value. Throws StateCorrupt when store, bucket and tree disagree about it. */
  get(key: Uint8Array, text: string = keyText(key)): Uint8Array | undefined {
    const known = this.#records.get(text);
    if (known !== undefined) return known.value;
    const hash = keyHash(this.#suite, key);
    const bucket = this.bucket(bucketPlace(this.#shape, hash));
    const found = findEntry(bucket, hash);
    const value = found < 0 ? undefined : this.#read(key, entryValue(bucket, found));
    this.#records.set(text, { hash, value });
    return value;
  }

  /** A record from the store itself: it must be there if, and only if, its bucket names it. */
  readRecord(key: Uint8Array): Uint8Array | undefined {
    const hash = keyHash(this.#suite, key);
    const bucket = this.bucket(bucketPlace(this.#shape, hash));
    const found = findEntry(bucket, hash);
    if (found >= 0) return this.#read(key, entryValue(bucket, found));
    if (this.#stored(key) !== undefined) throw corrupt(recordName(key));
    return undefined;
  }

  /** Number of records in the bucket of a key. */
  bucketEntries(key: Uint8Array): number {
    return entryCount(this.bucket(bucketPlace(this.#shape, this.#hashOf(key, keyText(key)))));
  }

  /** A bucket, checked against its leaf. */
  bucket({ level, index }: BucketPlace): Bucket {
    const id = placeId(level, index);
    const cached = this.#buckets.get(id);
    if (cached !== undefined) return cached;
    const bucket = this.readBucket({ level, index });
    this.#buckets.set(id, bucket);
    return bucket;
  }

  /** A bucket from the store itself, checked against its leaf. */
  readBucket({ level, index }: BucketPlace): Bucket {
    const stored = this.#buffer.get(bucketKey(level, index));
    const bucket = stored === undefined ? emptyBucket : openBucket(this.#suite, stored);
    if (bucket === undefined || !this.tree.isNode(level, index, bucketRoot(this.#suite, bucket))) {
      throw corrupt(`bucket ${index} of level ${level}`);
    }
    return bucket;
  }

  /** Write what a block wrote, grow, and compute the new root. */
  commit(height: number, blockWrites: Iterable<StateWrite>): StateChange {
    const shapeBefore = this.#shape;
    const pending: Pending[] = [];
    for (const write of blockWrites) {
      const hash = this.#hashOf(write.key, write.text);
      const { index, level } = bucketPlace(shapeBefore, hash);
      pending.push({ write, hash, index, level });
    }
    pending.sort((a, b) => compareBytes(a.hash, b.hash));
    const writes: KvWrite[] = [];
    const entries: EntryUndo[] = [];
    const dirty = new Map<number, Dirty>();
    let records = shapeBefore.records;
    for (let from = 0; from < pending.length;) {
      const to = groupEnd(pending, from);
      records += this.#writeBucket(height, pending.slice(from, to), { writes, entries, dirty });
      from = to;
    }
    this.#shape = { ...shapeBefore, records };
    this.#grow(dirty, writes);
    const leaves = this.#store(dirty, writes);
    const levels = this.tree.update(this.#shape, leaves);
    const undo = { height, shape: shapeBefore, levels, entries };
    return { stateRoot: this.root(), leaves, writes, undo };
  }

  /** Root of the state. */
  root(): Uint8Array {
    return stateRootOf(this.#suite, this.#shape, this.tree.node(0, 0));
  }

  #hashOf(key: Uint8Array, text: string): Uint8Array {
    return this.#records.get(text)?.hash ?? keyHash(this.#suite, key);
  }

  #read(key: Uint8Array, expected: Uint8Array): Uint8Array {
    const value = this.#stored(key);
    if (value === undefined || !equalBytes(valueHash(this.#suite, value), expected)) {
      throw corrupt(recordName(key));
    }
    return value;
  }

  #stored(key: Uint8Array): Uint8Array | undefined {
    const stored = this.#buffer.get(prefixed(prefixes.record, key));
    return stored === undefined ? undefined : openRecord(this.#suite, key, stored).value;
  }

  /** Apply the writes of one bucket; returns by how many its records grew. */
  #writeBucket(
    height: number,
    group: readonly Pending[],
    out: {
      readonly writes: KvWrite[];
      readonly entries: EntryUndo[];
      readonly dirty: Map<number, Dirty>;
    },
  ): number {
    const place = must(group[0], 'a group has a first write');
    const { level, index } = place;
    const bucket = this.bucket(place);
    const edits: BucketEdit[] = [];
    for (const { write, hash } of group) {
      const { key, text, value } = write;
      const found = findEntry(bucket, hash);
      const after = value === undefined ? undefined : valueHash(this.#suite, value);
      const before = found < 0 ? undefined : entryValue(bucket, found).slice();
      if (isSame(before, after)) continue;
      const valueBefore = before === undefined ? undefined : this.get(key, text);
      edits.push({ keyHash: hash, valueHash: after });
      out.entries.push({ keyHash: hash, valueHash: before, value: valueBefore });
      const stored = value === undefined ? undefined : sealRecord(this.#suite, key, value, height);
      out.writes.push([prefixed(prefixes.record, key), stored]);
      this.#records.set(text, { hash, value });
    }
    if (edits.length === 0) return 0;
    const edited = editBucket(this.#suite, bucket, edits);
    out.dirty.set(placeId(level, index), { level, index, bucket: edited });
    return entryCount(edited) - entryCount(bucket);
  }

  /** Rule growth: split buckets in order until there are enough of them, or the block's share is done. */
  #grow(dirty: Map<number, Dirty>, writes: KvWrite[]): void {
    for (let done = 0; done < limits.bucketSplitsPerBlockMax; done++) {
      const { records, depth, split } = this.#shape;
      if (records <= limits.bucketTargetEntries * leafCount(this.#shape)) return;
      const id = placeId(depth, split);
      const bucket = dirty.get(id)?.bucket ?? this.bucket({ level: depth, index: split });
      const [left, right] = splitBucket(bucket, depth);
      dirty.delete(id);
      this.#buckets.delete(id);
      writes.push([bucketKey(depth, split), undefined]);
      for (const [child, index] of [
        [left, 2 * split],
        [right, 2 * split + 1],
      ] as const) {
        dirty.set(placeId(depth + 1, index), { level: depth + 1, index, bucket: child });
      }
      this.#shape = { ...grown(this.#shape), records };
    }
  }

  #store(dirty: ReadonlyMap<number, Dirty>, writes: KvWrite[]): readonly LeafChange[] {
    const leaves: LeafChange[] = [];
    for (const [id, { level, index, bucket }] of dirty) {
      leaves.push({ level, index, hash: bucketRoot(this.#suite, bucket) });
      const stored = entryCount(bucket) === 0 ? undefined : storedBucket(bucket);
      writes.push([bucketKey(level, index), stored]);
      this.#buckets.set(id, bucket);
    }
    return leaves;
  }
}

/** End of the run of writes that go to the bucket of the one at `from`. */
function groupEnd(pending: readonly Pending[], from: number): number {
  const first = pending[from];
  let to = from + 1;
  for (; ; to++) {
    const next = pending[to];
    if (next === undefined || next.index !== first?.index || next.level !== first.level) return to;
  }
}

function placeId(level: number, index: number): number {
  return level * 2 ** 32 + index;
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
