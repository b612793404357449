import { isHanseError } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  createSuite,
  ed25519Scheme,
  p256Scheme,
  selfTest,
  sm2Scheme,
  type SuiteId,
  type SuiteSlots,
} from './index.ts';

const intl = createSuite('intl');
const sm = createSuite('sm');

function codeOf(id: SuiteId, replaced: Partial<SuiteSlots>): string {
  try {
    selfTest(createSuite(id, replaced));
    return 'passes';
  } catch (error) {
    return isHanseError(error) ? error.codeName : String(error);
  }
}

describe('self-test', () => {
  it('passes on both suites', () => {
    selfTest(intl);
    selfTest(sm);
  });

  it('finds a wrong slot', () => {
    const wrong = new Uint8Array(32);
    const cases: readonly (readonly [SuiteId, Partial<SuiteSlots>])[] = [
      ['intl', { hash: sm.hash }],
      ['sm', { hash: intl.hash }],
      ['intl', { hmac: sm.hmac }],
      ['intl', { hashPairs: () => undefined }],
      ['sm', { aead: { keyBytes: 16, seal: () => wrong, open: () => undefined } }],
      ['intl', { aead: { keyBytes: 32, seal: intl.seal, open: () => new Uint8Array(16) } }],
      ['intl', { ed25519: { ...ed25519Scheme, verify: () => true } }],
      ['intl', { ed25519: { ...ed25519Scheme, verify: () => false } }],
      ['intl', { ed25519: { ...ed25519Scheme, sign: () => new Uint8Array(64) } }],
      ['intl', { p256: { ...p256Scheme, publicKeyOf: () => wrong } }],
      ['sm', { sm2: { ...sm2Scheme, verify: () => true } }],
      ['sm', { sm2: { ...sm2Scheme, checkPublicKey: () => false } }],
    ];
    for (const [id, slots] of cases) expect(codeOf(id, slots)).toBe('CryptoSelfTestFailed');
  });

  it('finds a verifier that follows another rule', () => {
    const zip215: SuiteSlots['ed25519'] = {
      ...ed25519Scheme,
      verify: (publicKey, message, signature) => {
        try {
          return ed25519.verify(signature, message, publicKey);
        } catch {
          return false;
        }
      },
    };
    expect(codeOf('intl', { ed25519: zip215 })).toBe('CryptoSelfTestFailed');
  });
});

describe('suite', () => {
  it('gives the pinned key of a seed', () => {
    const seed = new Uint8Array(32);
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    // A change here would make every key derived from a seed another one.
    expect(hex(intl.keyPairFromSeed('p256', seed).publicKey)).toBe(
      '03a04af5004650e9a24c8659ac0b4c69a2929672b5922558ee7d77af909ea5516d',
    );
    expect(hex(sm.keyPairFromSeed('sm2', seed).publicKey)).toBe(
      '02af1c435365f1ef349f09a3fcd0f3a9bc7be8074b6dec1d906b9715df997cf814',
    );
  });

  it('refuses keys and sizes that are none', () => {
    expect(() => intl.keyPairFromSeed('ed25519', new Uint8Array(31))).toThrow();
    expect(() => intl.keyPairFromSecret('ed25519', new Uint8Array(64))).toThrow();
    expect(() => intl.keyPairFromSecret('p256', new Uint8Array(32))).toThrow();
    expect(() =>
      intl.hkdf(new Uint8Array(1), new Uint8Array(0), new Uint8Array(0), 8161),
    ).toThrow();
    expect(() => intl.hkdf(new Uint8Array(1), new Uint8Array(0), new Uint8Array(0), 0)).toThrow();
  });

  it('shares no memory with what it was given', () => {
    const seed = Buffer.alloc(32, 5);
    const key = intl.keyPairFromSeed('ed25519', seed);
    const before = intl.sign(key, seed);
    seed.fill(0);
    expect(intl.sign(key, Buffer.alloc(32, 5))).toEqual(before);
  });
});
