import { encode, t, type Json, type Schema } from '@hanse/codec';
import { merkleProof, merkleRoot } from '@hanse/crypto';
import { must, toHex, utf8 } from '@hanse/kit';
import {
  batchHeaderSchema, batchSignBytes, certificateSchema, didKeyBytes, didOf, envelopeSchema, envelopeSignBytes, eventsRoot, finalProofSchema, genesisSchema,
  headerBytes, headerSchema, historyLeafSchema, historyProofSchema, inceptionRecord, inceptionSchema, didRecordSchema, justRoot, messageSchema, openEnvelope, payloadSchema,
  receiptSchema, receiptsRoot, recordProofSchema, txSchema, validatorSetHash, voteSchema, voteSignBytes, ZERO_HASH,
  type FinalProof, type HistoryLeaf, type HistoryProof, type Message, type Receipt, type RecordProof,
} from '@hanse/model';
import { NaiveState } from '../../packages/model/test/naive-state.ts';
import { sampleChain, type SampleChain } from './chain.ts';

/** Files of docs/spec/vectors by name. */
export type VectorFiles = Readonly<Record<string, Json>>;

/** Every vector, the same on every machine. Bytes are lower-case hexadecimal; `value` is the JSON view. */
export function makeVectors(): VectorFiles {
  const chains = [sampleChain('intl'), sampleChain('sm')];
  const each = (of: (chain: SampleChain) => readonly Json[]): Json => chains.flatMap(of);
  return {
    'primitives.json': primitives(),
    'refused.json': refused(must(chains[0], 'the first chain')),
    'genesis.json': each(genesisVectors),
    'did.json': each(didVectors),
    'tx.json': each(txVectors),
    'envelope.json': each(envelopeVectors),
    'batch.json': each(batchVectors),
    'block.json': each(blockVectors),
    'vote.json': each(voteVectors),
    'certificate.json': each(certificateVectors),
    'receipt.json': each(receiptVectors),
    'state.json': each(stateVectors),
    'proof.json': each(proofVectors),
    'message.json': each(messageVectors),
  };
}

function vector<T>(chain: SampleChain, name: string, schema: Schema<T>, value: T, more: { readonly [key: string]: Json } = {}): Json {
  return { name, suite: chain.suite.id, value: schema.toJson(value), bytes: toHex(encode(schema, value)), ...more };
}

const hexes = (list: readonly Uint8Array[]): Json => list.map(toHex);

function primitives(): Json {
  const one = <T>(name: string, schema: Schema<T>, value: T): Json => ({ name, value: schema.toJson(value), bytes: toHex(encode(schema, value)) });
  return [
    one('u8', t.u8, 255),
    one('u16', t.u16, 258),
    one('u32', t.u32, 0x0102_0304),
    one('u64', t.u64, 2 ** 32 + 1),
    one('u64, the largest', t.u64, Number.MAX_SAFE_INTEGER),
    one('bool, false', t.bool, false),
    one('bool, true', t.bool, true),
    one('text', t.text(20), 'Lübeck 汉萨'),
    one('bytes, empty', t.bytes(4), new Uint8Array(0)),
    one('bytes, length in two bytes', t.bytes(200), new Uint8Array(128).fill(7)),
    one('fixed(4)', t.fixed(4), Uint8Array.of(1, 2, 3, 4)),
    one('oneOf(a, b, c)', t.oneOf('a', 'b', 'c'), 'c'),
    one('option, absent', t.option(t.u16), undefined),
    one('option, present', t.option(t.u16), 5),
    one('list of u16', t.list(t.u16, 5), [1, 2, 3]),
    one('struct of u8 a, text b', t.struct({ a: t.u8, b: t.text(5) }), { a: 1, b: 'x' }),
    one('union of nothing a, u16 b', t.union({ a: t.struct({}), b: t.u16 }), { kind: 'b', value: 9 }),
  ];
}

/** Bytes that are no form of any value of the named type. */
function refused(chain: SampleChain): Json {
  const tx = must(chain.txs[0], 'a transaction').bytes;
  const envelope = must(chain.envelopes[1], 'an envelope');
  const vote = encode(voteSchema, chain.vote(0, 'notarize', 1, must(chain.blocks[1], 'a block').digest));
  const certificate = encode(certificateSchema, chain.certificate('notarize', 1, ZERO_HASH));
  const head = certificate.subarray(0, 50);
  const votes = [0, 1, 2].map((i) => certificate.subarray(50 + 66 * i, 116 + 66 * i)) as [Uint8Array, Uint8Array, Uint8Array];
  const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
  const one = (type: string, why: string, bytes: Uint8Array): Json => ({ type, why, bytes: toHex(bytes) });
  return [
    one('tx', 'a byte after the end', join(tx, Uint8Array.of(0))),
    one('tx', 'the last byte is missing', tx.subarray(0, -1)),
    one('tx', 'the number of signers is not in its shortest form', join(tx.subarray(0, 62), Uint8Array.of(0x81, 0x00), tx.subarray(63))),
    one('tx', 'no signer', join(tx.subarray(0, 62), Uint8Array.of(0))),
    one('envelope', 'a count beyond its bound', join(Uint8Array.of(0x81, 0x02), envelope.subarray(1))),
    one('envelope', 'a count of 2^32 - 1', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)),
    one('vote', 'a kind that does not exist', join(Uint8Array.of(3), vote.subarray(1))),
    one('vote', 'an epoch of 2^53', join(vote.subarray(0, 1), Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0), vote.subarray(9))),
    one('certificate', 'signers not ascending', join(head, votes[1], votes[0], votes[2])),
    one('certificate', 'a signer twice', join(head, votes[0], votes[0], votes[2])),
    one('payload', 'no lane', Uint8Array.of(0)),
    one('message', 'a message that does not exist', Uint8Array.of(13)),
    one('did', 'text that is not UTF-8', Uint8Array.of(2, 0xc0, 0x80)),
    one('did', 'text that is longer than its bound', join(Uint8Array.of(97), new Uint8Array(97).fill(0x61))),
    one('alg', 'nothing at all', new Uint8Array(0)),
  ];
}

function genesisVectors(chain: SampleChain): readonly Json[] {
  const block = must(chain.blocks[0], 'the genesis block');
  return [
    vector(chain, 'genesis', genesisSchema, chain.genesis, {
      chainId: toHex(chain.chainId),
      validatorSetHash: toHex(validatorSetHash(chain.suite, chain.set)),
      blockBytes: toHex(block.bytes),
      blockDigest: toHex(block.digest),
      seeds: chain.keys.map((_, i) => toHex(new Uint8Array(32).fill(i + 1))),
    }),
  ];
}

function didVectors(chain: SampleChain): readonly Json[] {
  return chain.inceptions.slice(0, 2).map((inception, i) => {
    const did = didOf(chain.suite, 'spec', inception);
    const record = inceptionRecord(did, inception, i);
    return vector(chain, `inception ${i}`, inceptionSchema, inception, {
      did,
      recordKey: toHex(didKeyBytes(did)),
      recordHeight: i,
      record: didRecordSchema.toJson(record),
      recordBytes: toHex(encode(didRecordSchema, record)),
    });
  });
}

function txVectors(chain: SampleChain): readonly Json[] {
  return chain.txs.map((tx, i) => vector(chain, `transaction ${i}`, txSchema, tx.value, { txid: toHex(tx.digest) }));
}

function envelopeVectors(chain: SampleChain): readonly Json[] {
  const { suite, chainId } = chain;
  return chain.envelopes.map((bytes, i) => {
    const open = openEnvelope(suite, chainId, bytes);
    if (!open.ok) throw new Error(open.error);
    const txids = open.value.txs.map((tx) => tx.digest);
    return vector(chain, `envelope ${i}`, envelopeSchema, open.value.envelope, {
      chainId: toHex(chainId),
      txids: hexes(txids),
      signBytes: toHex(envelopeSignBytes(suite, chainId, txids)),
    });
  });
}

function batchVectors(chain: SampleChain): readonly Json[] {
  return chain.batches.map(({ header, digest, signature, envelopes, bytes }, i) => ({
    name: `batch ${i}`,
    suite: chain.suite.id,
    header: batchHeaderSchema.toJson(header),
    headerBytes: toHex(encode(batchHeaderSchema, header)),
    digest: toHex(digest),
    signBytes: toHex(batchSignBytes(header, digest)),
    signature: toHex(signature),
    author: toHex(must(chain.keys[header.lane], 'the author').publicKey),
    envelopes: hexes(envelopes),
    bytes: toHex(bytes),
  }));
}

function blockVectors(chain: SampleChain): readonly Json[] {
  return chain.blocks.map((block, i) => ({
    name: `block ${i}`,
    suite: chain.suite.id,
    header: headerSchema.toJson(block.header),
    headerBytes: toHex(headerBytes(block)),
    digest: toHex(block.digest),
    payload: payloadSchema.toJson(block.payload),
    payloadBytes: toHex(encode(payloadSchema, block.payload)),
    bytes: toHex(block.bytes),
  }));
}

function voteVectors(chain: SampleChain): readonly Json[] {
  const block = must(chain.blocks[1], 'a block');
  const votes = [chain.vote(0, 'notarize', 1, block.digest), chain.vote(1, 'nullify', 2, ZERO_HASH), chain.vote(2, 'finalize', 1, block.digest)];
  return votes.map((vote) =>
    vector(chain, `vote to ${vote.kind}`, voteSchema, vote, {
      chainId: toHex(chain.chainId),
      signBytes: toHex(voteSignBytes(chain.chainId, vote)),
      publicKey: toHex(must(chain.keys[vote.signer], 'the signer').publicKey),
    }),
  );
}

function certificateVectors(chain: SampleChain): readonly Json[] {
  const block = must(chain.blocks[1], 'a block');
  const notarized = chain.certificate('notarize', 1, block.digest);
  const nullified = chain.certificate('nullify', 2, ZERO_HASH);
  const set = chain.set.validators.map(({ publicKey }) => toHex(publicKey));
  const common = { chainId: toHex(chain.chainId), validators: set };
  return [
    vector(chain, 'notarization', certificateSchema, notarized, { ...common, justRoot: toHex(justRoot(chain.suite, notarized, [])) }),
    vector(chain, 'nullification', certificateSchema, nullified, { ...common, justRoot: toHex(justRoot(chain.suite, notarized, [nullified])) }),
    vector(chain, 'finalization by all', certificateSchema, chain.certificate('finalize', 1, block.digest, [0, 1, 2, 3]), common),
  ];
}

function receiptsOf(chain: SampleChain): readonly Receipt[] {
  const [first, second] = chain.txs.map((tx) => tx.digest) as [Uint8Array, Uint8Array];
  const event = { contract: 'evidence', name: 'coSigned', data: utf8('data') };
  return [
    { txid: first, height: 1, index: 0, status: { kind: 'ok', value: {} }, gas: 1_200, results: [new Uint8Array(0)], events: [event, { ...event, name: 'linked' }] },
    {
      txid: second,
      height: 1,
      index: 1,
      status: { kind: 'refused', value: { code: 'EvidenceUnknown', message: 'There is no deposit.', params: [{ name: 'id', value: '00' }], frames: [{ contract: 'evidence', at: 'coSign' }] } },
      gas: 900,
      results: [],
      events: [],
    },
  ];
}

function receiptVectors(chain: SampleChain): readonly Json[] {
  const receipts = receiptsOf(chain);
  const roots = { receiptsRoot: toHex(receiptsRoot(chain.suite, receipts)), eventsRoot: toHex(eventsRoot(chain.suite, receipts)) };
  return receipts.map((receipt, i) => vector(chain, `receipt ${i} of 2`, receiptSchema, receipt, roots));
}

/** Six records in a tree of depth 1 whose first bucket is split, with what holds and what does not. */
function stateVectors(chain: SampleChain): readonly Json[] {
  const records = new Map<string, Uint8Array>(Array.from({ length: 12 }, (_, i) => [`spec/${i}`, utf8(`value ${i}`)]));
  const state = new NaiveState(chain.suite, records, 1, 1);
  const common = {
    records: [...records].map(([key, value]) => ({ key: toHex(utf8(key)), value: toHex(value) })),
    stateRoot: toHex(state.root),
  };
  const shown = vector(chain, 'record that is there', recordProofSchema, state.prove('spec/3'), { ...common, holds: true });
  const absent = ['absent 0', 'absent 1', 'absent 2'].map((key) => vector(chain, `record that is not there: ${key}`, recordProofSchema, state.prove(key), { stateRoot: common.stateRoot, holds: true }));
  const proof = state.prove('spec/3');
  const forged: Readonly<Record<string, RecordProof>> = {
    'absence of a record that is there': { ...proof, value: undefined },
    'another value': { ...proof, value: utf8('value 4') },
    'another depth': { ...proof, shape: { ...proof.shape, depth: 2 } },
    'a sibling too many': { ...proof, siblings: [...proof.siblings, ZERO_HASH] },
    'one entry less': { ...proof, entries: proof.entries - 1 },
    'a place next to it': { ...proof, neighbours: proof.neighbours.map((one) => ({ ...one, index: one.index ^ 1 })) },
  };
  const refusedProofs = Object.entries(forged).map(([name, one]) => vector(chain, `forged: ${name}`, recordProofSchema, one, { stateRoot: common.stateRoot, holds: false }));
  return [shown, ...absent, ...refusedProofs];
}

function proofVectors(chain: SampleChain): readonly Json[] {
  const [genesis, block] = chain.blocks as [SampleChain['blocks'][number], SampleChain['blocks'][number]];
  const header = headerBytes(block);
  const finality = chain.certificate('finalize', block.header.view, block.digest);
  const common = { chainId: toHex(chain.chainId), validators: chain.set.validators.map(({ publicKey }) => toHex(publicKey)) };
  const final = (name: string, proof: FinalProof, holds: boolean): Json => vector(chain, name, finalProofSchema, proof, { ...common, holds });
  const leaves = Array.from({ length: 6 }, (_, height): HistoryLeaf => {
    const hash = (what: string): Uint8Array => chain.suite.hash(utf8(`${what} ${height}`));
    return { height, headerDigest: hash('header'), stateRoot: hash('state'), receiptsRoot: hash('receipts'), eventsRoot: hash('events') };
  });
  const encoded = leaves.map((leaf) => encode(historyLeafSchema, leaf));
  const bound = { boundHeight: 5, historyRoot: toHex(merkleRoot(chain.suite, encoded)) };
  const pathOf = (height: number): HistoryProof => ({ leaf: must(leaves[height], 'a leaf'), count: 6, path: merkleProof(chain.suite, encoded, height) });
  const history = (name: string, proof: HistoryProof, holds: boolean): Json => vector(chain, name, historyProofSchema, proof, { ...bound, holds });
  return [
    final('final header', { header, certificate: finality }, true),
    final('forged: notarized, not final', { header, certificate: chain.certificate('notarize', block.header.view, block.digest) }, false),
    final('forged: certificate of another header', { header: headerBytes(genesis), certificate: finality }, false),
    final('forged: two of four signers', { header, certificate: chain.certificate('finalize', block.header.view, block.digest, [0, 1]) }, false),
    history('history of height 2', pathOf(2), true),
    history('history of height 5, a peak of its own', pathOf(5), true),
    history('forged: history of another height', { ...pathOf(2), leaf: { ...pathOf(2).leaf, height: 3 } }, false),
    history('forged: history of a longer range', { ...pathOf(2), count: 7 }, false),
  ];
}

function messageVectors(chain: SampleChain): readonly Json[] {
  const [, block, child] = chain.blocks as [unknown, SampleChain['blocks'][number], SampleChain['blocks'][number]];
  const progress = { held: [0, 0, 2, 0], executedHeight: 1, view: 3, finalHeight: 1 };
  const notarized = chain.certificate('notarize', 1, block.digest);
  const finality = chain.certificate('finalize', 1, block.digest);
  const messages: readonly Message[] = [
    { kind: 'proposal', value: { block: child.bytes, just: [notarized, chain.certificate('nullify', 2, ZERO_HASH)], vote: chain.vote(3, 'notarize', 3, child.digest), progress } },
    { kind: 'vote', value: { vote: chain.vote(0, 'notarize', 3, child.digest), progress } },
    { kind: 'certificate', value: { certificate: notarized } },
    { kind: 'progress', value: progress },
    { kind: 'certificateRequest', value: { view: 2 } },
    { kind: 'batch', value: { batch: must(chain.batches[0], 'a batch').bytes } },
    { kind: 'batchRequest', value: { lane: 2, fromSeq: 1, toSeq: 2 } },
    { kind: 'batchByDigest', value: { digest: must(chain.batches[1], 'a batch').digest } },
    { kind: 'blockRequest', value: { digest: block.digest } },
    { kind: 'block', value: { block: block.bytes } },
    { kind: 'finalRequest', value: { fromHeight: 1, count: 64 } },
    { kind: 'finals', value: { blocks: [{ block: block.bytes, certificate: undefined }, { block: child.bytes, certificate: finality }] } },
  ];
  return messages.map((message) => vector(chain, message.kind, messageSchema, message));
}
