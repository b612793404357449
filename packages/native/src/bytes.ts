import { createHmac, hash as hashOnce } from 'node:crypto';

const HASH_BYTES = 32;

/** Hash algorithms of the two suites by their OpenSSL names. */
export type HashName = 'sha256' | 'sm3';

/** The same bytes in memory that no other thread sees. Copies only when it must. */
export function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}

/** A one-to-one string of bytes: the key of a cache. */
export function cacheKeyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** One-shot hash into fresh memory. */
export function createHashSlot(name: HashName): (data: Uint8Array) => Uint8Array {
  return (data) => {
    const out = new Uint8Array(HASH_BYTES);
    hashInto(name, data, out, 0);
    return out;
  };
}

/** Pairs one by one into the caller's memory. */
export function createHashPairsSlot(
  name: HashName,
): (input: Uint8Array, output: Uint8Array, count: number) => void {
  return (input, output, count) => {
    for (let i = 0; i < count; i++) {
      hashInto(name, input.subarray(64 * i, 64 * i + 64), output, HASH_BYTES * i);
    }
  };
}

/** HMAC over the hash, into memory of its own: small Buffers of node:crypto share one pool. */
export function createHmacSlot(name: HashName): (key: Uint8Array, data: Uint8Array) => Uint8Array {
  return (key, data) => new Uint8Array(createHmac(name, key).update(data).digest());
}

function hashInto(name: HashName, data: Uint8Array, out: Uint8Array, offset: number): void {
  // A string and a loop: less than half the cost of a returned Buffer (0.4 against 0.8 us).
  const text = hashOnce(name, data, 'binary');
  for (let i = 0; i < HASH_BYTES; i++) out[offset + i] = text.charCodeAt(i);
}
