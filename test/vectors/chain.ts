import { createSuite, type KeyPair, type Suite, type SuiteId } from '@hanse/crypto';
import { must, utf8 } from '@hanse/kit';
import {
  chainIdOf, didOf, emptyPayload, genesisBlock, genesisValidators, justRoot, sealBatch, sealBlock, sealEnvelope, sealTx, voteSignBytes, ZERO_HASH,
  type Batch, type Block, type Certificate, type Genesis, type Inception, type Sealed, type Tx, type ValidatorSet, type Vote, type VoteKind,
} from '@hanse/model';

/** A small chain that is the same on every machine; all vectors are parts of it. */
export type SampleChain = {
  readonly suite: Suite;
  readonly inceptions: readonly Inception[];
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly set: ValidatorSet;
  readonly keys: readonly KeyPair[];
  readonly txs: readonly Sealed<Tx>[];
  readonly envelopes: readonly Uint8Array[];
  readonly batches: readonly Batch[];
  readonly blocks: readonly Block[];
  readonly vote: (signer: number, kind: VoteKind, view: number, digest: Uint8Array) => Vote;
  readonly certificate: (kind: VoteKind, view: number, digest: Uint8Array, signers?: readonly number[]) => Certificate;
};

const VALIDATORS = 4;
const START_MS = 1_767_225_600_000;

/** The chain of a suite. Key i comes from the seed of 32 bytes i + 1. */
export function sampleChain(id: SuiteId): SampleChain {
  const suite = createSuite(id);
  const keys = Array.from({ length: VALIDATORS }, (_, i) => suite.keyPairFromSeed(suite.defaultAlg, new Uint8Array(32).fill(i + 1)));
  const inceptions = keys.map((key, i): Inception => ({
    kind: i === 0 ? 'organisation' : 'device',
    name: i === 0 ? '示例银行' : `device ${i}`,
    controllers: [],
    keys: [{ kid: 'main', alg: key.alg, publicKey: key.publicKey, purposes: ['invoke', 'authenticate'] }],
    salt: new Uint8Array(16).fill(i),
  }));
  const dids = inceptions.map((inception) => didOf(suite, 'spec', inception));
  const didAt = (index: number): string => must(dids[index], 'a DID');
  const genesis: Genesis = {
    protocolVersion: 1,
    network: 'spec',
    suite: id,
    sigRule: 1,
    time: START_MS,
    parameters: { deltaMs: 500, minBlockIntervalMs: 10, heartbeatMs: 60_000, blockBytesMax: 8_388_608, blockGasMax: 2_000_000_000, executionLagBlocksMax: 8 },
    identities: inceptions,
    validators: keys.map(({ alg, publicKey }, i) => ({ did: didAt(i), organisation: didAt(0), alg, publicKey, tlsPublicKey: new Uint8Array(44).fill(i) })),
  };
  const chainId = chainIdOf(suite, genesis);
  const sign = (signer: number, message: Uint8Array): Uint8Array => suite.sign(must(keys[signer], 'a key'), message);
  const vote: SampleChain['vote'] = (signer, kind, view, digest) => {
    const what = { kind, epoch: 0, view, digest };
    return { ...what, signer, signature: sign(signer, voteSignBytes(chainId, what)) };
  };
  const certificate: SampleChain['certificate'] = (kind, view, digest, signers = [0, 1, 3]) => ({
    kind, epoch: 0, view, digest, votes: signers.map((signer) => ({ signer, signature: vote(signer, kind, view, digest).signature })),
  });
  const txs = sampleTxs(suite, chainId, didAt);
  const [first, second, third] = txs as [Sealed<Tx>, Sealed<Tx>, Sealed<Tx>];
  const envelopes = [sealEnvelope(suite, [first, second], keys.slice(0, 1)), sealEnvelope(suite, [third], keys.slice(0, 2))];
  const batches = sampleBatches({ suite, chainId, txs, envelopes, sign });
  const blocks = sampleBlocks({ suite, genesis, chainId, batches, certificate });
  return { suite, inceptions, genesis, chainId, set: genesisValidators(genesis), keys, txs, envelopes, batches, blocks, vote, certificate };
}

function sampleTxs(suite: Suite, chainId: Uint8Array, didAt: (index: number) => string): readonly Sealed<Tx>[] {
  const call = { contract: 'evidence', method: 'coSign', args: utf8('arguments') };
  const tx = (salt: number, signers: readonly number[], calls: Tx['calls']): Sealed<Tx> =>
    sealTx(suite, {
      protocolVersion: 1,
      chainId,
      salt: new Uint8Array(16).fill(salt),
      validUntil: START_MS + 60_000,
      gasLimit: 2_000_000,
      signers: signers.map((index) => ({ did: didAt(index), kid: 'main' })),
      calls,
    });
  return [tx(1, [0], [call]), tx(2, [0], [call, { ...call, method: 'link', args: new Uint8Array(200) }]), tx(3, [0, 1], [call])];
}

type BatchParts = Pick<SampleChain, 'suite' | 'chainId' | 'txs' | 'envelopes'> & { readonly sign: (signer: number, message: Uint8Array) => Uint8Array };

function sampleBatches({ suite, chainId, txs, envelopes, sign }: BatchParts): readonly Batch[] {
  const lane = 2;
  const gasOf = (count: number): number => txs.slice(0, count).reduce((sum, tx) => sum + tx.value.gasLimit, 0);
  const header = { chainId, epoch: 0, lane, seq: 1, prevDigest: ZERO_HASH, txCount: 2, gasSum: gasOf(2) };
  const first = sealBatch(suite, header, envelopes.slice(0, 1), (message) => sign(lane, message));
  const next = { ...header, seq: 2, prevDigest: first.digest, txCount: 3, gasSum: gasOf(3) };
  return [first, sealBatch(suite, next, envelopes, (message) => sign(lane, message))];
}

type BlockParts = Pick<SampleChain, 'suite' | 'genesis' | 'chainId' | 'batches' | 'certificate'>;

/** Genesis; a block in view 1 that orders the first batch; one in view 3, after view 2 was nullified. */
function sampleBlocks({ suite, genesis, chainId, batches, certificate }: BlockParts): readonly Block[] {
  const first = genesisBlock(suite, genesis);
  const blocks = [first];
  for (const [index, batch] of batches.entries()) {
    const parent = must(blocks.at(-1), 'a parent');
    const view = 1 + 2 * index;
    const payload = emptyPayload(VALIDATORS).map((tip, lane) => (lane === batch.header.lane ? { seq: batch.header.seq, digest: batch.digest } : tip));
    const skipped = index === 0 ? [] : [certificate('nullify', view - 1, ZERO_HASH)];
    const parentCertificate = index === 0 ? undefined : certificate('notarize', parent.header.view, parent.digest);
    const header = {
      ...first.header,
      view,
      height: index + 1,
      parentView: parent.header.view,
      parentDigest: parent.digest,
      time: START_MS + 1_000 * (index + 1),
      proposer: view % VALIDATORS,
      executed: index === 0 ? first.header.executed : { height: 1, stateRoot: suite.hash(utf8('state 1')), historyRoot: suite.hash(utf8('history 1')) },
      justRoot: justRoot(suite, parentCertificate, skipped),
    };
    blocks.push(sealBlock(suite, { ...header, chainId }, payload));
  }
  return blocks;
}
