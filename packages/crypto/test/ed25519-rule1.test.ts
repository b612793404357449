import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSuite } from '../src/index.ts';
import { type EdgeCase, edgeCases } from './edges.ts';
import { hasVectors, hex, readVectors, titled } from './shared.ts';

const suite = createSuite('intl');
const pinned = join(import.meta.dirname, 'ed25519-rule1.json');
const verify = (test: { publicKey: string; message: string; signature: string }): boolean =>
  suite.verify('ed25519', hex(test.publicKey), hex(test.message), hex(test.signature));

describe('sigRule 1 of Ed25519', () => {
  const cases = edgeCases();

  it('answers every constructed edge case as its construction says', () => {
    for (const test of cases) expect(verify(test), test.comment).toBe(test.rule1);
    const accepted = cases.filter((test) => test.rule1).length;
    expect(accepted).toBeGreaterThan(10);
    expect(cases.length - accepted).toBeGreaterThan(80);
  });

  it('has the pinned cases, so that other implementations can be held to them', () => {
    expect(JSON.parse(readFileSync(pinned, 'utf8')) as readonly EdgeCase[]).toEqual(cases);
  });

  it('keeps keys with a small part out at registration, though they verify', () => {
    let verifying = 0;
    for (const test of cases.filter((one) => one.comment.startsWith('key with small part'))) {
      // Part 0 of the eight is the neutral element: an honest key.
      const isHonest = test.comment.endsWith(' 0');
      expect(suite.checkPublicKey('ed25519', hex(test.publicKey))).toBe(isHonest);
      if (!isHonest && test.rule1) verifying++;
    }
    expect(verifying).toBeGreaterThan(0);
  });

  it('registers one encoding of a key only', () => {
    const others = cases.filter((test) => /^key (y = p|x = 0)/.test(test.comment));
    expect(others.length).toBeGreaterThan(10);
    for (const test of others) {
      expect(suite.checkPublicKey('ed25519', hex(test.publicKey)), test.comment).toBe(false);
    }
  });

  it.skipIf(!hasVectors('ed25519-edge'))(`answers ${titled('ed25519-edge')}`, () => {
    type Edge = Readonly<Record<'comment' | 'publicKey' | 'msg' | 'sig', string>> & {
      readonly id: number;
      readonly cofactorless: boolean;
    };
    const { tests } = readVectors<{ readonly tests: readonly Edge[] }>(
      'ed25519-edge/ed25519-edge.json',
    );
    for (const test of tests) {
      const expected = test.cofactorless && test.comment !== 'small-order public key';
      const got = verify({ publicKey: test.publicKey, message: test.msg, signature: test.sig });
      expect(got, `case ${test.id}`).toBe(expected);
    }
  });
});
