import {
  createSuite,
  type KeyPair,
  type SignatureAlg,
  type Suite,
  type SuiteId,
} from '@hanse/crypto';
import { isHanseError } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache } from './cache.ts';
import {
  createNativeSuite,
  nativeReport,
  packVerifyItems,
  randomBytes,
  verifyMany,
  verifyPacked,
} from './index.ts';

const ids: readonly SuiteId[] = ['intl', 'sm'];
const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
const exactly = (size: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: size, maxLength: size });
const pairOf = (suite: Suite, alg: SignatureAlg, fill: number): KeyPair =>
  suite.keyPairFromSeed(alg, new Uint8Array(32).fill(fill));

/** The same bytes inside memory that threads share, off the start of it. */
function share(data: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(data.length + 3), 3, data.length);
  shared.set(data);
  return shared;
}

function outcome<T>(run: () => T): { readonly value: T } | 'throws' {
  try {
    return { value: run() };
  } catch (error) {
    expect(isHanseError(error)).toBe(true);
    return 'throws';
  }
}

describe.each(ids)('native %s answers as JavaScript', (id) => {
  const native = createNativeSuite(id);
  const script = createSuite(id);

  it('names what it fills', () => {
    expect(nativeReport(id).hash).toBe('node:crypto');
  });

  it('hash, hmac and hkdf', () => {
    fc.assert(
      fc.property(bytes(300), bytes(200), (data, key) => {
        expect(native.hash(data)).toEqual(script.hash(data));
        expect(native.hash(share(data))).toEqual(script.hash(data));
        expect(native.hmac(key, data)).toEqual(script.hmac(key, data));
        expect(native.hkdf(key, data, key, 77)).toEqual(script.hkdf(key, data, key, 77));
      }),
    );
    const large = randomBytes(70_000);
    expect(native.hash(large)).toEqual(script.hash(large));
  });

  it('hash of pairs, within larger memory', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(3), exactly(64 * 23), (count, skip, input) => {
        const a = new Uint8Array(32 * 24).fill(7);
        const b = new Uint8Array(32 * 24).fill(7);
        native.hashPairs(input.subarray(64 * skip), a.subarray(32), count);
        script.hashPairs(input.subarray(64 * skip), b.subarray(32), count);
        expect(a).toEqual(b);
        const shared = share(new Uint8Array(32 * 24).fill(7));
        native.hashPairs(share(input).subarray(64 * skip), shared.subarray(32), count);
        expect(new Uint8Array(shared)).toEqual(b);
      }),
    );
    expect(() => native.hashPairs(new Uint8Array(64), new Uint8Array(32), 2)).toThrow();
    expect(() => native.hashPairs(new Uint8Array(128), new Uint8Array(32), 2)).toThrow();
    expect(() => native.hashPairs(new Uint8Array(64), new Uint8Array(32), -1)).toThrow();
  });

  it('seal and open, right and malformed', () => {
    const key = exactly(native.aeadKeyBytes);
    fc.assert(
      fc.property(key, exactly(12), bytes(50), bytes(200), fc.nat(), (...args) => {
        const [k, nonce, aad, plaintext, at] = args;
        const sealed = native.seal(k, nonce, aad, plaintext);
        expect(sealed).toEqual(script.seal(k, nonce, aad, plaintext));
        expect(native.seal(share(k), share(nonce), share(aad), share(plaintext))).toEqual(sealed);
        expect(native.open(k, nonce, aad, sealed)).toEqual(plaintext);
        expect(script.open(k, nonce, aad, sealed)).toEqual(plaintext);
        const bad = Uint8Array.from(sealed, (byte, i) =>
          i === at % sealed.length ? byte ^ 4 : byte,
        );
        expect(native.open(k, nonce, aad, bad)).toBeUndefined();
        expect(script.open(k, nonce, aad, bad)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(bytes(40), bytes(20), bytes(20), bytes(40), (k, nonce, aad, sealed) => {
        expect(native.open(k, nonce, aad, sealed)).toEqual(script.open(k, nonce, aad, sealed));
        const sealing = outcome(() => native.seal(k, nonce, aad, sealed));
        expect(sealing).toEqual(outcome(() => script.seal(k, nonce, aad, sealed)));
      }),
    );
  });

  it.each(native.algs)('%s keys and signatures', (alg) => {
    fc.assert(
      fc.property(exactly(32), bytes(300), (seed, message) => {
        const key = native.keyPairFromSeed(alg, seed);
        expect(key).toEqual(script.keyPairFromSeed(alg, seed));
        const signature = native.sign(key, message);
        expect(script.sign(key, message)).toEqual(signature);
        expect(native.sign(key, share(message))).toEqual(signature);
        expect(native.verify(alg, key.publicKey, message, signature)).toBe(true);
        expect(script.verify(alg, key.publicKey, message, signature)).toBe(true);
        const shared = [share(key.publicKey), share(message), share(signature)] as const;
        expect(native.verify(alg, ...shared)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it.each(native.algs)('%s with one part changed', (alg) => {
    const key = pairOf(native, alg, 3);
    const message = randomBytes(40);
    const signature = native.sign(key, message);
    const parts = [key.publicKey, message, signature];
    const change = fc.record({ part: fc.nat(2), at: fc.nat(), bit: fc.nat(7), resize: fc.nat(4) });
    fc.assert(
      fc.property(change, ({ part, at, bit, resize }) => {
        const [publicKey = key.publicKey, text = message, sig = signature] = parts.map(
          (bytes_, i) => {
            if (i !== part) return bytes_;
            if (resize === 1) return bytes_.subarray(1);
            if (resize === 2) return Uint8Array.from([...bytes_, 0]);
            return bytes_.map((byte, j) => (j === at % bytes_.length ? byte ^ (1 << bit) : byte));
          },
        );
        const answer = native.verify(alg, publicKey, text, sig);
        expect(answer).toBe(false);
        expect(script.verify(alg, publicKey, text, sig)).toBe(false);
        expect(native.verify(alg, share(publicKey), share(text), share(sig))).toBe(false);
        expect(native.checkPublicKey(alg, publicKey)).toBe(script.checkPublicKey(alg, publicKey));
      }),
      { numRuns: 60 },
    );
  });

  it.each(native.algs)('%s on random bytes of the right and the wrong size', (alg) => {
    const anySize = fc.oneof(exactly(32), exactly(33), exactly(64), exactly(65), bytes(80));
    const special = fc.constantFrom(
      new Uint8Array(33),
      Uint8Array.of(2, ...new Uint8Array(32).fill(255)),
      Uint8Array.of(3, ...new Uint8Array(32)),
      Uint8Array.of(4, ...new Uint8Array(32).fill(1)),
      Uint8Array.of(6, ...new Uint8Array(32).fill(1)),
      new Uint8Array(32),
      new Uint8Array(32).fill(255),
      pairOf(native, alg, 9).publicKey,
    );
    const edge = fc.constantFrom(new Uint8Array(64), new Uint8Array(64).fill(255));
    fc.assert(
      fc.property(fc.oneof(anySize, special), bytes(20), fc.oneof(anySize, edge), (...args) => {
        expect(native.verify(alg, ...args)).toBe(script.verify(alg, ...args));
        expect(native.checkPublicKey(alg, args[0])).toBe(script.checkPublicKey(alg, args[0]));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses the algorithms of the other suite', () => {
    const other = createSuite(id === 'intl' ? 'sm' : 'intl');
    for (const alg of other.algs) {
      const key = pairOf(other, alg, 1);
      const message = randomBytes(5);
      const signature = other.sign(key, message);
      expect(other.verify(alg, key.publicKey, message, signature)).toBe(true);
      expect(native.verify(alg, key.publicKey, message, signature)).toBe(false);
      expect(native.checkPublicKey(alg, key.publicKey)).toBe(false);
      expect(() => native.sign(key, message)).toThrow();
    }
  });

  it('checks packed groups, in shared memory too', () => {
    const items = Array.from({ length: 12 }, (_, i) => {
      const alg = native.algs[i % native.algs.length] ?? native.defaultAlg;
      const key = pairOf(native, alg, i + 1);
      const message = randomBytes(i * 10);
      const signature = native.sign(key, message);
      if (i % 4 === 1) signature[5] = (signature[5] ?? 0) ^ 1;
      return { alg, publicKey: key.publicKey, message, signature };
    });
    const expected = items.map((_, i) => i % 4 !== 1);
    expect(verifyMany(native, items)).toEqual(expected);
    const packed = packVerifyItems(items);
    expect([...verifyPacked(native, packed)]).toEqual(expected.map(Number));
    expect([...verifyPacked(native, share(packed))]).toEqual(expected.map(Number));
    expect(() => verifyPacked(native, packed.subarray(0, packed.length - 1))).toThrow();
    expect(() => verifyPacked(native, Uint8Array.from([...packed, 0]))).toThrow();
    expect(() => verifyPacked(native, Uint8Array.of(255, 255, 255, 255))).toThrow();
    expect(verifyPacked(native, packVerifyItems([]))).toEqual(new Uint8Array(0));
  });

  it('gives plain bytes in memory of their own', () => {
    const key = pairOf(native, native.defaultAlg, 1);
    const data = randomBytes(40);
    const cipherKey = randomBytes(native.aeadKeyBytes);
    const sealed = native.seal(cipherKey, new Uint8Array(12), data, data);
    const opened = native.open(cipherKey, new Uint8Array(12), data, sealed) ?? sealed;
    const results = [
      native.hash(data),
      native.hmac(data, data),
      native.sign(key, data),
      sealed,
      opened,
    ];
    for (const result of [...results, key.publicKey, key.secretKey]) {
      expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
      expect(result.buffer.byteLength).toBe(result.length);
    }
  });

  it('does not change what it is given', () => {
    const key = pairOf(native, native.defaultAlg, 1);
    const cipherKey = Buffer.from(randomBytes(native.aeadKeyBytes));
    const text = Buffer.from('a text as long as several blocks of the cipher, and a bit more');
    for (const suite of [native, script]) {
      const sealed = Buffer.from(suite.seal(cipherKey, new Uint8Array(12), text, text));
      const before = sealed.toString('hex');
      expect(suite.open(cipherKey, new Uint8Array(12), text, sealed)).toEqual(new Uint8Array(text));
      suite.sign(key, text);
      expect(sealed.toString('hex')).toBe(before);
      expect(text.toString()).toMatch(/^a text as long .* more$/);
    }
  });
});

describe('SM2 scalars with leading zeros', () => {
  it('verify in their one DER form', () => {
    const suite = createNativeSuite('sm');
    const script = createSuite('sm');
    const key = pairOf(suite, 'sm2', 4);
    let found = 0;
    for (let i = 0; found < 4 && i < 4_000; i++) {
      const message = new Uint8Array([i >> 8, i & 0xff]);
      const signature = suite.sign(key, message);
      if (signature[0] !== 0 && signature[32] !== 0) continue;
      found++;
      expect(suite.verify('sm2', key.publicKey, message, signature)).toBe(true);
      expect(script.verify('sm2', key.publicKey, message, signature)).toBe(true);
    }
    expect(found).toBe(4);
  });
});

describe('libsodium and a wrong public key', () => {
  it('signs by the seed alone', () => {
    const suite = createNativeSuite('intl');
    const key = pairOf(suite, 'ed25519', 1);
    const mixed: KeyPair = { ...key, publicKey: pairOf(suite, 'ed25519', 2).publicKey };
    const message = randomBytes(9);
    expect(suite.sign(mixed, message)).toEqual(suite.sign(key, message));
  });
});

describe('key cache', () => {
  it('stays within its bound and drops the entry used longest ago', () => {
    const cache = new Cache<number>(3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) cache.getOrMake(key, () => key.charCodeAt(0));
    expect(cache.size).toBe(3);
    expect(cache.getOrMake('a', () => -1)).toBe(97);
    expect(cache.getOrMake('b', () => -1)).toBe(-1);
    expect(cache.getOrMake('none', () => undefined)).toBeUndefined();
    expect(cache.size).toBe(3);
  });
});
