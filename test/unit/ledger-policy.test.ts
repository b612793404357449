import { decode, encode } from '@hanse/codec';
import { createSuite } from '@hanse/crypto';
import { must, utf8 } from '@hanse/kit';
import { Ledger, type Executor, type KvWrite } from '@hanse/ledger';
import {
  chainIdOf,
  didOf,
  evidenceKeyBytes,
  genesisBlock,
  openEnvelope,
  sealBlock,
  sealEnvelope,
  sealTx,
  systemContracts,
  verifyRecordProof,
  type Deposit,
  type Genesis,
  type Inception,
} from '@hanse/model';
import { createExecutor } from '@hanse/policy';
import { expect, it } from 'vitest';

const suite = createSuite('intl');
const key = suite.keyPairFromSeed('ed25519', suite.hash(utf8('harbour')));
const stolen = suite.keyPairFromSeed('ed25519', suite.hash(utf8('mallory')));
const harbour: Inception = {
  kind: 'organisation',
  name: 'Harbour',
  controllers: [],
  keys: [{ kid: 'k1', alg: 'ed25519', publicKey: key.publicKey, purposes: ['invoke'] }],
  salt: new Uint8Array(16),
};
const did = didOf(suite, 'test', harbour);
const genesis: Genesis = {
  protocolVersion: 1,
  network: 'test',
  suite: 'intl',
  sigRule: 1,
  time: 1_000,
  parameters: {
    deltaMs: 100,
    minBlockIntervalMs: 10,
    heartbeatMs: 60_000,
    blockBytesMax: 1_000_000,
    blockGasMax: 1_000_000_000,
    executionLagBlocksMax: 8,
  },
  identities: [harbour],
  validators: [
    {
      did,
      organisation: did,
      alg: 'ed25519',
      publicKey: key.publicKey,
      tlsPublicKey: new Uint8Array(1),
    },
  ],
};
const id = suite.hash(utf8('file'));
const form: Deposit = {
  byteHash: id,
  sizeBytes: 4,
  mediaType: 'text/plain',
  fieldsRoot: id,
  fieldCount: 1,
  capture: {
    device: '',
    software: 'test',
    softwareVersion: '1',
    capturedAt: 1,
    timeSource: 'ntp',
    method: 'file',
  },
};
const { args } = systemContracts.evidence.methods.deposit;
const call = { contract: 'evidence', method: 'deposit', args: encode(args, form) };

it('native contracts run on the ledger, and what they wrote can be proved and asked for', async () => {
  // The ledger's port and the executor are declared apart: this line holds them together.
  const executor: Executor = createExecutor(suite, genesis);
  const kv = { get: () => undefined, list: () => [] };
  const { ledger, writes } = Ledger.open({ suite, kv, executor, genesis });
  expect(writes.length).toBeGreaterThan(0);
  const tx = sealTx(suite, {
    protocolVersion: 1,
    chainId: chainIdOf(suite, genesis),
    salt: new Uint8Array(16),
    validUntil: 5_000,
    gasLimit: 100_000,
    signers: [{ did, kid: 'k1' }],
    calls: [call],
  });
  const real = sealEnvelope(suite, [tx], [key]);
  const copy = sealEnvelope(suite, [tx], [stolen]);
  const open = openEnvelope(suite, ledger.chainId, copy);
  const admission = ledger.admit(must(open.ok ? open.value : undefined, 'it opens'), 2_000);
  expect(admission).toMatchObject({ status: 'refused', refusal: { code: 'KeyMismatch' } });

  const parent = genesisBlock(suite, genesis);
  const block = sealBlock(
    suite,
    { ...parent.header, height: 1, view: 1, time: 2_000, parentDigest: parent.digest },
    parent.payload,
  );
  const applied = ledger.apply({ ...block, envelopes: [copy, real] });
  expect(applied.voids).toMatchObject([{ code: 'KeyMismatch' }]);
  expect(applied.receipts).toMatchObject([{ status: { kind: 'ok' }, txid: tx.digest }]);
  const stored: readonly KvWrite[] = applied.writes;
  expect(stored.length).toBeGreaterThan(0);

  const proof = must(ledger.proveRecord(evidenceKeyBytes(id), 1), 'a proof');
  expect(verifyRecordProof(suite, applied.executed.stateRoot, proof)).toBe(true);
  const { get } = systemContracts.evidence.queries;
  const answer = await ledger.query('evidence', 'get', encode(get.args, { id }));
  const result = must(answer.result.ok ? answer.result.value : undefined, 'an answer');
  expect(decode(get.result, result)).toMatchObject({ ok: true, value: { depositor: did } });
});
