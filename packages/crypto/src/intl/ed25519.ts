import { assert, concatBytes, equalBytes } from '@hanse/kit';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { type KeyPair, SIGNATURE_BYTES, type SignatureScheme } from '../slots.ts';

const Point = ed25519.Point;
const ORDER = Point.Fn.ORDER;
const KEY_BYTES = 32;

/** Ed25519 (RFC 8032) under `sigRule` 1. */
export const ed25519Scheme: SignatureScheme = {
  publicKeyOf(secretKey) {
    assert(secretKey.length === KEY_BYTES, 'an Ed25519 secret key has 32 bytes');
    return ed25519.getPublicKey(secretKey);
  },
  sign(key: KeyPair, message) {
    assert(key.secretKey.length === KEY_BYTES, 'an Ed25519 secret key has 32 bytes');
    return ed25519.sign(message, key.secretKey);
  },
  verify: verifyRule1,
  checkPublicKey(publicKey) {
    const point = decodePoint(publicKey);
    return point !== undefined && !point.isSmallOrder() && point.isTorsionFree();
  },
};

/**
 * `sigRule` 1, which is what libsodium's `crypto_sign_verify_detached` accepts. Written out, for
 * the library's own `verify` multiplies by the cofactor and so accepts more.
 */
function verifyRule1(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const s = bytesToNumberLE(signature.subarray(32));
  if (s >= ORDER) return false;
  const a = decodePoint(publicKey);
  if (a === undefined || a.isSmallOrder()) return false;
  const rBytes = signature.subarray(0, 32);
  const k = Point.Fn.create(bytesToNumberLE(sha512(concatBytes(rBytes, publicKey, message))));
  const r = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
  // Comparing encodings also refuses every non-canonical R.
  return !r.isSmallOrder() && equalBytes(r.toBytes(), rBytes);
}

function decodePoint(bytes: Uint8Array): InstanceType<typeof Point> | undefined {
  if (bytes.length !== KEY_BYTES) return undefined;
  try {
    // Strict decoding: y below the field prime, no sign on x = 0.
    return Point.fromBytes(bytes, false);
  } catch {
    return undefined;
  }
}
