import { decode, encode } from '@hanse/codec';
import { concatBytes, limits, utf8 } from '@hanse/kit';
import { describe, expect, test } from 'vitest';
import {
  chainId,
  flipped,
  headerOf,
  keyOf,
  otherChainId,
  setOf,
  suite,
  txOf,
} from '../test/fixtures.ts';
import {
  batchHeaderSchema,
  batchSchema,
  batchSignBytes,
  blockSchema,
  emptyPayload,
  headerBytes,
  headerSchema,
  isEmptyPayload,
  openBatch,
  openBlock,
  openHeader,
  payloadRoot,
  payloadSchema,
  sealBatch,
  sealBlock,
  sealEnvelope,
  verifyBatchAuthor,
  ZERO_HASH,
  type Batch,
  type Payload,
} from './index.ts';

const digestOf = (text: string): Uint8Array => suite.hash(utf8(text));
const payload: Payload = [
  { seq: 3, digest: digestOf('a') },
  { seq: 0, digest: ZERO_HASH },
];

describe('a block', () => {
  const block = sealBlock(suite, headerOf(), payload);

  test('opens to what it was sealed from', () => {
    expect(openBlock(suite, block.bytes)).toEqual({ ok: true, value: block });
    expect(block.digest).toEqual(
      suite.hash(concatBytes(utf8('hanse-header/1\0'), headerBytes(block))),
    );
    expect(block.header.payloadRoot).toEqual(
      suite.hash(concatBytes(utf8('hanse-payload/1\0'), encode(payloadSchema, payload))),
    );
    expect(openHeader(suite, headerBytes(block))).toEqual({
      ok: true,
      value: { header: block.header, digest: block.digest },
    });
  });

  test('has a digest that depends on every byte of its header', () => {
    const bytes = headerBytes(block);
    const digests = new Set([block.digest.join()]);
    for (let at = 0; at < bytes.length; at++) {
      const opened = openHeader(suite, flipped(bytes, at));
      if (opened.ok) digests.add(opened.value.digest.join());
    }
    // All but the two bytes of the version and the first ones of six integers, which would pass 2^53.
    expect(digests.size).toBe(bytes.length + 1 - 2 - 6);
  });

  test.each<[string, RegExp, Uint8Array]>([
    [
      'another payload',
      /payload differs/,
      encode(blockSchema, {
        header: headerBytes(block),
        payload: encode(payloadSchema, [
          { seq: 4, digest: digestOf('a') },
          { seq: 0, digest: ZERO_HASH },
        ]),
      }),
    ],
    [
      'no payload',
      /0 items|ends too early/,
      encode(blockSchema, { header: headerBytes(block), payload: new Uint8Array(0) }),
    ],
    [
      'a byte after its payload',
      /trailing/,
      encode(blockSchema, {
        header: headerBytes(block),
        payload: Uint8Array.of(...encode(payloadSchema, payload), 0),
      }),
    ],
    [
      'a byte after its header',
      /trailing/,
      encode(blockSchema, {
        header: Uint8Array.of(...headerBytes(block), 0),
        payload: encode(payloadSchema, payload),
      }),
    ],
    ['a byte after its end', /trailing/, Uint8Array.of(...block.bytes, 0)],
    ['its end cut off', /ends too early/, block.bytes.subarray(0, -1)],
    [
      'another version',
      /protocol version 2/,
      encode(blockSchema, {
        header: encode(headerSchema, { ...block.header, protocolVersion: 2 }),
        payload: encode(payloadSchema, payload),
      }),
    ],
    [
      'a header over its bound',
      /limit 1024/,
      concatBytes(Uint8Array.of(0x81, 0x08), new Uint8Array(1_025), Uint8Array.of(0)),
    ],
  ])('with %s is refused', (_, reason, bytes) => {
    const opened = openBlock(suite, bytes);
    expect(opened.ok ? 'opened' : opened.error).toMatch(reason);
  });

  test('is empty when every lane stands where its parent has it', () => {
    expect(isEmptyPayload(payload, payload)).toBe(true);
    expect(isEmptyPayload(payload, emptyPayload(2))).toBe(false);
    expect(isEmptyPayload(payload.slice(1), payload)).toBe(false);
    expect(isEmptyPayload(payload, payload.slice(1))).toBe(false);
    expect(emptyPayload(3)).toEqual(
      Array.from({ length: 3 }, () => ({ seq: 0, digest: ZERO_HASH })),
    );
    expect(payloadRoot(suite, emptyPayload(2))).not.toEqual(payloadRoot(suite, emptyPayload(3)));
  });
});

describe('a batch', () => {
  const set = setOf(4);
  const envelopes = [
    sealEnvelope(suite, [txOf()], [keyOf(0)]),
    sealEnvelope(suite, [txOf({ gasLimit: 9 })], [keyOf(0)]),
  ];
  const header = {
    chainId,
    epoch: 0,
    lane: 2,
    seq: 1,
    prevDigest: ZERO_HASH,
    txCount: 2,
    gasSum: 1_009,
  };
  const signWith =
    (index: number) =>
    (message: Uint8Array): Uint8Array =>
      suite.sign(keyOf(index), message);
  const batch = sealBatch(suite, header, envelopes, signWith(2));

  function withHeader(over: Partial<Batch['header']>): Uint8Array {
    return encode(batchSchema, {
      header: encode(batchHeaderSchema, { ...batch.header, ...over }),
      signature: batch.signature,
      envelopes,
    });
  }

  test('opens to what it was sealed from, signed by the author of its lane', () => {
    expect(openBatch(suite, batch.bytes)).toEqual({ ok: true, value: batch });
    expect(batch.header.sizeBytes).toBe((envelopes[0]?.length ?? 0) + (envelopes[1]?.length ?? 0));
    expect(verifyBatchAuthor(suite, chainId, set, batch)).toBe(true);
    const message = concatBytes(
      utf8('hanse-batch-sig/1\0'),
      chainId,
      new Uint8Array(8),
      batch.digest,
    );
    expect(batchSignBytes(batch.header, batch.digest)).toEqual(message);
  });

  test.each<[string, Partial<Batch['header']>, number]>([
    ['another chain', { chainId: otherChainId }, 2],
    ['another epoch', { epoch: 1 }, 2],
    ['a lane without a validator', { lane: 4 }, 2],
    ['the lane of another validator', { lane: 1 }, 2],
    ['a signature of another validator', {}, 1],
  ])('of %s is not its author’s', (_, over, signer) => {
    const wrong = sealBatch(suite, { ...header, ...over }, envelopes, signWith(signer));
    expect(openBatch(suite, wrong.bytes).ok).toBe(true);
    expect(verifyBatchAuthor(suite, chainId, set, wrong)).toBe(false);
  });

  test('with any byte of its header changed is not its author’s', () => {
    const decoded = decode(batchSchema, batch.bytes);
    if (!decoded.ok) throw new Error(decoded.error);
    for (let at = 0; at < decoded.value.header.length; at++) {
      const opened = openBatch(
        suite,
        encode(batchSchema, { ...decoded.value, header: flipped(decoded.value.header, at) }),
      );
      if (opened.ok) expect(verifyBatchAuthor(suite, chainId, set, opened.value)).toBe(false);
    }
  });

  test.each<[string, RegExp, Uint8Array]>([
    ['another root', /envelopes differ/, withHeader({ envelopesRoot: ZERO_HASH })],
    ['another size', /size differs/, withHeader({ sizeBytes: batch.header.sizeBytes + 1 })],
    [
      'an envelope left out',
      /size differs/,
      encode(batchSchema, {
        header: encode(batchHeaderSchema, batch.header),
        signature: batch.signature,
        envelopes: envelopes.slice(1),
      }),
    ],
    [
      'envelopes exchanged',
      /envelopes differ/,
      encode(batchSchema, {
        header: encode(batchHeaderSchema, batch.header),
        signature: batch.signature,
        envelopes: envelopes.toReversed(),
      }),
    ],
    [
      'a byte after its header',
      /trailing/,
      encode(batchSchema, {
        header: Uint8Array.of(...encode(batchHeaderSchema, batch.header), 0),
        signature: batch.signature,
        envelopes,
      }),
    ],
    ['a byte after its end', /trailing/, Uint8Array.of(...batch.bytes, 0)],
    ['its end cut off', /ends too early/, batch.bytes.subarray(0, -1)],
  ])('with %s is refused', (_, reason, bytes) => {
    const opened = openBatch(suite, bytes);
    expect(opened.ok ? 'opened' : opened.error).toMatch(reason);
  });

  test('may be exactly as large as its bound', () => {
    const halves = [0, 1].map(() => new Uint8Array(limits.batchBytesMax / 2));
    const largest = sealBatch(suite, header, halves, signWith(2));
    expect(largest.header.sizeBytes).toBe(limits.batchBytesMax);
    expect(openBatch(suite, largest.bytes).ok).toBe(true);
  });

  test('over its bound is refused although its header says so', () => {
    const large = sealBatch(
      suite,
      header,
      [0, 1, 2].map(() => new Uint8Array(700_000)),
      signWith(2),
    );
    const opened = openBatch(suite, large.bytes);
    expect(opened.ok ? 'opened' : opened.error).toMatch(/over the bound/);
  });

  test('needs an envelope', () => {
    expect(() => sealBatch(suite, header, [], signWith(2))).toThrow(/0 items/);
  });
});
