import { t, type Infer } from '@hanse/codec';
import { HASH_BYTES, type Suite } from '@hanse/crypto';
import { assert } from '@hanse/kit';
import type { TreeShape } from '@hanse/model';
import type { WriteBuffer } from './buffer.ts';
import { heightKey, prefixes, sliceKey } from './keys.ts';
import type { KvWrite } from './ports.ts';
import { corrupt, mustReadValue, sealValue } from './records.ts';
import { BucketTree, leafCount, type LeafChange } from './tree.ts';

/*
 * Opening needs every leaf of the tree without reading every bucket. Each block stores the leaves it
 * changed (its delta). A checkpoint of all leaves is written in slices, a few a block, starting after
 * block `base`. A slice may be younger than `base`: the deltas behind `base` set leaves to absolute
 * values, so rolling them over it ends at the same tree. Two sides take turns, so that the complete
 * checkpoint is whole until the next one is.
 */

const sideSchema = t.struct({
  /** Deltas up to and with this height are covered. */
  base: t.u64,
  side: t.u8,
  /** Number of slices written. */
  slices: t.u32,
});

/** Where the checkpoints stand. */
export const checkpointSchema = t.struct({
  complete: t.option(sideSchema),
  building: t.option(t.struct({ at: sideSchema, depth: t.u8, next: t.u32 })),
  /** Lowest delta that may still be stored. */
  deltaFrom: t.u64,
  /** Leaves changed since the base of the newest checkpoint. */
  changed: t.u64,
});
export type Checkpoint = Infer<typeof checkpointSchema>;

/** Before the first block: every delta is needed. */
export const noCheckpoint: Checkpoint = {
  complete: undefined,
  building: undefined,
  deltaFrom: 0,
  changed: 0,
};

const SLICE_NODES = 512;
const CHANGED_MIN = 4_096;
const HEIGHTS_MAX = 2_048;
const DELTAS_PRUNED_PER_BLOCK = 16;
const DELTA_ENTRY = 5 + HASH_BYTES;
const SLICE_HEAD = 13;

type Block = {
  readonly height: number;
  readonly shape: TreeShape;
  readonly tree: BucketTree;
  readonly leaves: readonly LeafChange[];
};

/** What a block adds: its delta, slices of a checkpoint in work, removal of deltas that are covered. */
export function advanceCheckpoint(
  suite: Suite,
  before: Checkpoint,
  block: Block,
): { readonly checkpoint: Checkpoint; readonly writes: readonly KvWrite[] } {
  const { height, leaves } = block;
  const writes: KvWrite[] = [];
  const put = (key: Uint8Array, value: Uint8Array): void => {
    writes.push([key, sealValue(suite, key, value)]);
  };
  put(heightKey(prefixes.delta, height), packDelta(leaves));
  const started = startIfDue({ ...before, changed: before.changed + leaves.length }, block);
  const built = buildSlices(started, block, put);
  const covered = built.complete === undefined ? 0 : built.complete.base + 1;
  const deltaFrom = Math.min(
    Math.max(covered, built.deltaFrom),
    built.deltaFrom + DELTAS_PRUNED_PER_BLOCK,
  );
  for (let old = built.deltaFrom; old < deltaFrom; old++) {
    writes.push([heightKey(prefixes.delta, old), undefined]);
  }
  return { checkpoint: { ...built, deltaFrom }, writes };
}

/** The tree at `height`, from the complete checkpoint and the deltas behind it. */
export function openTree(
  suite: Suite,
  store: WriteBuffer,
  at: { readonly height: number; readonly shape: TreeShape; readonly checkpoint: Checkpoint },
): BucketTree {
  const tree = new BucketTree(suite);
  const { complete } = at.checkpoint;
  for (let slice = 0; slice < (complete?.slices ?? 0); slice++) {
    const object = `checkpoint slice ${slice}`;
    const key = sliceKey(complete?.side ?? 0, slice);
    loadSlice(tree, mustReadValue(suite, store, key, object), object);
  }
  for (let height = (complete?.base ?? -1) + 1; height <= at.height; height++) {
    const object = `delta of height ${height}`;
    const delta = mustReadValue(suite, store, heightKey(prefixes.delta, height), object);
    loadDelta(tree, delta, object);
  }
  tree.rebuild(at.shape);
  return tree;
}

function startIfDue(checkpoint: Checkpoint, { height, shape }: Block): Checkpoint {
  if (checkpoint.building !== undefined) return checkpoint;
  const due = Math.max(CHANGED_MIN, leafCount(shape) / 2);
  const base = checkpoint.complete?.base ?? 0;
  if (checkpoint.changed < due && height - base < HEIGHTS_MAX) return checkpoint;
  const side = checkpoint.complete?.side === 0 ? 1 : 0;
  return {
    ...checkpoint,
    changed: 0,
    building: { at: { base: height, side, slices: 0 }, depth: shape.depth, next: 0 },
  };
}

/** Write as many slices as keep pace with the blocks. */
function buildSlices(
  checkpoint: Checkpoint,
  { shape, tree, leaves }: Block,
  put: (key: Uint8Array, value: Uint8Array) => void,
): Checkpoint {
  const { building } = checkpoint;
  if (building === undefined) return checkpoint;
  let { slices } = building.at;
  // Levels added meanwhile: each node became two.
  let next = building.next * 2 ** (shape.depth - building.depth);
  const end = 2 ** shape.depth;
  for (let quota = 1 + Math.floor(leaves.length / SLICE_NODES); quota > 0 && next < end; quota--) {
    const to = Math.min(end, next + SLICE_NODES);
    put(sliceKey(building.at.side, slices), packSlice(tree, shape, next, to));
    next = to;
    slices++;
  }
  const at = { ...building.at, slices };
  return next === end
    ? { ...checkpoint, complete: at, building: undefined }
    : { ...checkpoint, building: { at, depth: shape.depth, next } };
}

function packDelta(leaves: readonly LeafChange[]): Uint8Array {
  const bytes = new Uint8Array(leaves.length * DELTA_ENTRY);
  const view = new DataView(bytes.buffer);
  leaves.forEach(({ level, index, hash }, i) => {
    bytes[i * DELTA_ENTRY] = level;
    view.setUint32(i * DELTA_ENTRY + 1, index);
    bytes.set(hash, i * DELTA_ENTRY + 5);
  });
  return bytes;
}

function loadDelta(tree: BucketTree, bytes: Uint8Array, object: string): void {
  if (bytes.length % DELTA_ENTRY !== 0) throw corrupt(object);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at < bytes.length; at += DELTA_ENTRY) {
    const hash = bytes.subarray(at + 5, at + DELTA_ENTRY);
    tree.load(view.getUint8(at), view.getUint32(at + 1), hash);
  }
}

function packSlice(tree: BucketTree, shape: TreeShape, from: number, to: number): Uint8Array {
  const { depth, split } = shape;
  const double = Math.max(0, Math.min(split, to) - from);
  const bytes = new Uint8Array(SLICE_HEAD + (to - from + double) * HASH_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, depth);
  view.setUint32(1, split);
  view.setUint32(5, from);
  view.setUint32(9, to);
  let offset = SLICE_HEAD;
  forLeaves({ depth, split, from, to }, (level, index) => {
    bytes.set(tree.node(level, index), offset);
    offset += HASH_BYTES;
  });
  assert(offset === bytes.length, 'a slice holds its leaves');
  return bytes;
}

function loadSlice(tree: BucketTree, bytes: Uint8Array, object: string): void {
  if (bytes.length < SLICE_HEAD) throw corrupt(object);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [depth, split] = [view.getUint8(0), view.getUint32(1)];
  let offset = SLICE_HEAD;
  forLeaves({ depth, split, from: view.getUint32(5), to: view.getUint32(9) }, (level, index) => {
    if (offset + HASH_BYTES > bytes.length) throw corrupt(object);
    tree.load(level, index, bytes.subarray(offset, offset + HASH_BYTES));
    offset += HASH_BYTES;
  });
}

/** Every leaf under a range of nodes of level `depth`, in order. */
function forLeaves(
  range: {
    readonly depth: number;
    readonly split: number;
    readonly from: number;
    readonly to: number;
  },
  visit: (level: number, index: number) => void,
): void {
  for (let node = range.from; node < range.to; node++) {
    if (node >= range.split) {
      visit(range.depth, node);
    } else {
      visit(range.depth + 1, 2 * node);
      visit(range.depth + 1, 2 * node + 1);
    }
  }
}
