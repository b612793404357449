import { assert } from '@hanse/kit';
import { HASH_BYTES, type SuiteSlots } from './slots.ts';

type Hmac = SuiteSlots['hmac'];

/** HKDF-Extract of RFC 5869 over any HMAC with 32 bytes of output. */
export function extract(hmac: Hmac, salt: Uint8Array, secret: Uint8Array): Uint8Array {
  return hmac(salt, secret);
}

/** HKDF-Expand of RFC 5869: 1 to 255 blocks of output. */
export function expand(
  hmac: Hmac,
  key: Uint8Array,
  info: Uint8Array,
  lengthBytes: number,
): Uint8Array {
  assert(Number.isSafeInteger(lengthBytes) && lengthBytes > 0, 'HKDF gives at least one byte');
  assert(lengthBytes <= 255 * HASH_BYTES, 'HKDF gives 8160 bytes at most');
  const out = new Uint8Array(lengthBytes);
  const block = new Uint8Array(HASH_BYTES + info.length + 1);
  block.set(info, HASH_BYTES);
  let sizeBytes = 0;
  for (let counter = 1; sizeBytes < lengthBytes; counter++) {
    block[block.length - 1] = counter;
    // The first block has no previous output in front.
    const previous = hmac(key, counter === 1 ? block.subarray(HASH_BYTES) : block);
    block.set(previous, 0);
    const taken = Math.min(HASH_BYTES, lengthBytes - sizeBytes);
    out.set(previous.subarray(0, taken), sizeBytes);
    sizeBytes += taken;
  }
  return out;
}
