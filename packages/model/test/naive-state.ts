import { merkleProof, type Suite } from '@hanse/crypto';
import { compareBytes, concatBytes, utf8 } from '@hanse/kit';
import {
  bucketHash,
  bucketPlace,
  entryLeaf,
  keyHash,
  stateRootOf,
  valueHash,
  ZERO_HASH,
  type EntryProof,
  type RecordProof,
  type TreeShape,
} from '../src/index.ts';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** The state tree in the plainest form: all buckets as lists, all nodes recomputed for each question. */
export class NaiveState {
  readonly shape: TreeShape;
  readonly #suite: Suite;
  readonly #records: ReadonlyMap<string, Uint8Array>;
  readonly #entries: readonly Entry[];

  constructor(
    suite: Suite,
    records: ReadonlyMap<string, Uint8Array>,
    depth: number,
    split: number,
  ) {
    this.#suite = suite;
    this.#records = records;
    this.#entries = [...records].map(([key, value]) => [
      keyHash(suite, utf8(key)),
      valueHash(suite, value),
    ]);
    this.shape = { depth, split, records: records.size };
  }

  get root(): Uint8Array {
    return stateRootOf(this.#suite, this.shape, this.#node(0, 0));
  }

  prove(key: string): RecordProof {
    const hash = keyHash(this.#suite, utf8(key));
    const { index, level } = bucketPlace(this.shape, hash);
    const entries = this.#bucket(index, level);
    const siblings = Array.from({ length: level }, (_, up) =>
      this.#node(level - up, Math.floor(index / 2 ** up) ^ 1),
    );
    const at = entries.findIndex(([other]) => compareBytes(other, hash) >= 0);
    const found =
      at >= 0 && compareBytes(entries[at]?.[0] ?? hash, hash) === 0 && this.#records.has(key);
    const around = found ? [at] : at < 0 ? [entries.length - 1] : [at - 1, at];
    const neighbours = around.filter((i) => i >= 0).map((i) => this.#entryProof(entries, i));
    return {
      key: utf8(key),
      value: this.#records.get(key),
      shape: this.shape,
      entries: entries.length,
      neighbours,
      siblings,
    };
  }

  #entryProof(entries: readonly Entry[], index: number): EntryProof {
    const [key, value] = entries[index] ?? [ZERO_HASH, ZERO_HASH];
    return {
      index,
      keyHash: key,
      valueHash: value,
      path: merkleProof(
        this.#suite,
        entries.map(([k, v]) => entryLeaf(k, v)),
        index,
      ),
    };
  }

  #bucket(index: number, level: number): readonly Entry[] {
    return this.#entries
      .filter(([hash]) => {
        const place = bucketPlace(this.shape, hash);
        return place.index === index && place.level === level;
      })
      .sort(([a], [b]) => compareBytes(a, b));
  }

  #node(level: number, index: number): Uint8Array {
    const { depth, split } = this.shape;
    const isBucket = level === depth + 1 || (level === depth && index >= split);
    if (isBucket) return bucketHash(this.#suite, this.#bucket(index, level));
    return this.#suite.hash(
      concatBytes(this.#node(level + 1, 2 * index), this.#node(level + 1, 2 * index + 1)),
    );
  }
}
