import { compareBytes, assert, equalBytes } from '@hanse/kit';
import { leadingBits, type BucketPlace, type TreeShape } from '@hanse/model';
import type { BucketEdit } from './buckets.ts';
import type { LevelUndo } from './tree.ts';

/** A record that a block changed, with what was there before. */
export type EntryUndo = {
  readonly keyHash: Uint8Array;
  /** Absent when there was no record. */
  readonly valueHash: Uint8Array | undefined;
  readonly value: Uint8Array | undefined;
};

/** What takes the state after a block back to the state before it. */
export type BlockUndo = {
  readonly height: number;
  readonly shape: TreeShape;
  readonly levels: readonly (LevelUndo | undefined)[];
  /** In order of key hash. */
  readonly entries: readonly EntryUndo[];
};

/** How much of the past is kept. */
export type UndoBounds = {
  readonly heightsMax: number;
  /** Kept even when they are over the bound of bytes. */
  readonly heightsMin: number;
  readonly bytesMax: number;
};

const HASH = 32;
const ENTRY_OVERHEAD_BYTES = 160;

/** The last blocks' undo records: the state at each height from `floor` on can be read from them. */
export class UndoLog {
  readonly #bounds: UndoBounds;
  #blocks: BlockUndo[] = [];
  #sizeBytes = 0;
  #floor: number;

  constructor(bounds: UndoBounds, floor: number) {
    assert(bounds.heightsMin <= bounds.heightsMax, 'undo: bounds in order');
    this.#bounds = bounds;
    this.#floor = floor;
  }

  /** Lowest height whose state can be read. */
  get floor(): number {
    return this.#floor;
  }

  add(undo: BlockUndo): void {
    this.#blocks.push(undo);
    this.#sizeBytes += sizeOf(undo);
    const { heightsMax, heightsMin, bytesMax } = this.#bounds;
    let excess = 0;
    for (const block of this.#blocks) {
      const kept = this.#blocks.length - excess;
      if (kept <= heightsMin || (kept <= heightsMax && this.#sizeBytes <= bytesMax)) break;
      this.#sizeBytes -= sizeOf(block);
      this.#floor = block.height;
      excess++;
    }
    if (excess > 0) this.#blocks = this.#blocks.slice(excess);
  }

  /** Shape of the state at a height, if a later block may have changed it. */
  shapeAt(height: number): TreeShape | undefined {
    return this.#blocks.find((block) => block.height > height)?.shape;
  }

  /** Hash of a tree node at a height, if a later block changed it. */
  nodeAt(level: number, index: number, height: number): Uint8Array | undefined {
    for (const block of this.#blocks) {
      const undo = block.height > height ? block.levels[level] : undefined;
      const at = undo === undefined ? -1 : search(undo.indexes, index);
      if (undo !== undefined && at >= 0) return undo.hashes.slice(at * HASH, (at + 1) * HASH);
    }
    return undefined;
  }

  /** A record's value at a height, if a later block changed it. */
  valueAt(
    keyHash: Uint8Array,
    height: number,
  ): { readonly value: Uint8Array | undefined } | undefined {
    for (const block of this.#blocks) {
      if (block.height <= height) continue;
      const entry = block.entries[lowerBound(block.entries, keyHash)];
      if (entry !== undefined && equalBytes(entry.keyHash, keyHash)) return { value: entry.value };
    }
    return undefined;
  }

  /** Changes that take the entries under a place from now back to a height, sorted by key hash. */
  editsBackTo(height: number, place: BucketPlace): readonly BucketEdit[] {
    const edits = new Map<string, BucketEdit>();
    for (let i = this.#blocks.length - 1; i >= 0; i--) {
      const block = this.#blocks[i];
      if (block === undefined || block.height <= height) break;
      for (const entry of entriesUnder(block.entries, place)) {
        edits.set(entry.keyHash.join(), entry);
      }
    }
    return [...edits.values()].sort((a, b) => compareBytes(a.keyHash, b.keyHash));
  }
}

function sizeOf(undo: BlockUndo): number {
  let size = ENTRY_OVERHEAD_BYTES * (1 + undo.entries.length);
  for (const level of undo.levels) if (level !== undefined) size += 36 * level.indexes.length;
  for (const { value } of undo.entries) size += value?.length ?? 0;
  return size;
}

function search(indexes: Uint32Array, index: number): number {
  let low = 0;
  let high = indexes.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = indexes[middle] ?? 0;
    if (found === index) return middle;
    if (found < index) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Position of the first entry whose key hash is not below this one. */
function lowerBound(entries: readonly EntryUndo[], keyHash: Uint8Array): number {
  return firstWhere(entries, (entry) => compareBytes(entry.keyHash, keyHash) >= 0);
}

function entriesUnder(entries: readonly EntryUndo[], place: BucketPlace): readonly EntryUndo[] {
  const indexOf = (entry: EntryUndo): number => leadingBits(entry.keyHash, place.level);
  const from = firstWhere(entries, (entry) => indexOf(entry) >= place.index);
  const to = firstWhere(entries, (entry) => indexOf(entry) > place.index);
  return entries.slice(from, to);
}

function firstWhere(entries: readonly EntryUndo[], isThere: (entry: EntryUndo) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && isThere(entry)) high = middle;
    else low = middle + 1;
  }
  return low;
}
