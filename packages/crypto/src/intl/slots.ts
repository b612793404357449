import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { pairHasher } from '../pairs.ts';
import type { SuiteSlots } from '../slots.ts';
import { sm2Scheme } from '../sm/sm2.ts';
import { createAesGcm } from './aes.ts';
import { ed25519Scheme } from './ed25519.ts';
import { p256Scheme } from './p256.ts';

/** The `intl` suite in JavaScript. */
export const intlSlots: SuiteSlots = {
  hash: (data) => sha256(data),
  hashPairs: pairHasher((data) => sha256(data)),
  hmac: (key, data) => hmac(sha256, key, data),
  aead: createAesGcm(32),
  ed25519: ed25519Scheme,
  p256: p256Scheme,
  sm2: sm2Scheme,
};
