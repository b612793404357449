import { HASH_BYTES, type Suite } from '@hanse/crypto';
import { assert } from '@hanse/kit';
import type { TreeShape } from '@hanse/model';

/** Part of a shape that says which nodes are leaves. */
export type Growth = Pick<TreeShape, 'depth' | 'split'>;

/** Nodes of one level that a block changed, in order of index, with what they were before. */
export type LevelUndo = { readonly indexes: Uint32Array; readonly hashes: Uint8Array };

/** A changed leaf. */
export type LeafChange = {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
};

const WORDS = HASH_BYTES / 4;
const DEPTH_MAX = 30;

/** Number of leaves of a shape. */
export function leafCount(growth: Growth): number {
  return 2 ** growth.depth + growth.split;
}

/** The shape after the next bucket in order was split in two. */
export function grown(growth: Growth): Growth {
  assert(growth.depth < DEPTH_MAX, 'the tree has its greatest depth');
  const split = growth.split + 1;
  return split === 2 ** growth.depth
    ? { depth: growth.depth + 1, split: 0 }
    : { depth: growth.depth, split };
}

/**
 * The binary tree over the buckets, flat: one array per level, node `i` over nodes `2i` and `2i + 1`
 * of the level below. Leaves are at level `depth`, and for the first `split` nodes of it one level
 * further down. Words are only moved, so their byte order does not matter.
 */
export class BucketTree {
  readonly #suite: Suite;
  readonly #levels: Int32Array[] = [new Int32Array(WORDS)];
  #pairs = new Int32Array(2 * WORDS * 64);
  #hashes = new Int32Array(WORDS * 64);

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  /** A copy of a node's hash. */
  node(level: number, index: number): Uint8Array {
    const words = this.#level(level);
    assert(index < 2 ** level, `node ${index} of level ${level}`);
    return new Uint8Array(words.slice(index * WORDS, (index + 1) * WORDS).buffer);
  }

  /** Whether a node has this hash. */
  isNode(level: number, index: number, hash: Uint8Array): boolean {
    const words = this.#level(level);
    const bytes = new Uint8Array(words.buffer, index * HASH_BYTES, HASH_BYTES);
    for (let i = 0; i < HASH_BYTES; i++) if (bytes[i] !== hash[i]) return false;
    return true;
  }

  /** Set a leaf without touching the nodes above, while the tree is rolled forward. */
  load(level: number, index: number, hash: Uint8Array): void {
    this.#bytes(level).set(hash, index * HASH_BYTES);
  }

  /** Compute every inner node of a shape from its leaves. */
  rebuild(growth: Growth): void {
    for (let level = growth.depth; level >= 0; level--) {
      const count = level === growth.depth ? growth.split : 2 ** level;
      if (count === 0) continue;
      const below = this.#level(level + 1);
      const input = new Uint8Array(below.buffer, 0, 2 * count * HASH_BYTES);
      this.#suite.hashPairs(input, this.#bytes(level), count);
    }
  }

  /**
   * Set the changed leaves of a block and every node above them; returns what was there, by level.
   * `growth` is the shape after the block; each new leaf of it is among the changes.
   */
  update(growth: Growth, changes: readonly LeafChange[]): readonly LevelUndo[] {
    const { depth } = growth;
    const undo: LevelUndo[] = [];
    const low = sorted(changes, depth + 1);
    const high = sorted(changes, depth);
    assert(low.length + high.length === changes.length, 'leaves are on the last two levels');
    if (changes.length === 0) return undo;
    let dirty = Uint32Array.from(low, ({ index }) => index);
    if (low.length > 0) undo[depth + 1] = this.#put(depth + 1, dirty, packed(low));
    let above = low.length > 0 ? parents(dirty) : dirty;
    // Leaves of the upper of the two levels come behind the nodes that were split.
    dirty = Uint32Array.from([...above, ...high.map(({ index }) => index)]);
    const hashes = new Int32Array(dirty.length * WORDS);
    hashes.set(this.#hashChildren(depth, above));
    hashes.set(packed(high), above.length * WORDS);
    undo[depth] = this.#put(depth, dirty, hashes);
    for (let level = depth - 1; level >= 0; level--) {
      above = parents(dirty);
      undo[level] = this.#put(level, above, this.#hashChildren(level, above));
      dirty = above;
    }
    return undo;
  }

  /** Hashes of nodes over their children, in order; valid until the next call. */
  #hashChildren(level: number, indexes: Uint32Array): Int32Array {
    const count = indexes.length;
    if (count === 0) return new Int32Array(0);
    if (this.#hashes.length < count * WORDS) {
      this.#pairs = new Int32Array(4 * count * WORDS);
      this.#hashes = new Int32Array(2 * count * WORDS);
    }
    const below = this.#level(level + 1);
    const pairs = this.#pairs;
    for (let i = 0; i < count; i++) {
      const from = (indexes[i] ?? 0) * 2 * WORDS;
      const to = i * 2 * WORDS;
      for (let word = 0; word < 2 * WORDS; word++) pairs[to + word] = below[from + word] ?? 0;
    }
    this.#suite.hashPairs(new Uint8Array(pairs.buffer), new Uint8Array(this.#hashes.buffer), count);
    return this.#hashes.subarray(0, count * WORDS);
  }

  #put(level: number, indexes: Uint32Array, hashes: Int32Array): LevelUndo {
    const words = this.#level(level);
    const before = new Int32Array(indexes.length * WORDS);
    for (let i = 0; i < indexes.length; i++) {
      const at = (indexes[i] ?? 0) * WORDS;
      const from = i * WORDS;
      for (let word = 0; word < WORDS; word++) {
        before[from + word] = words[at + word] ?? 0;
        words[at + word] = hashes[from + word] ?? 0;
      }
    }
    return { indexes, hashes: new Uint8Array(before.buffer) };
  }

  #bytes(level: number): Uint8Array {
    return new Uint8Array(this.#level(level).buffer);
  }

  /** Nodes of a level; its memory is taken when the level is first used. */
  #level(level: number): Int32Array {
    assert(level >= 0 && level <= DEPTH_MAX + 1, `level ${level} of the tree`);
    let words = this.#levels[level];
    if (words === undefined) {
      words = new Int32Array(2 ** level * WORDS);
      this.#levels[level] = words;
    }
    return words;
  }
}

function sorted(changes: readonly LeafChange[], level: number): readonly LeafChange[] {
  return changes.filter((change) => change.level === level).sort((a, b) => a.index - b.index);
}

function packed(changes: readonly LeafChange[]): Int32Array {
  const bytes = new Uint8Array(changes.length * HASH_BYTES);
  changes.forEach(({ hash }, i) => bytes.set(hash, i * HASH_BYTES));
  return new Int32Array(bytes.buffer);
}

/** Parents of sorted nodes, each once. */
function parents(indexes: Uint32Array): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(indexes.length);
  let count = 0;
  let last = -1;
  for (const index of indexes) {
    const parent = index >>> 1;
    if (parent !== last) out[count++] = parent;
    last = parent;
  }
  return out.slice(0, count);
}
