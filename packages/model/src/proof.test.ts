import { encode } from '@hanse/codec';
import { emptyRoot, merkleProof, merkleRoot, verifyMerkleProof } from '@hanse/crypto';
import { utf8 } from '@hanse/kit';
import { describe, expect, test } from 'vitest';
import {
  certificateOf,
  chainId,
  flipped,
  headerOf,
  otherChainId,
  setOf,
  suite,
} from '../test/fixtures.ts';
import {
  eventsRoot,
  headerBytes,
  historyLeafSchema,
  openHistoryLeaf,
  receiptSchema,
  receiptsRoot,
  sealBlock,
  emptyPayload,
  eventLeafSchema,
  verifyFinal,
  verifyHistory,
  type Certificate,
  type FinalProof,
  type Header,
  type HistoryLeaf,
  type HistoryProof,
  type Receipt,
} from './index.ts';

const set = setOf(4);

function finalOf(
  over: Partial<Header> = {},
  certificate: Partial<Certificate> = {},
  signers: readonly number[] = [0, 1, 2],
): FinalProof {
  const block = sealBlock(suite, headerOf(over), emptyPayload(4));
  const { epoch, view, chainId: chain } = block.header;
  return {
    header: headerBytes(block),
    certificate: {
      ...certificateOf(signers, { epoch, view, digest: block.digest, chainId: chain }),
      ...certificate,
    },
  };
}

describe('finality', () => {
  const good = finalOf();

  test('is shown by a header and its finalization certificate', () => {
    const verified = verifyFinal(suite, chainId, set, good);
    expect(verified).toMatchObject({ ok: true, header: { height: 4, view: 5 } });
  });

  test.each<[string, FinalProof, RegExp]>([
    ['another chain', finalOf({ chainId: otherChainId }), /another chain/],
    ['another epoch', finalOf({ epoch: 1 }), /epoch 1/],
    [
      'another epoch in the certificate alone',
      { ...good, certificate: { ...good.certificate, epoch: 1 } },
      /epoch 1/,
    ],
    [
      'a notarization',
      {
        ...good,
        certificate: certificateOf([0, 1, 2], {
          kind: 'notarize',
          digest: good.certificate.digest,
        }),
      },
      /not one of finality/,
    ],
    [
      'the certificate of another block',
      { ...good, certificate: finalOf({ height: 5 }).certificate },
      /another block/,
    ],
    ['the certificate of another view', finalOf({}, { view: 6 }), /another block/],
    ['too few signers', finalOf({}, {}, [0, 1]), /3 needed/],
    [
      'a signer twice',
      {
        ...good,
        certificate: {
          ...good.certificate,
          votes: [0, 1, 1].map(
            (i) => good.certificate.votes[i] ?? { signer: 0, signature: new Uint8Array(64) },
          ),
        },
      },
      /ascending/,
    ],
    ['a changed header', { ...good, header: flipped(good.header, -40) }, /another block/],
    ['a header cut short', { ...good, header: good.header.subarray(0, -1) }, /ends too early/],
    [
      'a header with a byte more',
      { ...good, header: Uint8Array.of(...good.header, 0) },
      /trailing/,
    ],
    ['another protocol version', finalOf({ protocolVersion: 2 }), /protocol version 2/],
  ])('is not shown with %s', (_, proof, reason) => {
    const verified = verifyFinal(suite, chainId, set, proof);
    expect(verified.ok ? 'final' : verified.reason).toMatch(reason);
  });

  test('is not shown to those who trust another chain or another set', () => {
    expect(verifyFinal(suite, otherChainId, set, good).ok).toBe(false);
    expect(verifyFinal(suite, chainId, setOf(4, 1), good).ok).toBe(false);
    expect(verifyFinal(suite, chainId, setOf(7), good).ok).toBe(false);
    const strangers = { epoch: 0, validators: setOf(8).validators.slice(4) };
    expect(verifyFinal(suite, chainId, strangers, good).ok).toBe(false);
  });
});

describe('a place in the history', () => {
  const leafOf = (height: number): HistoryLeaf => ({
    height,
    headerDigest: suite.hash(utf8(`header ${height}`)),
    stateRoot: suite.hash(utf8(`state ${height}`)),
    receiptsRoot: suite.hash(utf8(`receipts ${height}`)),
    eventsRoot: suite.hash(utf8(`events ${height}`)),
  });
  const leaves = Array.from({ length: 11 }, (_, height) =>
    encode(historyLeafSchema, leafOf(height)),
  );
  const bound = { height: 10, historyRoot: merkleRoot(suite, leaves) };
  const proofOf = (height: number): HistoryProof => ({
    leaf: leafOf(height),
    count: 11,
    path: merkleProof(suite, leaves, height),
  });

  test('is shown for every height', () => {
    for (let height = 0; height <= 10; height++)
      expect(verifyHistory(suite, bound, proofOf(height))).toBe(true);
    expect(openHistoryLeaf(encode(historyLeafSchema, leafOf(3)))).toEqual(leafOf(3));
    expect(openHistoryLeaf(new Uint8Array(3))).toBeUndefined();
  });

  const good = proofOf(6);
  test.each<[string, HistoryProof]>([
    ['another height', { ...good, leaf: { ...good.leaf, height: 7 } }],
    ['another header', { ...good, leaf: { ...good.leaf, headerDigest: leafOf(7).headerDigest } }],
    ['another state', { ...good, leaf: { ...good.leaf, stateRoot: leafOf(7).stateRoot } }],
    [
      'roots exchanged',
      {
        ...good,
        leaf: {
          ...good.leaf,
          receiptsRoot: good.leaf.eventsRoot,
          eventsRoot: good.leaf.receiptsRoot,
        },
      },
    ],
    ['another count', { ...good, count: 12 }],
    [
      'the count of a smaller range',
      { leaf: leafOf(6), count: 8, path: merkleProof(suite, leaves.slice(0, 8), 6) },
    ],
    ['a node too few', { ...good, path: good.path.slice(1) }],
    ['a node too many', { ...good, path: [...good.path, good.leaf.stateRoot] }],
    ['nodes in another order', { ...good, path: good.path.toReversed() }],
    ['the path of another leaf', { ...good, path: proofOf(7).path }],
  ])('is not shown with %s', (_, proof) => {
    expect(verifyHistory(suite, bound, proof)).toBe(false);
  });

  test('is not shown under another root or another bound height', () => {
    expect(
      verifyHistory(suite, { ...bound, historyRoot: flipped(bound.historyRoot, 0) }, good),
    ).toBe(false);
    expect(verifyHistory(suite, { ...bound, height: 9 }, good)).toBe(false);
    expect(verifyHistory(suite, { ...bound, height: 11 }, good)).toBe(false);
  });
});

describe('the roots of a block’s results', () => {
  const receiptOf = (index: number, events = 1): Receipt => ({
    txid: suite.hash(utf8(`tx ${index}`)),
    height: 3,
    index,
    status:
      index % 2 === 0
        ? { kind: 'ok', value: {} }
        : {
            kind: 'refused',
            value: {
              code: 'OutOfGas',
              message: 'm',
              params: [{ name: 'limit', value: '5' }],
              frames: [],
            },
          },
    gas: 10 + index,
    results: [Uint8Array.of(index)],
    events: Array.from({ length: events }, (_, i) => ({
      contract: 'c',
      name: 'n',
      data: Uint8Array.of(index, i),
    })),
  });
  const receipts = [receiptOf(0, 2), receiptOf(1, 0), receiptOf(2, 3)];

  test('lead to every receipt and every event', () => {
    const leaves = receipts.map((receipt) => encode(receiptSchema, receipt));
    const root = receiptsRoot(suite, receipts);
    for (const [index, leaf] of leaves.entries()) {
      expect(
        verifyMerkleProof(suite, {
          leaf,
          index,
          count: 3,
          root,
          proof: merkleProof(suite, leaves, index),
        }),
      ).toBe(true);
    }
    const events = receipts.flatMap(({ txid, events }) =>
      events.map((event, index) => encode(eventLeafSchema, { txid, index, event })),
    );
    expect(events).toHaveLength(5);
    expect(eventsRoot(suite, receipts)).toEqual(merkleRoot(suite, events));
  });

  test('depend on order, on every receipt and on every event', () => {
    const [a, b, c] = receipts as [Receipt, Receipt, Receipt];
    const lists = [receipts, [b, a, c], [a, b], [a, b, { ...c, gas: 0 }], []];
    expect(new Set(lists.map((list) => receiptsRoot(suite, list).join())).size).toBe(lists.length);
    const eventful = [
      receipts,
      [c, b, a],
      [a, b],
      [a, b, { ...c, events: c.events.toReversed() }],
      [a, b, { ...c, txid: a.txid }],
    ];
    expect(new Set(eventful.map((list) => eventsRoot(suite, list).join())).size).toBe(
      eventful.length,
    );
    expect(receiptsRoot(suite, [])).toEqual(emptyRoot(suite));
    expect(eventsRoot(suite, [b])).toEqual(emptyRoot(suite));
  });
});
