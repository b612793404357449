import { assert, utf8 } from '@hanse/kit';

/** First bytes of the ledger's keys in the store. */
export const prefixes = {
  record: 0x72, // r
  bucket: 0x62, // b
  delta: 0x64, // d
  slice: 0x74, // t
  historyNode: 0x68, // h
  historyLeaf: 0x6c, // l
  receipts: 0x63, // c
  txid: 0x78, // x
  void: 0x76, // v
  window: 0x77, // w
} as const;

/** Key of the one record that says where the ledger stands; it goes into every batch. */
export const META_KEY: Uint8Array = utf8('mledger');

/** A prefix byte before given bytes. */
export function prefixed(prefix: number, bytes: Uint8Array): Uint8Array {
  const key = new Uint8Array(1 + bytes.length);
  key[0] = prefix;
  key.set(bytes, 1);
  return key;
}

/** Key of a bucket. */
export function bucketKey(level: number, index: number): Uint8Array {
  const key = new Uint8Array(6);
  key[0] = prefixes.bucket;
  key[1] = level;
  setU32(key, 2, index);
  return key;
}

/** Key of what is stored once per height. */
export function heightKey(prefix: number, height: number): Uint8Array {
  const key = new Uint8Array(9);
  key[0] = prefix;
  setU64(key, 1, height);
  return key;
}

/** Key of a part of what is stored per height. */
export function partKey(prefix: number, height: number, part: number): Uint8Array {
  const key = new Uint8Array(13);
  key[0] = prefix;
  setU64(key, 1, height);
  setU32(key, 9, part);
  return key;
}

/** Key of a node of the history range. */
export function historyNodeKey(level: number, index: number): Uint8Array {
  const key = new Uint8Array(10);
  key[0] = prefixes.historyNode;
  key[1] = level;
  setU64(key, 2, index);
  return key;
}

/** Key of a slice of a checkpoint on one of its two sides. */
export function sliceKey(side: number, slice: number): Uint8Array {
  const key = new Uint8Array(6);
  key[0] = prefixes.slice;
  key[1] = side;
  setU32(key, 2, slice);
  return key;
}

/** Write a 32-bit integer, big-endian. By hand: a DataView costs more to make than four bytes. */
export function setU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = (value >>> 16) & 0xff;
  bytes[offset + 2] = (value >>> 8) & 0xff;
  bytes[offset + 3] = value & 0xff;
}

/** Read a 32-bit integer, big-endian. */
export function getU32(bytes: Uint8Array, offset: number): number {
  const high = ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
  const low = ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
  return high * 2 ** 16 + low;
}

/** Write a safe integer in eight bytes, big-endian. */
export function setU64(bytes: Uint8Array, offset: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, 'heights, times and counts are safe integers');
  setU32(bytes, offset, Math.floor(value / 2 ** 32));
  setU32(bytes, offset + 4, value >>> 0);
}

/** Read eight bytes as an integer, big-endian. */
export function getU64(bytes: Uint8Array, offset: number): number {
  return getU32(bytes, offset) * 2 ** 32 + getU32(bytes, offset + 4);
}

/** The first key behind all keys that begin with `prefix`; undefined when there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  let last = prefix.length - 1;
  while (last >= 0 && prefix[last] === 0xff) last--;
  if (last < 0) return undefined;
  const end = prefix.slice(0, last + 1);
  end[last] = (end[last] ?? 0) + 1;
  return end;
}

/** A one-to-one string of bytes, for maps. */
export function keyText(bytes: Uint8Array): string {
  // A contract reads a key, then writes it: the same array comes several times in a row.
  if (bytes === lastKey) return lastText;
  lastKey = bytes;
  lastText = textOf(bytes);
  return lastText;
}

let lastKey: Uint8Array = META_KEY;
let lastText = textOf(META_KEY);

/** At most a key's bytes as arguments of one call: text put together from parts takes twice the time and memory. */
function textOf(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, bytes);
}
