import { decode, encode } from '@hanse/codec';
import { createSuite } from '@hanse/crypto';
import { catalogue, formatText, limits } from '@hanse/kit';
import { envelopeSchema, openBatch, sealBatch, type Batch } from '@hanse/model';
import { describe, expect, test } from 'vitest';
import { chainId, envelopeOf, suite } from '../test/fixtures.ts';
import {
  verifyBatchContents,
  verifyEnvelopes,
  type Admitted,
  type EnvelopeRefusal,
} from './verify.ts';

function verdict(bytes: Uint8Array, by = suite): Admitted | EnvelopeRefusal | undefined {
  const [result] = verifyEnvelopes(by, chainId, [bytes]);
  return result?.ok === true ? result.value : result?.error;
}

function refusal(bytes: Uint8Array): EnvelopeRefusal {
  const got = verdict(bytes);
  if (got === undefined || !('code' in got)) throw new Error('was not refused');
  // Whatever is refused can be said in a sentence without a hole in it.
  const text = formatText(got.code, got.params, 'en');
  expect(`${text.what} ${text.why} ${text.fix}`).not.toMatch(/\{/);
  expect(catalogue[got.code].blame).toBe('caller');
  return got;
}

/** The envelope with one signature changed by one bit. */
function withBadSignature(bytes: Uint8Array, index: number): Uint8Array {
  const envelope = decode(envelopeSchema, bytes);
  if (!envelope.ok) throw new Error(envelope.error);
  const signatures = envelope.value.signatures.map((one, i) =>
    i === index
      ? { ...one, signature: one.signature.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) }
      : one,
  );
  return encode(envelopeSchema, { ...envelope.value, signatures });
}

describe('an envelope', () => {
  test('that holds is summed up', () => {
    const bytes = envelopeOf({ count: 3, signers: 2, gasLimit: 5, validUntil: 1_000 });
    expect(verdict(bytes)).toMatchObject({
      bytes,
      validUntilMin: 1_000,
      validUntilMax: 1_002,
      gasSum: 15,
      signer: 'did:hanse:test:0',
    });
    expect((verdict(bytes) as Admitted).txids).toHaveLength(3);
  });

  test('of the other suite holds there and only there', () => {
    const sm = createSuite('sm');
    const bytes = envelopeOf({ suite: sm });
    expect(verdict(bytes, sm)).toMatchObject({ gasSum: 5 });
    expect(refusal(bytes).code).toBe('BadSignature');
  });

  test('with a wrong signature names its signer', () => {
    expect(refusal(withBadSignature(envelopeOf({ signers: 3 }), 1))).toEqual({
      code: 'BadSignature',
      params: { did: 'did:hanse:test:1', kid: 'k' },
    });
  });

  test('for another chain names both', () => {
    expect(refusal(envelopeOf({ chainId: new Uint8Array(32) }))).toMatchObject({
      code: 'WrongChain',
      params: { got: '00'.repeat(32) },
    });
  });

  test('of another version, over a limit or without form is refused by name', () => {
    expect(refusal(envelopeOf({ protocolVersion: 2 })).code).toBe('UnsupportedVersion');
    expect(refusal(envelopeOf({ gasLimit: limits.gasPerTxMax + 1 }))).toMatchObject({
      code: 'OverLimit',
      params: { value: limits.gasPerTxMax + 1 },
    });
    expect(refusal(new Uint8Array(limits.envelopeBytesMax + 1)).code).toBe('OverLimit');
    expect(refusal(new Uint8Array(10)).code).toBe('Malformed');
    expect(refusal(envelopeOf().subarray(0, -1)).code).toBe('Malformed');
    expect(refusal(Uint8Array.of(...envelopeOf(), 0)).code).toBe('Malformed');
  });

  test('is judged alone: its neighbours do not matter', () => {
    const good = envelopeOf();
    const results = verifyEnvelopes(suite, chainId, [good, new Uint8Array(1), good]);
    expect(results.map((result) => result.ok)).toEqual([true, false, true]);
  });
});

describe('the contents of a batch', () => {
  const envelopes = [envelopeOf({ count: 2 }), envelopeOf({ signers: 2, gasLimit: 9 })];
  const batchWith = (
    over: {
      envelopes?: Uint8Array[];
      txCount?: number;
      gasSum?: number;
      chainId?: Uint8Array;
    } = {},
  ): Batch =>
    sealBatch(
      suite,
      {
        chainId: over.chainId ?? chainId,
        epoch: 0,
        lane: 0,
        seq: 1,
        prevDigest: new Uint8Array(32),
        txCount: over.txCount ?? 3,
        gasSum: over.gasSum ?? 19,
      },
      over.envelopes ?? envelopes,
      () => new Uint8Array(64),
    );
  const verified = (batch: Batch): boolean => {
    const opened = openBatch(suite, batch.bytes);
    if (!opened.ok) throw new Error(opened.error);
    return verifyBatchContents(suite, chainId, opened.value).ok;
  };

  test('hold', () => {
    const result = verifyBatchContents(suite, chainId, batchWith());
    expect(result).toMatchObject({ ok: true, value: { signers: ['did:hanse:test:0'] } });
    expect(result.ok && result.value.txids.length).toBe(3);
    expect(verified(batchWith())).toBe(true);
  });

  test.each<[string, Batch]>([
    ['a count that is wrong', batchWith({ txCount: 2 })],
    ['gas that is wrong', batchWith({ gasSum: 20 })],
    ['another chain', batchWith({ chainId: new Uint8Array(32) })],
    [
      'an envelope of another chain',
      batchWith({
        envelopes: [...envelopes, envelopeOf({ chainId: new Uint8Array(32) })],
        txCount: 4,
        gasSum: 24,
      }),
    ],
    [
      'an envelope with a bad signature',
      batchWith({
        envelopes: [
          envelopes[0] ?? new Uint8Array(0),
          withBadSignature(envelopes[1] ?? new Uint8Array(0), 1),
        ],
      }),
    ],
    ['an envelope without form', batchWith({ envelopes: [...envelopes, new Uint8Array(3)] })],
  ])('with %s are refused', (_, batch) => {
    expect(verified(batch)).toBe(false);
  });
});
