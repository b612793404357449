import { assert } from '@hanse/kit';

/** Where a record lies in the log: number of the segment file and byte offset in it. */
export type Position = { readonly segment: number; readonly offset: number };

/** Size of an encoded position. */
export const POSITION_BYTES = 12;

/** A position as 12 bytes whose order is the order of the log. */
export function encodePosition({ segment, offset }: Position): Uint8Array {
  const bytes = new Uint8Array(POSITION_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, segment);
  view.setBigUint64(4, BigInt(offset));
  return bytes;
}

/** The position in 12 bytes. */
export function decodePosition(bytes: Uint8Array): Position {
  assert(bytes.length === POSITION_BYTES, 'a position has 12 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { segment: view.getUint32(0), offset: Number(view.getBigUint64(4)) };
}

/** Order of two positions in the log: negative, zero or positive. */
export function comparePositions(a: Position, b: Position): number {
  return a.segment === b.segment ? a.offset - b.offset : a.segment - b.segment;
}
