import {
  createSm2Scheme,
  decompressSm2,
  isSm2Signature,
  sm2IdentityHash,
  type SignatureScheme,
} from '@hanse/crypto';
import { concatBytes } from '@hanse/kit';
import { createECDH, createPublicKey, createVerify, type KeyObject } from 'node:crypto';
import { cacheKeyOf, createHashSlot, createHmacSlot } from './bytes.ts';
import { Cache } from './cache.ts';

const COMPRESSED_BYTES = 33;
const KEYS_MAX = 8_192;

/** SubjectPublicKeyInfo up to the uncompressed point: id-ecPublicKey on sm2p256v1. */
const SPKI_PREFIX = Uint8Array.from(
  Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex'),
);

type ImportedKey = { readonly key: KeyObject; readonly z: Uint8Array };

const keys = new Cache<ImportedKey>(KEYS_MAX);
const sm3 = createHashSlot('sm3');
const deterministic = createSm2Scheme({ hash: sm3, hmac: createHmacSlot('sm3'), multiplyBase });

/** SM2 by node:crypto; signing keeps the deterministic nonce of the JavaScript implementation. */
export const opensslSm2Scheme: SignatureScheme = {
  publicKeyOf: deterministic.publicKeyOf,
  sign: deterministic.sign,
  verify(publicKey, message, signature) {
    if (publicKey.length !== COMPRESSED_BYTES || !isSm2Signature(signature)) return false;
    const imported = keys.getOrMake(cacheKeyOf(publicKey), () => importKey(publicKey));
    if (imported === undefined) return false;
    try {
      // One-shot verification would use an empty identity; ours goes in as Z before the message.
      return createVerify('sm3')
        .update(imported.z)
        .update(message)
        .verify(imported.key, derOf(signature));
    } catch {
      return false;
    }
  },
  checkPublicKey: deterministic.checkPublicKey,
};

function importKey(publicKey: Uint8Array): ImportedKey | undefined {
  const uncompressed = decompressSm2(publicKey);
  if (uncompressed === undefined) return undefined;
  // Only a key read from DER verifies as SM2; others verify as plain ECDSA on the curve.
  const der = Buffer.from(concatBytes(SPKI_PREFIX, uncompressed));
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return { key, z: sm2IdentityHash(sm3, uncompressed) };
}

function multiplyBase(k: Uint8Array): Uint8Array {
  const ecdh = createECDH('SM2');
  ecdh.setPrivateKey(k);
  return new Uint8Array(ecdh.getPublicKey(null, 'compressed').subarray(1));
}

/** SEQUENCE { INTEGER r, INTEGER s } of r||s. */
function derOf(signature: Uint8Array): Uint8Array {
  const r = integerOf(signature.subarray(0, 32));
  const s = integerOf(signature.subarray(32));
  return concatBytes(Uint8Array.of(0x30, r.length + s.length), r, s);
}

function integerOf(scalar: Uint8Array): Uint8Array {
  let start = 0;
  while (start < scalar.length - 1 && scalar[start] === 0) start++;
  const value = scalar.subarray(start);
  const isNegative = ((value[0] ?? 0) & 0x80) !== 0;
  const sign = isNegative ? Uint8Array.of(0) : new Uint8Array(0);
  return concatBytes(Uint8Array.of(0x02, sign.length + value.length), sign, value);
}
