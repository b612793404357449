import { decode, encode } from '@hanse/codec';
import {
  emptyMmr,
  HASH_BYTES,
  leafHash,
  mmrAppendNodes,
  mmrProof,
  mmrRoot,
  mmrStateAt,
  type MmrState,
  type Suite,
} from '@hanse/crypto';
import { assert } from '@hanse/kit';
import { historyLeafSchema, type HistoryLeaf, type HistoryProof } from '@hanse/model';
import type { WriteBuffer } from './buffer.ts';
import { heightKey, historyNodeKey, prefixes } from './keys.ts';
import type { KvWrite } from './ports.ts';
import { corrupt, mustReadValue, sealValue } from './records.ts';

/** The history range: one leaf per height, each complete subtree stored once and for ever. */
export class History {
  readonly #suite: Suite;
  readonly #buffer: WriteBuffer;
  #range: MmrState = emptyMmr;

  /** `count` leaves are in the store. */
  constructor(suite: Suite, buffer: WriteBuffer, count: number) {
    this.#suite = suite;
    this.#buffer = buffer;
    this.#range = mmrStateAt(count, this.#node);
  }

  /** Root over all leaves. */
  root(): Uint8Array {
    return mmrRoot(this.#suite, this.#range);
  }

  /** Add the leaf of the next height. */
  append(leaf: HistoryLeaf): readonly KvWrite[] {
    assert(leaf.height === this.#range.count, `leaf ${leaf.height} of ${this.#range.count}`);
    const bytes = encode(historyLeafSchema, leaf);
    const added = mmrAppendNodes(this.#suite, this.#range, leafHash(this.#suite, bytes));
    this.#range = added.state;
    const leafKey = heightKey(prefixes.historyLeaf, leaf.height);
    return [
      [leafKey, sealValue(this.#suite, leafKey, bytes)],
      ...added.nodes.map(({ level, index, hash }): KvWrite => {
        const key = historyNodeKey(level, index);
        return [key, sealValue(this.#suite, key, hash)];
      }),
    ];
  }

  /** The leaf of a height; undefined above the newest one. */
  leaf(height: number): HistoryLeaf | undefined {
    if (height >= this.#range.count) return undefined;
    const key = heightKey(prefixes.historyLeaf, height);
    const object = `history leaf of height ${height}`;
    const leaf = decode(historyLeafSchema, mustReadValue(this.#suite, this.#buffer, key, object));
    if (!leaf.ok || leaf.value.height !== height) throw corrupt(object);
    return leaf.value;
  }

  /** Path from the leaf of a height to the root that is bound with `boundHeight`. */
  prove(height: number, boundHeight: number): HistoryProof | undefined {
    if (height > boundHeight) return undefined;
    const leaf = boundHeight < this.#range.count ? this.leaf(height) : undefined;
    if (leaf === undefined) return undefined;
    const count = boundHeight + 1;
    return { leaf, count, path: mmrProof(this.#suite, height, count, this.#node) };
  }

  readonly #node = (level: number, index: number): Uint8Array => {
    const key = historyNodeKey(level, index);
    const object = `history node ${index} of level ${level}`;
    const hash = mustReadValue(this.#suite, this.#buffer, key, object);
    if (hash.length !== HASH_BYTES) throw corrupt(object);
    return hash;
  };
}
