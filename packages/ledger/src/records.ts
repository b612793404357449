import type { Suite } from '@hanse/crypto';
import { assert, HanseError, limits, toHex, utf8 } from '@hanse/kit';
import { getU64, setU64 } from './keys.ts';

/*
 * What lies in the store carries the first eight bytes of a hash over its key, its value and, for a
 * record, the height that wrote it. Disks and stores lose and swap bytes silently; a value in the
 * wrong place or of another time must not pass.
 */

const TAG = utf8('hanse-stored/1\0');
const CHECKSUM_BYTES = 8;
const HEIGHT_BYTES = 8;

/** A record as it is stored: value, height, checksum. */
export function sealRecord(
  suite: Suite,
  key: Uint8Array,
  value: Uint8Array,
  height: number,
): Uint8Array {
  const stored = new Uint8Array(value.length + HEIGHT_BYTES + CHECKSUM_BYTES);
  stored.set(value);
  setU64(stored, value.length, height);
  return signOff(suite, key, stored);
}

/** The value of a stored record and the height that wrote it. Throws StateCorrupt. */
export function openRecord(
  suite: Suite,
  key: Uint8Array,
  stored: Uint8Array,
): { readonly value: Uint8Array; readonly height: number } {
  const body = checked(suite, key, stored, { sizeBytesMin: HEIGHT_BYTES, object: recordName(key) });
  const value = body.subarray(0, body.length - HEIGHT_BYTES);
  return { value, height: getU64(body, value.length) };
}

/** Any other value as it is stored: value, checksum. */
export function sealValue(suite: Suite, key: Uint8Array, value: Uint8Array): Uint8Array {
  const stored = new Uint8Array(value.length + CHECKSUM_BYTES);
  stored.set(value);
  return signOff(suite, key, stored);
}

/** A stored value, or undefined when there is none. Throws StateCorrupt naming `object`. */
export function readValue(
  suite: Suite,
  store: { readonly get: (key: Uint8Array) => Uint8Array | undefined },
  key: Uint8Array,
  object: string,
): Uint8Array | undefined {
  const stored = store.get(key);
  return stored === undefined
    ? undefined
    : checked(suite, key, stored, { sizeBytesMin: 0, object });
}

/** {@link readValue} of what must be there. */
export function mustReadValue(
  suite: Suite,
  store: { readonly get: (key: Uint8Array) => Uint8Array | undefined },
  key: Uint8Array,
  object: string,
): Uint8Array {
  const value = readValue(suite, store, key, object);
  if (value === undefined) throw corrupt(object);
  return value;
}

/** The error of anything stored that cannot be right. */
export function corrupt(object: string): HanseError {
  return new HanseError('StateCorrupt', { object });
}

/** How a record is named in errors. */
export function recordName(key: Uint8Array): string {
  return `record ${printable(key)}`;
}

function printable(key: Uint8Array): string {
  const isText = key.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText ? String.fromCharCode(...key) : `0x${toHex(key)}`;
}

function signOff(suite: Suite, key: Uint8Array, stored: Uint8Array): Uint8Array {
  const body = stored.length - CHECKSUM_BYTES;
  stored.set(checksum(suite, key, stored.subarray(0, body)), body);
  return stored;
}

function checked(
  suite: Suite,
  key: Uint8Array,
  stored: Uint8Array,
  { sizeBytesMin, object }: { readonly sizeBytesMin: number; readonly object: string },
): Uint8Array {
  const size = stored.length - CHECKSUM_BYTES;
  if (size < sizeBytesMin) throw corrupt(object);
  const body = stored.subarray(0, size);
  const sum = checksum(suite, key, body);
  for (let i = 0; i < CHECKSUM_BYTES; i++) if (sum[i] !== stored[size + i]) throw corrupt(object);
  return body;
}

// Most values are small: one buffer serves them all, and a hash never keeps its input.
const scratch = new Uint8Array(4_096);

function checksum(suite: Suite, key: Uint8Array, body: Uint8Array): Uint8Array {
  assert(key.length <= limits.keyBytesMax, `a key has ${key.length} bytes`);
  const size = TAG.length + 2 + key.length + body.length;
  const input = size <= scratch.length ? scratch.subarray(0, size) : new Uint8Array(size);
  input.set(TAG);
  input[TAG.length] = key.length >> 8;
  input[TAG.length + 1] = key.length & 0xff;
  input.set(key, TAG.length + 2);
  input.set(body, TAG.length + 2 + key.length);
  return suite.hash(input).subarray(0, CHECKSUM_BYTES);
}
