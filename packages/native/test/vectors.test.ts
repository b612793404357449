import { createSuite, type SignatureAlg, type SuiteId } from '@hanse/crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNativeSuite } from '../src/index.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const packages = join(import.meta.dirname, '../..');
const root = join(process.env['HANSE_SHARED'] ?? join(packages, '../../shared'), 'vectors');
const bytesOf = (value: Json | undefined): Uint8Array =>
  new Uint8Array(Buffer.from(typeof value === 'string' ? value : '', 'hex'));

/** Every object in a JSON value that has all of the given names, with those of its ancestors. */
function* objectsWith(
  value: Json,
  names: readonly string[],
  above: Readonly<Record<string, Json>> = {},
): Generator<Readonly<Record<string, Json>>> {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) yield* objectsWith(item, names, above);
    return;
  }
  const here = { ...above, ...(value as Readonly<Record<string, Json>>) };
  if (names.every((name) => name in value)) yield here;
  for (const inner of Object.values(value as Readonly<Record<string, Json>>)) {
    yield* objectsWith(inner, names, here);
  }
}

const load = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;

function compressed(uncompressed: Uint8Array): Uint8Array {
  const out = uncompressed.slice(0, 33);
  out[0] = ((uncompressed.at(-1) ?? 0) & 1) + 2;
  return out;
}

/** Native and JavaScript give the same answer; both kinds of answer occur. */
function agree(
  id: SuiteId,
  alg: SignatureAlg,
  cases: Iterable<readonly [Uint8Array, Uint8Array, Uint8Array]>,
): void {
  const native = createNativeSuite(id);
  const script = createSuite(id);
  const answers = { true: 0, false: 0 };
  for (const args of cases) {
    const answer = native.verify(alg, ...args);
    expect(answer).toBe(script.verify(alg, ...args));
    answers[`${answer}`]++;
  }
  expect(answers.true).toBeGreaterThan(5);
  expect(answers.false).toBeGreaterThan(5);
}

describe('libsodium and the pinned edge cases', () => {
  it('give the pinned answer', () => {
    const suite = createNativeSuite('intl');
    const path = join(packages, 'crypto/test/ed25519-rule1.json');
    const cases = [...objectsWith(load(path), ['publicKey', 'message', 'signature', 'rule1'])];
    expect(cases.length).toBeGreaterThan(100);
    for (const test of cases) {
      const [key, message, signature] = ['publicKey', 'message', 'signature'].map((name) =>
        bytesOf(test[name]),
      );
      if (key === undefined || message === undefined || signature === undefined) continue;
      const answer = suite.verify('ed25519', key, message, signature);
      expect(answer, String(test['comment'])).toBe(test['rule1']);
      const isRegistrable = createSuite('intl').checkPublicKey('ed25519', key);
      expect(suite.checkPublicKey('ed25519', key), String(test['comment'])).toBe(isRegistrable);
    }
  });
});

const isPresent = existsSync(root);
describe.skipIf(!isPresent)(
  isPresent ? 'public vectors' : 'public vectors (SKIPPED: set HANSE_SHARED)',
  () => {
    const wycheproof = (name: string): Json => load(join(root, `wycheproof/${name}_test.json`));

    it('ed25519', () => {
      const cases = [...objectsWith(wycheproof('ed25519'), ['msg', 'sig'])];
      const edges = [
        ...objectsWith(load(join(root, 'ed25519-edge/ed25519-edge.json')), ['msg', 'sig']),
      ];
      const keyOf = (test: Readonly<Record<string, Json>>): Uint8Array => {
        const key = test['publicKey'];
        if (typeof key === 'string') return bytesOf(key);
        for (const { pk } of objectsWith(key ?? null, ['pk'])) return bytesOf(pk);
        return new Uint8Array(0);
      };
      agree(
        'intl',
        'ed25519',
        [...cases, ...edges].map((t) => [keyOf(t), bytesOf(t['msg']), bytesOf(t['sig'])]),
      );
    });

    it('p256', () => {
      const cases = [...objectsWith(wycheproof('ecdsa_secp256r1_sha256_p1363'), ['msg', 'sig'])];
      agree(
        'intl',
        'p256',
        cases.map((test) => {
          const [key] = objectsWith(test['publicKey'] ?? null, ['uncompressed']);
          const publicKey = compressed(bytesOf(key?.['uncompressed']));
          return [publicKey, bytesOf(test['msg']), bytesOf(test['sig'])];
        }),
      );
    });

    it.each([
      ['intl', 'aes_gcm'],
      ['sm', 'sm4_gcm'],
    ] as const)('%s %s', (id, name) => {
      const native = createNativeSuite(id);
      const script = createSuite(id);
      let opened = 0;
      for (const test of objectsWith(wycheproof(name), ['key', 'iv', 'ct', 'tag'])) {
        const sealed = new Uint8Array([...bytesOf(test['ct']), ...bytesOf(test['tag'])]);
        const args = [
          bytesOf(test['key']),
          bytesOf(test['iv']),
          bytesOf(test['aad']),
          sealed,
        ] as const;
        const answer = native.open(...args);
        expect(answer).toEqual(script.open(...args));
        if (answer !== undefined) opened++;
      }
      expect(opened).toBeGreaterThan(10);
    });
  },
);
