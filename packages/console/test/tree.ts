import { merkleProof } from '@hanse/crypto';
import type { Suite } from '@hanse/crypto';
import { compareBytes, concatBytes } from '@hanse/kit';
import {
  bucketHash,
  bucketPlace,
  entryLeaf,
  keyHash,
  stateRootOf,
  valueHash,
  type RecordProof,
  type TreeShape,
} from '@hanse/model';

/** A state as plain data: records by the text of their key. */
export type Records = ReadonlyMap<string, { readonly key: Uint8Array; readonly value: Uint8Array }>;

type Entry = readonly [key: Uint8Array, value: Uint8Array];

// Part of the buckets are split, so that both lengths of path occur.
const DEPTH = 3;
const SPLIT = 3;

/** The state commitment, computed from all records each time: slow and plain. */
export class StateTree {
  readonly #suite: Suite;
  readonly #shape: TreeShape;
  readonly #buckets = new Map<string, Entry[]>();

  constructor(suite: Suite, records: Records) {
    this.#suite = suite;
    this.#shape = { depth: DEPTH, split: SPLIT, records: records.size };
    for (const { key, value } of records.values()) {
      const hash = keyHash(suite, key);
      this.#bucketOf(hash).push([hash, valueHash(suite, value)]);
    }
    for (const bucket of this.#buckets.values()) bucket.sort((a, b) => compareBytes(a[0], b[0]));
  }

  get root(): Uint8Array {
    return stateRootOf(this.#suite, this.#shape, this.#node(0, 0));
  }

  /** Proof of a record, or of its absence when `value` is undefined. */
  prove(key: Uint8Array, value: Uint8Array | undefined): RecordProof {
    const hash = keyHash(this.#suite, key);
    const bucket = this.#bucketOf(hash);
    const at = bucket.findIndex(([one]) => compareBytes(one, hash) >= 0);
    const after = at < 0 ? bucket.length : at;
    const shown = value === undefined ? [after - 1, after] : [after];
    const leaves = bucket.map(([k, v]) => entryLeaf(k, v));
    return {
      key,
      value,
      shape: this.#shape,
      entries: bucket.length,
      neighbours: shown.flatMap((index) => {
        const entry = bucket[index];
        if (entry === undefined) return [];
        const path = merkleProof(this.#suite, leaves, index);
        return [{ index, keyHash: entry[0], valueHash: entry[1], path }];
      }),
      siblings: this.#siblings(hash),
    };
  }

  #bucketOf(hash: Uint8Array): Entry[] {
    const { level, index } = bucketPlace(this.#shape, hash);
    const name = `${level}/${index}`;
    const bucket = this.#buckets.get(name) ?? [];
    this.#buckets.set(name, bucket);
    return bucket;
  }

  #siblings(hash: Uint8Array): Uint8Array[] {
    const place = bucketPlace(this.#shape, hash);
    const siblings: Uint8Array[] = [];
    let { index } = place;
    for (let level = place.level; level > 0; level--) {
      siblings.push(this.#node(level, index % 2 === 0 ? index + 1 : index - 1));
      index = Math.floor(index / 2);
    }
    return siblings;
  }

  #node(level: number, index: number): Uint8Array {
    const isBucket = level > DEPTH || (level === DEPTH && index >= SPLIT);
    if (isBucket) return bucketHash(this.#suite, this.#buckets.get(`${level}/${index}`) ?? []);
    const children = [this.#node(level + 1, 2 * index), this.#node(level + 1, 2 * index + 1)];
    return this.#suite.hash(concatBytes(...children));
  }
}
