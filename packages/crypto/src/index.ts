export * from './merkle.ts';
export * from './mmr.ts';
export type * from './slots.ts';
export { HASH_BYTES, NONCE_BYTES, SIGNATURE_BYTES, TAG_BYTES } from './slots.ts';
export { createHashStream, type HashStream } from './stream.ts';
export { createSuite, type Suite } from './suite.ts';
export { decompressP256, p256Scheme } from './intl/p256.ts';
export { ed25519Scheme } from './intl/ed25519.ts';
export {
  createSm2Scheme,
  decompressSm2,
  isSm2Signature,
  sm2Scheme,
  zOf as sm2IdentityHash,
} from './sm/sm2.ts';
export { createSm4Gcm, type Sm4Counter } from './sm/sm4.ts';
export { selfTest } from './selftest.ts';
export { createHpke, type Hpke, type HpkeAead, type HpkeContext } from './hpke/hpke.ts';
export { createKem, type Kem, type KemKeyPair, type KemName } from './hpke/kem.ts';
export {
  createVoprf,
  selfTestVoprf,
  VOPRF_RANDOM_BYTES,
  type BlindedInput,
  type Voprf,
  type VoprfAnswer,
  type VoprfKeyPair,
  type VoprfName,
} from './voprf.ts';
