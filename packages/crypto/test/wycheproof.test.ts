import { equalBytes } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { createKem, createSuite, type SuiteId } from '../src/index.ts';
import { hasVectors, hex, readVectors, titled } from './shared.ts';

type Case = Readonly<Record<string, string>> & {
  readonly tcId: number;
  readonly flags: readonly string[];
  readonly size: number;
};
type Group = Readonly<Record<string, number>> & {
  readonly tests: readonly Case[];
  readonly publicKey: { readonly pk: string; readonly uncompressed: string };
};

const present = hasVectors('wycheproof');
const groups = (name: string): readonly Group[] =>
  readVectors<{ readonly testGroups: readonly Group[] }>(`wycheproof/${name}_test.json`).testGroups;
const field = (test: Case, name: string): Uint8Array => hex(test[name] ?? '');
const compressed = (uncompressed: Uint8Array): Uint8Array => {
  const out = uncompressed.slice(0, 33);
  out[0] = ((uncompressed.at(-1) ?? 0) & 1) + 2;
  return out;
};
const intl = createSuite('intl');

describe.skipIf(!present)(titled('wycheproof'), () => {
  it('ed25519', () => {
    let count = 0;
    for (const group of groups('ed25519')) {
      for (const test of group.tests) {
        const key = hex(group.publicKey.pk);
        const answer = intl.verify('ed25519', key, field(test, 'msg'), field(test, 'sig'));
        expect(answer, `case ${test.tcId}`).toBe(test['result'] === 'valid');
        count++;
      }
    }
    expect(count).toBeGreaterThan(90);
  });

  it('ecdsa p-256, with low s only', () => {
    const half = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;
    let lowValid = 0;
    for (const group of groups('ecdsa_secp256r1_sha256_p1363')) {
      const key = compressed(hex(group.publicKey.uncompressed));
      for (const test of group.tests) {
        const sig = field(test, 'sig');
        const s = BigInt(`0x${(test['sig'] ?? '').slice(64, 128) || '0'}`);
        const expected = test['result'] === 'valid' && sig.length === 64 && s <= half;
        const answer = intl.verify('p256', key, field(test, 'msg'), sig);
        expect(answer, `case ${test.tcId}`).toBe(expected);
        if (expected) lowValid++;
      }
    }
    expect(lowValid).toBeGreaterThan(30);
  });

  it.each([
    ['intl', 'aes_gcm', 256],
    ['sm', 'sm4_gcm', 128],
  ] as const)('%s authenticated cipher: %s', (id, name, keySize) => {
    const suite = createSuite(id);
    let count = 0;
    for (const group of groups(name)) {
      if (group['keySize'] !== keySize || group['tagSize'] !== 128) continue;
      for (const test of group.tests) {
        const [key, iv, aad] = [field(test, 'key'), field(test, 'iv'), field(test, 'aad')];
        const sealed = hex(`${test['ct'] ?? ''}${test['tag'] ?? ''}`);
        const opened = suite.open(key, iv, aad, sealed);
        const isValid = test['result'] === 'valid' && iv.length === 12;
        expect(opened, `case ${test.tcId}`).toEqual(isValid ? field(test, 'msg') : undefined);
        if (isValid) expect(suite.seal(key, iv, aad, field(test, 'msg'))).toEqual(sealed);
        count++;
      }
    }
    expect(count).toBeGreaterThan(20);
  });

  it.each([
    ['intl', 'hmac_sha256'],
    ['sm', 'hmac_sm3'],
  ] as const satisfies readonly (readonly [SuiteId, string])[])('%s %s', (id, name) => {
    const suite = createSuite(id);
    for (const group of groups(name)) {
      for (const test of group.tests) {
        const sizeBytes = (group['tagSize'] ?? 256) / 8;
        const tag = suite.hmac(field(test, 'key'), field(test, 'msg')).subarray(0, sizeBytes);
        const isEqual = equalBytes(tag, field(test, 'tag'));
        expect(isEqual, `case ${test.tcId}`).toBe(test['result'] === 'valid');
      }
    }
  });

  it('hkdf over sha-256', () => {
    for (const group of groups('hkdf_sha256')) {
      for (const test of group.tests) {
        const [secret, salt, info] = [field(test, 'ikm'), field(test, 'salt'), field(test, 'info')];
        if (test['result'] !== 'valid') {
          expect(() => intl.hkdf(secret, salt, info, test.size)).toThrow();
          continue;
        }
        expect(intl.hkdf(secret, salt, info, test.size)).toEqual(field(test, 'okm'));
      }
    }
  });

  it('x25519: refuses what gives a zero secret', () => {
    const kem = createKem('x25519', intl.hmac);
    let zero = 0;
    for (const group of groups('x25519')) {
      for (const test of group.tests) {
        const pair = { publicKey: new Uint8Array(32), secretKey: field(test, 'private') };
        const recipient = field(test, 'public');
        const result = kem.encapsulate({ recipient, ephemeral: pair, sender: undefined });
        const isZero = /^0+$/.test(test['shared'] ?? '');
        expect(result === undefined, `case ${test.tcId}`).toBe(isZero);
        if (isZero) zero++;
      }
    }
    expect(zero).toBeGreaterThan(3);
  });
});
