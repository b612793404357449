import { toHex, utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createVoprf,
  selfTestVoprf,
  VOPRF_RANDOM_BYTES,
  type Voprf,
  type VoprfName,
} from '../src/index.ts';
import { hasVectors, hex, readVectors, titled } from './shared.ts';

type Suite = Readonly<Record<'identifier' | 'seed' | 'keyInfo' | 'skSm', string>> & {
  readonly mode: number;
  readonly pkSm?: string;
  readonly vectors: readonly (Readonly<
    Record<'Input' | 'Blind' | 'BlindedElement' | 'EvaluationElement' | 'Output', string>
  > & { readonly Batch: number; readonly Proof?: Readonly<Record<'proof' | 'r', string>> })[];
};

const NAMES: readonly VoprfName[] = ['ristretto255-SHA512', 'P256-SHA256'];
const list = (text: string): Uint8Array[] => text.split(',').map(hex);

/** Random bytes that become a given scalar: it is reduced modulo n - 1 and one is added. */
function drawing(name: VoprfName, scalar: string): Uint8Array {
  const out = new Uint8Array(VOPRF_RANDOM_BYTES);
  const isLittle = name === 'ristretto255-SHA512';
  const bytes = isLittle ? hex(scalar).toReversed() : hex(scalar);
  const less = (BigInt(`0x${toHex(bytes)}`) - 1n).toString(16).padStart(2 * out.length, '0');
  out.set(isLittle ? hex(less).toReversed() : hex(less));
  return out;
}

const random = (fill: number): Uint8Array => new Uint8Array(VOPRF_RANDOM_BYTES).fill(fill);

describe(titled('voprf-rfc9497'), () => {
  const isThere = hasVectors('voprf-rfc9497');
  const suites = isThere ? readVectors<readonly Suite[]>('voprf-rfc9497/vectors.json') : [];

  it.skipIf(!isThere)('has the verifiable mode of both groups', () => {
    const verifiable = suites.filter((suite) => suite.mode === 1);
    expect(verifiable.map((suite) => suite.identifier).toSorted()).toEqual([...NAMES].toSorted());
    expect(verifiable.flatMap((suite) => suite.vectors).some((one) => one.Batch > 1)).toBe(true);
  });

  it.skipIf(!isThere).each(NAMES)('%s gives every value of the vectors', (name) => {
    const voprf = createVoprf(name);
    const suite = suites.find((one) => one.mode === 1 && one.identifier === name);
    if (suite?.pkSm === undefined) throw new Error('no vectors');
    const key = voprf.deriveKeyPair(hex(suite.seed), hex(suite.keyInfo));
    expect(toHex(key.secretKey)).toBe(suite.skSm);
    expect(toHex(key.publicKey)).toBe(suite.pkSm);
    expect(voprf.keyPairFromSecret(key.secretKey)).toEqual(key);
    expect(suite.vectors.length).toBeGreaterThan(1);
    for (const vector of suite.vectors) {
      if (vector.Proof === undefined) throw new Error('a proof in verifiable mode');
      const blinds = vector.Blind.split(',');
      const asked = list(vector.Input).map((input, i) =>
        voprf.blind(input, drawing(name, blinds[i] ?? '')),
      );
      expect(asked.map(({ blind }) => toHex(blind))).toEqual(blinds);
      expect(asked.map(({ element }) => element)).toEqual(list(vector.BlindedElement));
      const elements = asked.map(({ element }) => element);
      const answer = voprf.blindEvaluate(key, elements, drawing(name, vector.Proof.r));
      expect(answer?.evaluated).toEqual(list(vector.EvaluationElement));
      expect(toHex(answer?.proof ?? random(0))).toBe(vector.Proof.proof);
      if (answer === undefined) throw new Error('no answer');
      expect(voprf.finalize(asked, key.publicKey, answer)).toEqual(list(vector.Output));
    }
  });
});

describe.each(NAMES)('voprf %s', (name) => {
  const voprf = createVoprf(name);
  const key = voprf.deriveKeyPair(new Uint8Array(32).fill(7), utf8('test'));
  const other = voprf.deriveKeyPair(new Uint8Array(32).fill(8), utf8('test'));
  const asked = [utf8('a'), utf8('b'), utf8('')].map((input, i) => voprf.blind(input, random(i)));
  const elements = asked.map(({ element }) => element);
  const answered = voprf.blindEvaluate(key, elements, random(9));
  if (answered === undefined) throw new Error('no answer');

  it('passes its known-answer test, which notices a wrong answer', () => {
    selfTestVoprf(voprf);
    const broken: Voprf = {
      ...voprf,
      finalize: (...args) =>
        voprf
          .finalize(...args)
          ?.toReversed()
          .map((b) => b.toReversed()),
    };
    expect(() => selfTestVoprf(broken)).toThrow(/start-up test/);
    const believing: Voprf = {
      ...voprf,
      finalize: (inputs, publicKey, answer) => {
        const real = voprf.blindEvaluate(
          key,
          inputs.map((one) => one.element),
          random(1),
        );
        return voprf.finalize(inputs, publicKey, answer) ?? real?.evaluated;
      },
    };
    expect(() => selfTestVoprf(believing)).toThrow(/start-up test/);
  });

  it('gives one output for one input, whatever the blind, alone or in a batch', () => {
    const outputs = voprf.finalize(asked, key.publicKey, answered);
    expect(new Set(outputs?.map(toHex)).size).toBe(3);
    expect(outputs?.every((one) => one.length === voprf.outputBytes)).toBe(true);
    const again = voprf.blind(utf8('b'), random(77));
    expect(again.element).not.toEqual(elements[1]);
    const single = voprf.blindEvaluate(key, [again.element], random(5));
    if (single === undefined) throw new Error('no answer');
    expect(voprf.finalize([again], key.publicKey, single)).toEqual([outputs?.[1]]);
  });

  it('refuses another key, another order, another input set and any flipped bit', () => {
    const { evaluated, proof } = answered;
    const refused = (parts: Partial<typeof answered>, publicKey = key.publicKey): void => {
      expect(voprf.finalize(asked, publicKey, { ...answered, ...parts })).toBeUndefined();
    };
    refused({}, other.publicKey);
    refused({}, new Uint8Array(voprf.elementBytes));
    refused({ evaluated: evaluated.toReversed() });
    refused({ evaluated: evaluated.slice(1) });
    refused({ evaluated: [...elements] });
    refused({ proof: proof.subarray(1) });
    refused({ proof: new Uint8Array(64) });
    refused({ proof: new Uint8Array(64).fill(0xff) });
    const wrong = voprf.blindEvaluate(other, elements, random(9));
    if (wrong === undefined) throw new Error('no answer');
    refused(wrong);
    refused({ evaluated: wrong.evaluated });
    expect(voprf.finalize(asked.slice(1), key.publicKey, answered)).toBeUndefined();
    expect(voprf.finalize([], key.publicKey, { evaluated: [], proof })).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(63), fc.nat(7), (at, bit) => {
        refused({ proof: proof.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)) });
      }),
      { numRuns: 20 },
    );
  });

  it('takes elements in their one encoding only, never the neutral one', () => {
    const ff = new Uint8Array(voprf.elementBytes).fill(0xff);
    const zero = new Uint8Array(voprf.elementBytes);
    const first = elements[0] ?? zero;
    const bad = [ff, zero, first.subarray(1), new Uint8Array([...first, 0]), new Uint8Array(0)];
    if (name === 'P256-SHA256') bad.push(Uint8Array.of(0), new Uint8Array(65).fill(4));
    for (const bytes of bad) {
      expect(voprf.isElement(bytes)).toBe(false);
      expect(voprf.blindEvaluate(key, [first, bytes], random(1))).toBeUndefined();
    }
    expect(voprf.isElement(first)).toBe(true);
    expect(voprf.blindEvaluate(key, [], random(1))).toBeUndefined();
  });

  it('takes no secret key that is none, and no short randomness', () => {
    for (const bytes of [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(31)])
      expect(voprf.keyPairFromSecret(bytes)).toBeUndefined();
    expect(() => voprf.blind(utf8('a'), new Uint8Array(32))).toThrow(/48 random bytes/);
    expect(() => voprf.blindEvaluate(key, elements, new Uint8Array(47))).toThrow(/48 random/);
    expect(() => voprf.deriveKeyPair(new Uint8Array(16), utf8(''))).toThrow(/32 bytes/);
    expect(() => voprf.blind(new Uint8Array(65_536), random(1))).toThrow(/65,535/);
  });
});
