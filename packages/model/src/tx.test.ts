import { decode, encode } from '@hanse/codec';
import { concatBytes, limits, utf8 } from '@hanse/kit';
import { merkleRoot } from '@hanse/crypto';
import { describe, expect, test } from 'vitest';
import { chainId, flipped, keyOf, otherChainId, suite, txOf } from '../test/fixtures.ts';
import {
  envelopeSchema,
  envelopeSignBytes,
  openEnvelope,
  openTx,
  sealEnvelope,
  sealTx,
  signatureChecks,
  txidOf,
  type Sealed,
  type Tx,
} from './index.ts';

const signersOf = (...names: readonly string[]): Tx['signers'] =>
  names.map((name) => ({ did: `did:hanse:test:${name}`, kid: 'main' }));

function reasonOf(bytes: Uint8Array): string {
  const open = openEnvelope(suite, chainId, bytes);
  return open.ok ? 'opened' : open.error;
}

function holds(bytes: Uint8Array, chain = chainId): boolean {
  const open = openEnvelope(suite, chain, bytes);
  return (
    open.ok &&
    signatureChecks(suite, chain, open.value).every((one) =>
      suite.verify(one.alg, one.publicKey, one.message, one.signature),
    )
  );
}

describe('a transaction', () => {
  test('is named by the tagged hash of its bytes', () => {
    const tx = txOf();
    expect(tx.digest).toEqual(suite.hash(concatBytes(utf8('hanse-tx/1\0'), tx.bytes)));
    expect(openTx(suite, tx.bytes)).toEqual({ ok: true, value: tx });
    expect(txidOf(suite, flipped(tx.bytes, -1))).not.toEqual(tx.digest);
  });

  test('over its bound is not made and not opened', () => {
    const args = new Uint8Array(limits.argsBytesMax);
    const large = {
      ...txOf().value,
      calls: [0, 1].map(() => ({ contract: 'c', method: 'm', args })),
    };
    expect(() => sealTx(suite, large)).toThrow(/limit 65536/);
    expect(openTx(suite, new Uint8Array(limits.txBytesMax + 1))).toEqual({
      ok: false,
      error: 'transaction has 65537 bytes, limit 65536',
    });
    expect(() =>
      txOf({
        calls: [{ contract: 'c', method: 'm', args: new Uint8Array(limits.argsBytesMax + 1) }],
      }),
    ).toThrow(/limit 49152/);
    expect(() => txOf({ calls: [] })).toThrow(/0 items/);
    expect(() => txOf({ signers: [] })).toThrow(/0 items/);
    expect(() => txOf({ signers: signersOf('1', '2', '3', '4', '5', '6', '7', '8', '9') })).toThrow(
      /9 items/,
    );
  });
});

test('a transaction and an envelope may be exactly as large as their bounds', () => {
  const txWith = (sizeBytes: number): Sealed<Tx> => {
    const calls = [17_000, sizeBytes].map((size) => ({
      contract: 'c',
      method: 'm',
      args: new Uint8Array(size),
    }));
    return txOf({ calls });
  };
  const base = txWith(40_000).bytes.length - 40_000;
  const largest = txWith(limits.txBytesMax - base);
  expect(largest.bytes.length).toBe(limits.txBytesMax);
  expect(openTx(suite, largest.bytes).ok).toBe(true);
  expect(() => txWith(limits.txBytesMax - base + 1)).toThrow(/limit 65536/);

  const many = Array.from({ length: 15 }, () => largest);
  const rest = (sizeBytes: number): Uint8Array =>
    sealEnvelope(suite, [...many, txWith(sizeBytes)], [keyOf(0)]);
  const room = limits.envelopeBytesMax - (rest(40_000).length - 40_000);
  expect(rest(room).length).toBe(limits.envelopeBytesMax);
  expect(openEnvelope(suite, chainId, rest(room)).ok).toBe(true);
  expect(reasonOf(rest(room + 1))).toMatch(/envelope has 1048577 bytes/);
});

describe('an envelope', () => {
  const signers = signersOf('a', 'b');
  const txs = [txOf({ signers }), txOf({ signers, gasLimit: 7 })];
  const bytes = sealEnvelope(suite, txs, [keyOf(0), keyOf(1)]);

  test('opens to its transactions and its signatures verify', () => {
    const open = openEnvelope(suite, chainId, bytes);
    expect(open).toMatchObject({ ok: true, value: { bytes, txs } });
    expect(holds(bytes)).toBe(true);
  });

  test('is signed over domain, chain, count and root of the ids', () => {
    const txids = txs.map((tx) => tx.digest);
    const expected = concatBytes(
      utf8('hanse-envelope/1\0'),
      chainId,
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2),
      merkleRoot(suite, txids),
    );
    expect(envelopeSignBytes(suite, chainId, txids)).toEqual(expected);
  });

  test('does not hold with any signature, key or transaction changed', () => {
    const decoded = decode(envelopeSchema, bytes);
    if (!decoded.ok) throw new Error(decoded.error);
    const { signatures } = decoded.value;
    const [first, second] = signatures;
    if (first === undefined || second === undefined) throw new Error('two signatures');
    const other = keyOf(2);
    const reshaped = [
      {
        ...decoded.value,
        signatures: [{ ...first, signature: flipped(first.signature, 40) }, second],
      },
      { ...decoded.value, signatures: [first, { ...second, publicKey: other.publicKey }] },
      { ...decoded.value, signatures: [first, { ...first, publicKey: second.publicKey }] },
      { ...decoded.value, txs: [...decoded.value.txs].reverse() },
      { ...decoded.value, txs: decoded.value.txs.slice(1) },
      { ...decoded.value, txs: [...decoded.value.txs, ...decoded.value.txs] },
      { ...decoded.value, signatures: [{ ...first, alg: 'p256' as const }, second] },
    ];
    for (const envelope of reshaped) {
      const changed = encode(envelopeSchema, envelope);
      expect(reasonOf(changed)).toBe('opened');
      expect(holds(changed)).toBe(false);
    }
    // Each signer signs for itself: exchanged signatures verify, but under the other's name.
    const exchanged = encode(envelopeSchema, { ...decoded.value, signatures: [second, first] });
    expect(holds(exchanged)).toBe(true);
    expect(exchanged).not.toEqual(bytes);
  });

  test.each<[string, RegExp, Uint8Array]>([
    [
      'a transaction of another chain',
      /transaction 1: of another chain/,
      sealEnvelope(suite, [txOf(), txOf({ chainId: otherChainId })], [keyOf(0)]),
    ],
    [
      'a transaction of another version',
      /transaction 0: protocol version 2/,
      sealEnvelope(suite, [txOf({ protocolVersion: 2 })], [keyOf(0)]),
    ],
    [
      'too few signatures',
      /number of signers/,
      sealEnvelope(suite, [txOf({ signers })], [keyOf(0)]),
    ],
    [
      'too many signatures',
      /number of signers/,
      sealEnvelope(suite, [txOf()], [keyOf(0), keyOf(1)]),
    ],
    [
      'other signers in a later transaction',
      /signers differ/,
      sealEnvelope(
        suite,
        [txOf({ signers }), txOf({ signers: signersOf('a', 'c') })],
        [keyOf(0), keyOf(1)],
      ),
    ],
    [
      'signers in another order in a later transaction',
      /signers differ/,
      sealEnvelope(
        suite,
        [txOf({ signers }), txOf({ signers: signersOf('b', 'a') })],
        [keyOf(0), keyOf(1)],
      ),
    ],
    [
      'another key of the same signer in a later transaction',
      /signers differ/,
      sealEnvelope(
        suite,
        [txOf(), txOf({ signers: [{ did: 'did:hanse:test:a', kid: 'other' }] })],
        [keyOf(0)],
      ),
    ],
    [
      'fewer signers in a later transaction',
      /number of signers/,
      sealEnvelope(suite, [txOf({ signers }), txOf()], [keyOf(0), keyOf(1)]),
    ],
    [
      'a signer named twice',
      /named twice/,
      sealEnvelope(suite, [txOf({ signers: signersOf('a', 'a') })], [keyOf(0), keyOf(1)]),
    ],
    [
      'gas over the bound',
      /gas limit 20000001, bound 20000000/,
      sealEnvelope(suite, [txOf({ gasLimit: limits.gasPerTxMax + 1 })], [keyOf(0)]),
    ],
    ['too many bytes', /envelope has 1048577 bytes/, new Uint8Array(limits.envelopeBytesMax + 1)],
    ['a byte after its end', /trailing/, Uint8Array.of(...bytes, 0)],
    ['its last byte cut off', /ends too early/, bytes.subarray(0, -1)],
    ['no transaction', /0 items/, encodeRaw([], 1)],
    [
      'more transactions than its bound',
      /257 items/,
      encodeRaw(
        Array.from({ length: 257 }, () => txOf().bytes),
        1,
      ),
    ],
    [
      'a transaction with a byte after its end',
      /transaction 0: 1 trailing/,
      encodeRaw([Uint8Array.of(...txOf().bytes, 0)], 1),
    ],
    [
      'a transaction cut short',
      /transaction 0: ends too early/,
      encodeRaw([txOf().bytes.subarray(0, -1)], 1),
    ],
  ])('with %s is refused', (_, reason, wrong) => {
    expect(reasonOf(wrong)).toMatch(reason);
  });

  test('takes gas up to the bound', () => {
    expect(
      reasonOf(sealEnvelope(suite, [txOf({ gasLimit: limits.gasPerTxMax })], [keyOf(0)])),
    ).toBe('opened');
  });

  test('is for one chain only, although nothing but the chain differs', () => {
    expect(openEnvelope(suite, otherChainId, bytes).ok).toBe(false);
    const elsewhere = sealEnvelope(suite, [txOf({ chainId: otherChainId })], [keyOf(0)]);
    expect(holds(elsewhere, otherChainId)).toBe(true);
  });

  test('needs a transaction to be sealed', () => {
    expect(() => sealEnvelope(suite, [], [keyOf(0)])).toThrow(/needs a transaction/);
  });
});

/** Envelope bytes by hand, also such as the schema would not write. */
function encodeRaw(txs: readonly Uint8Array[], signatureCount: number): Uint8Array {
  const varint = (value: number): Uint8Array =>
    value < 128 ? Uint8Array.of(value) : Uint8Array.of((value & 127) | 128, value >> 7);
  const signature = concatBytes(Uint8Array.of(0, 32), new Uint8Array(32), new Uint8Array(64));
  return concatBytes(
    varint(txs.length),
    ...txs.flatMap((tx) => [varint(tx.length), tx]),
    varint(signatureCount),
    ...Array.from({ length: signatureCount }, () => signature),
  );
}
