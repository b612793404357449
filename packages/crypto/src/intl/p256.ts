import { assert } from '@hanse/kit';
import { p256 } from '@noble/curves/nist.js';
import { type KeyPair, SIGNATURE_BYTES, type SignatureScheme } from '../slots.ts';

const COMPRESSED_BYTES = 33;
const SECRET_BYTES = 32;

/** Order of the P-256 group. */
export const P256_ORDER: bigint = p256.Point.Fn.ORDER;

/** ECDSA over P-256 with SHA-256 and RFC 6979 nonces, low s only, r||s of 64 bytes. */
export const p256Scheme: SignatureScheme = {
  publicKeyOf(secretKey) {
    assert(secretKey.length === SECRET_BYTES, 'a P-256 secret key has 32 bytes');
    return p256.getPublicKey(secretKey, true);
  },
  sign(key: KeyPair, message) {
    return p256.sign(message, key.secretKey, { lowS: true, format: 'compact' });
  },
  verify(publicKey, message, signature) {
    if (publicKey.length !== COMPRESSED_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    try {
      return p256.verify(signature, message, publicKey, { lowS: true, format: 'compact' });
    } catch {
      return false;
    }
  },
  checkPublicKey(publicKey) {
    return decompressP256(publicKey) !== undefined;
  },
};

/** The 65 bytes of the uncompressed form of a compressed key, or undefined when it is no key. */
export function decompressP256(publicKey: Uint8Array): Uint8Array | undefined {
  if (publicKey.length !== COMPRESSED_BYTES) return undefined;
  try {
    return p256.Point.fromBytes(publicKey).toBytes(false);
  } catch {
    return undefined;
  }
}
