import { assert } from '@hanse/kit';
import type { Constants, Guest } from './guest.ts';
import { PAGE_BYTES, RED_ZONE_BYTES, STACK_LIMIT, STACK_TOP } from './layout.ts';

/** Bytes that one image shares with its base or not: 4 KiB. */
const BLOCK_BYTES = 4_096;
/** So few equal blocks between two changed ones are kept again: one copy is cheaper than two. */
const GAP_BLOCKS_MAX = 2;

/** Memory of a program before a run: everything above its stack, as pieces one after the other. */
export type Image = {
  readonly pages: number;
  readonly stackPointer: number;
  readonly constants: Constants;
  readonly pieces: readonly Uint8Array[];
  /** Where the pieces end; zeros from there on. */
  readonly end: number;
  /** Bytes that this image does not share with its base. */
  readonly ownBytes: number;
};

/** Take the memory of a guest between two runs as an image, sharing what it can with another one. */
export function captureImage(guest: Guest, base?: Image): Image {
  const pages = guest.api.pages.value;
  const end = usedEnd(guest.bytes, pages * PAGE_BYTES);
  const stackPointer = guest.api.__stack_pointer.value;
  const own = guest.bytes.slice(STACK_TOP, end);
  const whole = { pages, stackPointer, end, constants: guest.constants };
  if (base === undefined) return { ...whole, pieces: [own], ownBytes: own.length };
  const { pieces, ownBytes } = shareWith(base, own);
  return { ...whole, pieces, ownBytes };
}

/**
 * Put a guest into the state of an image: its memory, an empty stack, an empty range of the host. After
 * this nothing tells what ran before.
 */
export function restoreImage(guest: Guest, image: Image): void {
  const { api, bytes } = guest;
  const dirtyEnd = Math.max(api.pages.value, image.pages) * PAGE_BYTES;
  const stackLow = Math.max(api.stackLow.value, STACK_LIMIT) - RED_ZONE_BYTES;
  bytes.fill(0, stackLow, STACK_TOP);
  let at = STACK_TOP;
  for (const piece of image.pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes.fill(0, at, dirtyEnd);
  guest.clearIo();
  guest.adopt(image.constants);
  api.__stack_pointer.value = image.stackPointer;
  api.stackLow.value = image.stackPointer;
  api.pages.value = image.pages;
  api.trap.value = 0;
}

/** Where the last block ends that is not zero. */
function usedEnd(bytes: Uint8Array, pagesEnd: number): number {
  let end = pagesEnd;
  while (end > STACK_TOP && isZero(bytes, end - BLOCK_BYTES)) end -= BLOCK_BYTES;
  return end;
}

function isZero(bytes: Uint8Array, start: number): boolean {
  for (let i = start; i < start + BLOCK_BYTES; i++) if (bytes[i] !== 0) return false;
  return true;
}

function shareWith(
  base: Image,
  own: Uint8Array,
): { readonly pieces: readonly Uint8Array[]; readonly ownBytes: number } {
  const whole = base.pieces[0];
  assert(whole !== undefined && base.pieces.length === 1, 'the base of an image has one piece');
  const blocks = own.length / BLOCK_BYTES;
  const isOwn = Array.from({ length: blocks }, (_, i) => !isSameBlock(whole, own, i));
  closeGaps(isOwn);
  const pieces: Uint8Array[] = [];
  let ownBytes = 0;
  for (let from = 0; from < blocks;) {
    let to = from + 1;
    while (to < blocks && isOwn[to] === isOwn[from]) to++;
    const [start, end] = [from * BLOCK_BYTES, to * BLOCK_BYTES];
    if (isOwn[from]) ownBytes += end - start;
    pieces.push(isOwn[from] ? own.slice(start, end) : whole.subarray(start, end));
    from = to;
  }
  return { pieces, ownBytes };
}

function isSameBlock(a: Uint8Array, b: Uint8Array, block: number): boolean {
  const [start, end] = [block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES];
  if (end > a.length) return false;
  for (let i = start; i < end; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Mark short runs of equal blocks between changed ones as changed. */
function closeGaps(isOwn: boolean[]): void {
  let last = -1;
  for (const [i, changed] of isOwn.entries()) {
    if (!changed) continue;
    if (last >= 0 && i - last - 1 <= GAP_BLOCKS_MAX) isOwn.fill(true, last, i);
    last = i;
  }
}
