import { p256Scheme, type SignatureScheme } from '@hanse/crypto';
import { compareBytes, must, toBase64Url } from '@hanse/kit';
import { createPublicKey, ECDH, type KeyObject, verify } from 'node:crypto';
import { cacheKeyOf } from './bytes.ts';
import { Cache } from './cache.ts';

const COMPRESSED_BYTES = 33;
const SIGNATURE_BYTES = 64;
const KEYS_MAX = 8_192;

/** (n − 1) / 2: the largest s of a signature in its one accepted form. */
const HALF_ORDER = Uint8Array.from(
  Buffer.from('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8', 'hex'),
);

const keys = new Cache<KeyObject>(KEYS_MAX);

/** P-256 verified by node:crypto. Signing stays in JavaScript: OpenSSL's nonces are random. */
export const opensslP256Scheme: SignatureScheme = {
  publicKeyOf: p256Scheme.publicKeyOf,
  sign: p256Scheme.sign,
  verify(publicKey, message, signature) {
    if (publicKey.length !== COMPRESSED_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    if (compareBytes(signature.subarray(32), HALF_ORDER) > 0) return false;
    const key = keys.getOrMake(cacheKeyOf(publicKey), () => importKey(publicKey));
    if (key === undefined) return false;
    return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  },
  checkPublicKey: p256Scheme.checkPublicKey,
};

function importKey(publicKey: Uint8Array): KeyObject | undefined {
  const prefix = must(publicKey[0], 'a key of 33 bytes has a first one');
  if (prefix !== 2 && prefix !== 3) return undefined;
  try {
    const full = ECDH.convertKey(publicKey, 'prime256v1', undefined, undefined, 'uncompressed');
    if (typeof full === 'string') return undefined;
    const x = toBase64Url(full.subarray(1, 33));
    const y = toBase64Url(full.subarray(33));
    // JWK is the cheapest import of the three forms.
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
