import { createPrng, decode, encode, fromJson } from '@hanse/codec';
import { limits } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allSchemas, samplerOf } from '../test/sampler.ts';
import { certificateOf, voteOf } from '../test/fixtures.ts';
import {
  certificateSchema,
  envelopeSchema,
  messageSchema,
  payloadSchema,
  progressSchema,
  txSchema,
  voteSchema,
} from './index.ts';

const schemas = allSchemas();
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe.each([...schemas])('%s', (_, schema) => {
  const sampler = samplerOf(schema);

  test('comes back from its bytes and from its JSON view', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const value = sampler(createPrng(seed));
        const bytes = encode(schema, value);
        expect(decode(schema, bytes)).toEqual({ ok: true, value });
        const json: unknown = JSON.parse(JSON.stringify(schema.toJson(value)));
        expect(fromJson(schema, json as never)).toEqual({ ok: true, value });
      }),
      { numRuns: 20 },
    );
  });

  test('has one form: what is cut, longer or changed is refused or another value', () => {
    fc.assert(
      fc.property(seeds, fc.nat(), fc.integer({ min: 1, max: 255 }), (seed, where, mask) => {
        const bytes = encode(schema, sampler(createPrng(seed)));
        expect(decode(schema, Uint8Array.of(...bytes, 0)).ok).toBe(false);
        if (bytes.length === 0) return;
        expect(decode(schema, bytes.subarray(0, where % bytes.length)).ok).toBe(false);
        const at = where % bytes.length;
        const changed = bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
        const decoded = decode(schema, changed);
        if (decoded.ok) expect(encode(schema, decoded.value)).toEqual(changed);
      }),
      { numRuns: 40 },
    );
  });
});

/** A length that is as long as it can be without saying more: 5 as 0x85 0x00. */
function withLongLength(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.of(
    ...bytes.subarray(0, at),
    (bytes[at] ?? 0) | 0x80,
    0,
    ...bytes.subarray(at + 1),
  );
}

describe('refused are', () => {
  test('lengths that are not minimal', () => {
    const payload = encode(payloadSchema, [{ seq: 1, digest: new Uint8Array(32) }]);
    expect(decode(payloadSchema, payload).ok).toBe(true);
    expect(decode(payloadSchema, withLongLength(payload, 0)).ok).toBe(false);
    const tx = encode(txSchema, {
      protocolVersion: 1,
      chainId: new Uint8Array(32),
      salt: new Uint8Array(16),
      validUntil: 1,
      gasLimit: 1,
      signers: [{ did: 'd', kid: 'k' }],
      calls: [{ contract: 'c', method: 'm', args: new Uint8Array(0) }],
    });
    // The number of signers, and the length of the first DID.
    for (const at of [62, 63]) {
      expect(tx[at]).toBe(1);
      expect(decode(txSchema, withLongLength(tx, at)).ok).toBe(false);
    }
  });

  test('lists that are empty or longer than their bound', () => {
    expect(decode(payloadSchema, Uint8Array.of(0)).ok).toBe(false);
    const tips = Array.from({ length: limits.validatorsMax + 1 }, () => ({
      seq: 0,
      digest: new Uint8Array(32),
    }));
    expect(() => encode(payloadSchema, tips)).toThrow(/101 items/);
    const one = encode(payloadSchema, tips.slice(0, 1)).subarray(1);
    expect(
      decode(
        payloadSchema,
        Uint8Array.of(101, ...Array.from({ length: 101 }, () => [...one]).flat()),
      ).ok,
    ).toBe(false);
    expect(
      decode(
        progressSchema,
        encode(progressSchema, { held: [], executedHeight: 0, view: 0, finalHeight: 0 }),
      ).ok,
    ).toBe(true);
  });

  test('a count that promises more than there is, before memory is spent on it', () => {
    expect(decode(envelopeSchema, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)).ok).toBe(false);
    expect(decode(messageSchema, Uint8Array.of(5, 0xff, 0xff, 0xff, 0x0f)).ok).toBe(false);
  });

  test('integers above 2^53 - 1', () => {
    const vote = encode(voteSchema, { ...voteOf(0), view: Number.MAX_SAFE_INTEGER });
    expect(decode(voteSchema, vote).ok).toBe(true);
    expect(vote[9]).toBe(0);
    expect(
      decode(
        voteSchema,
        vote.map((byte, i) => (i === 10 ? 0x20 : byte)),
      ).ok,
    ).toBe(false);
    expect(() => encode(voteSchema, { ...voteOf(0), view: 2 ** 53 })).toThrow(/u64/);
    expect(() => encode(voteSchema, { ...voteOf(0), view: 0.5 })).toThrow(/u64/);
  });

  test('tags that name nothing', () => {
    const message = encode(messageSchema, { kind: 'certificateRequest', value: { view: 1 } });
    expect(decode(messageSchema, message).ok).toBe(true);
    expect(decode(messageSchema, Uint8Array.of(13, ...message.subarray(1))).ok).toBe(false);
    expect(
      decode(voteSchema, Uint8Array.of(3, ...encode(voteSchema, voteOf(0)).subarray(1))).ok,
    ).toBe(false);
  });

  test('certificates whose signers do not ascend, in bytes, in JSON and when they are written', () => {
    const good = certificateOf([0, 1, 2]);
    const [first, second, third] = good.votes;
    const bytes = encode(certificateSchema, good);
    // A vote takes 66 bytes; the first begins behind kind, epoch, view, digest and the count.
    const start = 1 + 8 + 8 + 32 + 1;
    const votes = [0, 1, 2].map((i) => bytes.subarray(start + 66 * i, start + 66 * (i + 1)));
    const joined = (order: readonly number[]): Uint8Array =>
      Uint8Array.of(...bytes.subarray(0, start), ...order.flatMap((i) => [...(votes[i] ?? [])]));
    expect(joined([0, 1, 2])).toEqual(bytes);
    for (const order of [
      [1, 0, 2],
      [0, 0, 1],
      [0, 2, 1],
      [0, 1, 1],
    ])
      expect(decode(certificateSchema, joined(order)).ok).toBe(false);
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three votes');
    expect(() => encode(certificateSchema, { ...good, votes: [second, first, third] })).toThrow(
      /ascending/,
    );
    const json = certificateSchema.toJson({ ...good, votes: [first, first, third] });
    expect(fromJson(certificateSchema, json).ok).toBe(false);
  });
});
