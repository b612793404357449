import { assert, utf8 } from '@hanse/kit';
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { expand, extract } from './hkdf.ts';
import { intlSlots } from './intl/slots.ts';
import { P256_ORDER } from './intl/p256.ts';
import { SM2_ORDER } from './sm/sm2.ts';
import { smSlots } from './sm/slots.ts';
import type { KeyPair, SignatureAlg, SignatureScheme, SuiteId, SuiteSlots } from './slots.ts';
import { HASH_BYTES } from './slots.ts';

const SEED_BYTES = 32;
const SEED_SALT = utf8('hanse-key-from-seed-1');

/** Everything a chain does with keys, hashes and ciphers. */
export type Suite = {
  readonly id: SuiteId;
  /** Algorithms a key of this chain may have. */
  readonly algs: readonly SignatureAlg[];
  readonly defaultAlg: SignatureAlg;
  readonly hashBytes: 32;
  /** Size of a `seal` key: 32 for AES-256-GCM, 16 for SM4-GCM. The nonce has 12 bytes, the tag 16. */
  readonly aeadKeyBytes: 16 | 32;
  /** SHA-256 or SM3. */
  readonly hash: (data: Uint8Array) => Uint8Array;
  /** Hash `count` adjacent 64-byte pairs of `input` into `output`: one level of a binary tree. */
  readonly hashPairs: (input: Uint8Array, output: Uint8Array, count: number) => void;
  /** Key pair of a 32-byte seed; the same seed gives the same pair. */
  readonly keyPairFromSeed: (alg: SignatureAlg, seed: Uint8Array) => KeyPair;
  /** Key pair of a raw secret key, as read from a key file. Throws when it is none. */
  readonly keyPairFromSecret: (alg: SignatureAlg, secretKey: Uint8Array) => KeyPair;
  /** Deterministic 64-byte signature. Throws on an algorithm of the other suite. */
  readonly sign: (key: KeyPair, message: Uint8Array) => Uint8Array;
  /** `sigRule` 1. False for an algorithm of the other suite; never throws on bad input. */
  readonly verify: (
    alg: SignatureAlg,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ) => boolean;
  /** Registration rule: on the curve, canonical, in the prime-order subgroup. */
  readonly checkPublicKey: (alg: SignatureAlg, publicKey: Uint8Array) => boolean;
  /** AES-256-GCM or SM4-GCM; the tag follows the ciphertext. Never reuse a nonce with one key. */
  readonly seal: (
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ) => Uint8Array;
  /** The plaintext, or undefined for anything not sealed with this key, nonce and aad. */
  readonly open: (
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ) => Uint8Array | undefined;
  readonly hmac: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** HKDF (RFC 5869) over the suite's hash, 1 to 8160 bytes. */
  readonly hkdf: (
    secret: Uint8Array,
    salt: Uint8Array,
    info: Uint8Array,
    lengthBytes: number,
  ) => Uint8Array;
};

const SUITES = {
  intl: { algs: ['ed25519', 'p256'], defaultAlg: 'ed25519', slots: intlSlots },
  sm: { algs: ['sm2'], defaultAlg: 'sm2', slots: smSlots },
} as const;

/**
 * The suite `id` in JavaScript, with the given slots replaced.
 *
 * @example createSuite('intl').hash(utf8('hello'))
 */
export function createSuite(id: SuiteId, replaced: Partial<SuiteSlots> = {}): Suite {
  const { algs, defaultAlg, slots: base } = SUITES[id];
  const slots: SuiteSlots = { ...base, ...replaced };
  assert(slots.aead.keyBytes === base.aead.keyBytes, 'a replaced cipher keeps its key size');
  const isOwn = (alg: SignatureAlg): boolean => algs.some((own) => own === alg);
  const schemeOf = (alg: SignatureAlg): SignatureScheme => {
    assert(isOwn(alg), `suite ${id} has no ${alg}`);
    return slots[alg];
  };
  const keyPairFromSecret = (alg: SignatureAlg, secretKey: Uint8Array): KeyPair => {
    const publicKey = schemeOf(alg).publicKeyOf(secretKey);
    return { alg, publicKey, secretKey: new Uint8Array(secretKey) };
  };
  return {
    id,
    algs,
    defaultAlg,
    hashBytes: HASH_BYTES,
    aeadKeyBytes: slots.aead.keyBytes,
    hash: slots.hash,
    hashPairs: (input, output, count) => {
      assert(Number.isSafeInteger(count) && count >= 0, 'hashPairs: a whole number of pairs');
      assert(input.length >= 64 * count, 'hashPairs: input shorter than its pairs');
      assert(output.length >= 32 * count, 'hashPairs: output shorter than its hashes');
      if (count > 0) slots.hashPairs(input, output, count);
    },
    keyPairFromSeed: (alg, seed) => keyPairFromSecret(alg, secretFromSeed(slots, alg, seed)),
    keyPairFromSecret,
    sign: (key, message) => schemeOf(key.alg).sign(key, message),
    verify: (alg, publicKey, message, signature) =>
      isOwn(alg) && slots[alg].verify(publicKey, message, signature),
    checkPublicKey: (alg, publicKey) => isOwn(alg) && slots[alg].checkPublicKey(publicKey),
    seal: slots.aead.seal,
    open: slots.aead.open,
    hmac: slots.hmac,
    hkdf: (secret, salt, info, lengthBytes) =>
      expand(slots.hmac, extract(slots.hmac, salt, secret), info, lengthBytes),
  };
}

/** FIPS 186-5 A.2.1: 128 bits more than the order, so that the reduction shows no bias. */
function secretFromSeed(slots: SuiteSlots, alg: SignatureAlg, seed: Uint8Array): Uint8Array {
  assert(seed.length === SEED_BYTES, 'a key seed has 32 bytes');
  if (alg === 'ed25519') return new Uint8Array(seed);
  const order = alg === 'p256' ? P256_ORDER : SM2_ORDER;
  const wide = expand(slots.hmac, extract(slots.hmac, SEED_SALT, seed), utf8(alg), 48);
  return numberToBytesBE((bytesToNumberBE(wide) % (order - 1n)) + 1n, 32);
}
