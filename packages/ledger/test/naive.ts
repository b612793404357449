import { encode } from '@hanse/codec';
import { merkleRoot } from '@hanse/crypto';
import { compareBytes, concatBytes, limits } from '@hanse/kit';
import {
  bucketHash,
  bucketPlace,
  historyLeafSchema,
  keyHash,
  stateRootOf,
  valueHash,
  type HistoryLeaf,
  type TreeShape,
} from '@hanse/model';
import { keyText } from '../src/keys.ts';
import { suite, type Put } from './world.ts';

/** The state as a map, and its root by the definition, from scratch each time. */
export class NaiveState {
  readonly values: Map<string, Uint8Array>;
  shape: TreeShape;

  constructor(values = new Map<string, Uint8Array>(), shape = { depth: 0, split: 0, records: 0 }) {
    this.values = values;
    this.shape = shape;
  }

  copy(): NaiveState {
    return new NaiveState(new Map(this.values), this.shape);
  }

  put({ key, value }: Put): void {
    if (value === undefined) this.values.delete(keyText(key));
    else this.values.set(keyText(key), value);
  }

  /** Grow as a block does at its end. */
  endBlock(): void {
    let { depth, split } = this.shape;
    const records = this.values.size;
    for (let done = 0; done < limits.bucketSplitsPerBlockMax; done++) {
      if (records <= limits.bucketTargetEntries * (2 ** depth + split)) break;
      split++;
      if (split === 2 ** depth) {
        depth++;
        split = 0;
      }
    }
    this.shape = { depth, split, records };
  }

  root(): Uint8Array {
    const buckets = new Map<string, [Uint8Array, Uint8Array][]>();
    for (const [text, value] of this.values) {
      const hash = keyHash(suite, bytesOf(text));
      const { level, index } = bucketPlace(this.shape, hash);
      const id = `${level}/${index}`;
      const entries = buckets.get(id) ?? [];
      entries.push([hash, valueHash(suite, value)]);
      buckets.set(id, entries);
    }
    const node = (level: number, index: number): Uint8Array => {
      const { depth, split } = this.shape;
      const isLeaf = level > depth || (level === depth && index >= split);
      if (!isLeaf) {
        return suite.hash(concatBytes(node(level + 1, 2 * index), node(level + 1, 2 * index + 1)));
      }
      const entries = buckets.get(`${level}/${index}`) ?? [];
      return bucketHash(
        suite,
        entries.sort((a, b) => compareBytes(a[0], b[0])),
      );
    };
    return stateRootOf(suite, this.shape, node(0, 0));
  }
}

/** Root of the history by the definition. */
export function naiveHistoryRoot(leaves: readonly HistoryLeaf[]): Uint8Array {
  return merkleRoot(
    suite,
    leaves.map((leaf) => encode(historyLeafSchema, leaf)),
  );
}

/** The bytes behind a key's text. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
