import { utf8 } from '@hanse/kit';
import smCrypto from 'sm-crypto-v2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSuite } from '../src/index.ts';
import { encryptSm4Block, expandSm4Key } from '../src/sm/sm4.ts';
import { hasVectors, hex, readVectors, titled } from './shared.ts';

const sm = createSuite('sm');
const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
const text = (data: Uint8Array): string => Buffer.from(data).toString('hex');

type SignTest = Readonly<
  Record<'alg' | 'publicKey' | 'distId' | 'msg' | 'sigDer' | 'result' | 'comment', string>
> & { readonly id: number };
type Sm4Test = Readonly<Record<'mode' | 'padding' | 'key' | 'iv' | 'msg' | 'ct', string>>;
type Block = Readonly<Record<'key' | 'block' | 'ct', string>> & { readonly rounds?: number };

/** r||s of a DER signature, or undefined when an integer is longer than 32 bytes. */
function rawOf(der: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(64);
  let offset = 2;
  for (const end of [32, 64]) {
    const size = der[offset + 1] ?? 0;
    let value = der.subarray(offset + 2, offset + 2 + size);
    while (value.length > 32 && value[0] === 0) value = value.subarray(1);
    if (value.length > 32) return undefined;
    out.set(value, end - value.length);
    offset += 2 + size;
  }
  return out;
}

function compressed(key: Uint8Array): Uint8Array {
  const out = key.slice(0, 33);
  out[0] = ((key.at(-1) ?? 0) & 1) + 2;
  return out;
}

function encryptBlock(key: Uint8Array, block: Uint8Array, rounds: number): Uint8Array {
  const out = new Uint8Array(block);
  const roundKeys = expandSm4Key(key);
  for (let i = 0; i < rounds; i++) encryptSm4Block(roundKeys, new DataView(out.buffer), 0);
  return out;
}

describe.skipIf(!hasVectors('gm-openssl'))(titled('gm-openssl'), () => {
  it('SM2 signatures, under the standard identity only', () => {
    const { tests } = readVectors<{ readonly tests: readonly SignTest[] }>(
      'gm-openssl/sm2-sign.json',
    );
    let valid = 0;
    for (const test of tests) {
      const signature = rawOf(hex(test.sigDer)) ?? new Uint8Array(0);
      // These were signed under the standard identity and name another: our rule has no other.
      if (test.comment === 'other distinguishing id') continue;
      const expected = test.result === 'valid' && test.distId === '1234567812345678';
      const key = compressed(hex(test.publicKey));
      expect(sm.verify('sm2', key, hex(test.msg), signature), `case ${test.id}`).toBe(expected);
      if (expected) valid++;
    }
    expect(valid).toBeGreaterThan(5);
    expect(valid).toBeLessThan(tests.length);
  });

  it('SM3 digests', () => {
    type Digest = Readonly<Record<'msg' | 'digest', string>>;
    const { tests } = readVectors<{ readonly tests: readonly Digest[] }>('gm-openssl/sm3.json');
    for (const test of tests) expect(text(sm.hash(hex(test.msg)))).toBe(test.digest);
  });

  it('SM4 blocks: ECB, and the first block of CBC and CTR', () => {
    const { tests } = readVectors<{ readonly tests: readonly Sm4Test[] }>('gm-openssl/sm4.json');
    let count = 0;
    for (const test of tests) {
      const message = hex(test.msg);
      const iv = hex(test.iv);
      if (message.length < 16) continue;
      const key = hex(test.key);
      const first = message.subarray(0, 16);
      const xor = (a: Uint8Array, b: Uint8Array): Uint8Array =>
        a.map((byte, i) => byte ^ (b[i] ?? 0));
      const plain = test.mode === 'cbc' ? xor(first, iv) : first;
      const got =
        test.mode === 'ctr' ? xor(encryptBlock(key, iv, 1), first) : encryptBlock(key, plain, 1);
      expect(text(got)).toBe(test.ct.slice(0, 32));
      count++;
    }
    expect(count).toBeGreaterThan(10);
  });

  it('SM4 examples of the standard', () => {
    const { sm4 } = readVectors<{ readonly sm4: readonly Block[] }>(
      'gm-openssl/standard-examples.json',
    );
    for (const { key, block, ct, rounds } of sm4) {
      if (block === undefined) continue;
      expect(text(encryptBlock(hex(key), hex(block), rounds ?? 1))).toBe(ct);
    }
  });
});

describe('an independent implementation agrees', () => {
  it('on SM3', () => {
    fc.assert(
      fc.property(bytes(300), (data) => {
        expect(text(sm.hash(data))).toBe(smCrypto.sm3(data));
      }),
    );
  });

  it('on SM2, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes(100), (seed, message) => {
        const key = sm.keyPairFromSeed('sm2', seed);
        const publicKey = smCrypto.sm2.getPublicKeyFromPrivateKey(text(key.secretKey));
        expect(text(key.publicKey)).toBe(smCrypto.sm2.compressPublicKeyHex(publicKey));
        const options = { hash: true, der: false, publicKey };
        const theirs = hex(smCrypto.sm2.doSignature(message, text(key.secretKey), options));
        expect(sm.verify('sm2', key.publicKey, message, theirs)).toBe(true);
        const ours = text(sm.sign(key, message));
        expect(smCrypto.sm2.doVerifySignature(message, ours, publicKey, options)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('on SM4-GCM', () => {
    const size = (n: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ minLength: n, maxLength: n });
    fc.assert(
      fc.property(
        size(16),
        size(12),
        bytes(40),
        bytes(100),
        (key, iv, associatedData, plaintext) => {
          const theirs = smCrypto.sm4.encrypt(plaintext, key, {
            mode: 'gcm',
            iv,
            associatedData,
            output: 'array',
            outputTag: true,
          });
          const sealed = sm.seal(key, iv, associatedData, plaintext);
          expect(text(sealed)).toBe(text(theirs.output) + text(theirs.tag ?? new Uint8Array(0)));
        },
      ),
    );
  });

  it('and a key pair outside 1 … n−2 is none', () => {
    const n = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
    for (const secret of ['00'.repeat(32), n, `${n.slice(0, -1)}2`, 'ff'.repeat(32)]) {
      expect(() => sm.keyPairFromSecret('sm2', hex(secret))).toThrow();
    }
    expect(() => sm.keyPairFromSecret('sm2', utf8('short'))).toThrow();
  });
});
