import { assert } from '@hanse/kit';
import { gcm } from '@noble/ciphers/aes.js';
import { type Aead, NONCE_BYTES, TAG_BYTES } from '../slots.ts';

/** AES-GCM with a key of 128 or 256 bits. */
export function createAesGcm(keyBytes: 16 | 32): Aead {
  return {
    keyBytes,
    seal(key, nonce, aad, plaintext) {
      assert(key.length === keyBytes, 'AES-GCM key of the right size');
      assert(nonce.length === NONCE_BYTES, 'AES-GCM nonce of 12 bytes');
      return gcm(key, nonce, aad).encrypt(plaintext);
    },
    open(key, nonce, aad, sealed) {
      if (key.length !== keyBytes || nonce.length !== NONCE_BYTES) return undefined;
      if (sealed.length < TAG_BYTES) return undefined;
      try {
        return gcm(key, nonce, aad).decrypt(sealed);
      } catch {
        return undefined;
      }
    },
  };
}
