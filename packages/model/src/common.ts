import { t } from '@hanse/codec';
import { concatBytes, limits, utf8 } from '@hanse/kit';
import type { Suite } from '@hanse/crypto';

/** Version of every format in this package. A node refuses objects of another version. */
export const PROTOCOL_VERSION = 1;
/** Version of the execution rules; part of each header so that old blocks replay under their own. */
export const ENGINE_VERSION = 1;

/** 32 zero bytes: "none yet" for digests and roots. */
export const ZERO_HASH: Uint8Array = new Uint8Array(32);

/** Text of a DID, see `did.ts` for its form. */
export const didSchema = t.text(limits.didBytesMax);
/** Name of a key within its DID. */
export const kidSchema = t.text(limits.kidBytesMax);
export const algSchema = t.oneOf('ed25519', 'p256', 'sm2');
export const publicKeySchema = t.bytes(33);
export const signatureSchema = t.fixed(64);

/** Hash of bytes under a domain tag, so that no two kinds of object ever share a preimage. */
export function taggedHash(suite: Suite, tag: string, bytes: Uint8Array): Uint8Array {
  let prefix = tagPrefixes.get(tag);
  if (prefix === undefined) {
    prefix = concatBytes(utf8(tag), Uint8Array.of(0));
    tagPrefixes.set(tag, prefix);
  }
  const sizeBytes = prefix.length + bytes.length;
  const input =
    sizeBytes <= tagInput.length ? tagInput.subarray(0, sizeBytes) : new Uint8Array(sizeBytes);
  input.set(prefix);
  input.set(bytes, prefix.length);
  return suite.hash(input);
}

// Small objects are hashed by the dozen for each transaction: memory for them is taken once. Tags
// are constants of the protocol, so the map is as small as their list; a hash keeps no input.
const tagPrefixes = new Map<string, Uint8Array>();
const tagInput = new Uint8Array(1_024);

/** An unsigned 64-bit big-endian integer, for sign bytes. */
export function u64Bytes(value: number): Uint8Array {
  const out = new Uint8Array(8);
  const high = Math.floor(value / 2 ** 32);
  for (let i = 0; i < 4; i++) {
    // Not through a DataView: making one costs more than the eight bytes.
    out[i] = (high >>> (24 - 8 * i)) & 0xff;
    out[4 + i] = ((value >>> 0) >>> (24 - 8 * i)) & 0xff;
  }
  return out;
}

/** A decoded object with the bytes it was received as and the digest of those bytes. */
export type Sealed<T> = {
  readonly value: T;
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
};
