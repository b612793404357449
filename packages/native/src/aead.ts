import { type Aead, createSm4Gcm, NONCE_BYTES, TAG_BYTES } from '@hanse/crypto';
import { assert } from '@hanse/kit';
import { createCipheriv, createDecipheriv, getCiphers } from 'node:crypto';

type GcmName = 'aes-256-gcm' | 'aes-128-gcm';

/** AES-GCM by node:crypto. */
export function createOpensslGcm(name: GcmName, keyBytes: 16 | 32): Aead {
  return {
    keyBytes,
    seal(key, nonce, aad, plaintext) {
      assert(key.length === keyBytes, 'AES-GCM key of the right size');
      assert(nonce.length === NONCE_BYTES, 'AES-GCM nonce of 12 bytes');
      const cipher = createCipheriv(name, key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(aad);
      const out = new Uint8Array(plaintext.length + TAG_BYTES);
      out.set(cipher.update(plaintext));
      // A stream mode: `final` has no bytes left.
      cipher.final();
      out.set(cipher.getAuthTag(), plaintext.length);
      return out;
    },
    open(key, nonce, aad, sealed) {
      if (key.length !== keyBytes || nonce.length !== NONCE_BYTES) return undefined;
      if (sealed.length < TAG_BYTES) return undefined;
      const end = sealed.length - TAG_BYTES;
      try {
        const cipher = createDecipheriv(name, key, nonce, { authTagLength: TAG_BYTES });
        cipher.setAAD(aad);
        cipher.setAuthTag(sealed.subarray(end));
        const plaintext = new Uint8Array(cipher.update(sealed.subarray(0, end)));
        cipher.final();
        return plaintext;
      } catch {
        return undefined;
      }
    },
  };
}

/** SM4-GCM over node:crypto's SM4-CTR (OpenSSL 3.0 has no SM4-GCM), or undefined without SM4. */
export function createOpensslSm4Gcm(): Aead | undefined {
  if (!getCiphers().includes('sm4-ctr')) return undefined;
  return createSm4Gcm((key, counterBlock, data) => {
    const cipher = createCipheriv('sm4-ctr', key, counterBlock);
    return new Uint8Array(cipher.update(data));
  });
}
