import { hmac } from '@noble/hashes/hmac.js';
import { ed25519Scheme } from '../intl/ed25519.ts';
import { p256Scheme } from '../intl/p256.ts';
import { pairHasher } from '../pairs.ts';
import type { SuiteSlots } from '../slots.ts';
import { sm2Scheme } from './sm2.ts';
import { sm3 } from './sm3.ts';
import { sm4Gcm } from './sm4.ts';

/** The `sm` suite in JavaScript. */
export const smSlots: SuiteSlots = {
  hash: (data) => sm3(data),
  hashPairs: pairHasher((data) => sm3(data)),
  hmac: (key, data) => hmac(sm3, key, data),
  aead: sm4Gcm,
  ed25519: ed25519Scheme,
  p256: p256Scheme,
  sm2: sm2Scheme,
};
