import type { KeyPair, SignatureScheme } from '@hanse/crypto';
import { assert } from '@hanse/kit';
import sodium from 'sodium-native';
import { unshared } from './bytes.ts';

const KEY_BYTES = 32;
const EXPANDED_BYTES = 64;
const SIGNATURE_BYTES = 64;

/** Seed and public key as libsodium signs with them, one per key pair in use. */
const expanded = new WeakMap<KeyPair, Uint8Array>();

/** Ed25519 by libsodium, whose acceptance is `sigRule` 1. */
export const sodiumScheme: SignatureScheme = {
  publicKeyOf: (secretKey) => expand(secretKey).slice(KEY_BYTES),
  sign(key, message) {
    let secret = expanded.get(key);
    if (secret === undefined) {
      // From the seed, never from the pair's public key: a wrong one would give the secret away.
      secret = expand(key.secretKey);
      expanded.set(key, secret);
    }
    const signature = new Uint8Array(SIGNATURE_BYTES);
    sodium.crypto_sign_detached(signature, unshared(message), secret);
    return signature;
  },
  verify(publicKey, message, signature) {
    if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    return (
      sodium.crypto_sign_verify_detached(
        unshared(signature),
        unshared(message),
        unshared(publicKey),
      ) === true
    );
  },
  checkPublicKey: isRegistrable,
};

function isRegistrable(publicKey: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || !isCanonical(publicKey)) return false;
  try {
    // The conversion refuses points off the curve, of small order and outside the main subgroup.
    sodium.crypto_sign_ed25519_pk_to_curve25519(new Uint8Array(KEY_BYTES), unshared(publicKey));
    return true;
  } catch {
    return false;
  }
}

/** Whether y, below the sign bit, is less than 2^255 − 19. */
function isCanonical(publicKey: Uint8Array): boolean {
  if (((publicKey[31] ?? 0) & 0x7f) !== 0x7f) return true;
  for (let i = 1; i < 31; i++) if (publicKey[i] !== 0xff) return true;
  return (publicKey[0] ?? 0) < 0xed;
}

function expand(seed: Uint8Array): Uint8Array {
  assert(seed.length === KEY_BYTES, 'an Ed25519 secret key has 32 bytes');
  const secret = new Uint8Array(EXPANDED_BYTES);
  sodium.crypto_sign_seed_keypair(new Uint8Array(KEY_BYTES), secret, unshared(seed));
  return secret;
}
