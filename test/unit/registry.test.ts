import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpTagTransport, requestTags } from '@hanse/claims';
import { encode } from '@hanse/codec';
import { fromHex, must, silentLog, toBase64Url, toHex, utf8 } from '@hanse/kit';
import {
  didKeyBytes,
  didOf,
  didRecordSchema,
  finalProofSchema,
  headerBytes,
  inceptionRecord,
  recordProofSchema,
  sealBlock,
  type DidRecord,
} from '@hanse/model';
import { randomBytes } from '@hanse/native';
import { createEpochKey, readProved, registryKeysDir, startRegistry } from '@hanse/registry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NaiveState } from '../../packages/model/test/naive-state.ts';
import { sampleChain } from '../vectors/chain.ts';

/*
 * The registry believes its node only what the validators signed: a node of the sample chain that can be
 * told to lie.
 */
const chain = sampleChain('intl');
const { suite, genesis, chainId } = chain;
const inception = must(chain.inceptions[0], 'an organisation');
const did = didOf(suite, 'spec', inception);
const NOW_MS = genesis.time + 100_000;
const clock = { nowMs: (): number => NOW_MS };

/** What the node answers with: a state of one organisation, bound at a height. */
type Answers = {
  height: number;
  timeMs: number;
  record: DidRecord | undefined;
  signers: readonly number[];
  /** Record whose proof is sent instead. */
  otherDid: string | undefined;
  /** State that is proved while the header binds another. */
  forged: DidRecord | undefined;
};

let answers: Answers;
let server: Server;
let nodeUrl: string;

beforeEach(async () => {
  answers = {
    height: 3,
    timeMs: NOW_MS - 1_000,
    record: inceptionRecord(did, inception, 0),
    signers: [0, 1, 3],
    otherDid: undefined,
    forged: undefined,
  };
  server = createServer((request, response) => {
    const key = must(
      fromHex(/records\/([0-9a-f]+)\?proof=1/.exec(request.url ?? '')?.[1] ?? ''),
      'key',
    );
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(key)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  nodeUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => server.close());

function stateOf(record: DidRecord | undefined): NaiveState {
  const records = new Map([['another/key', utf8('x')]]);
  if (record !== undefined)
    records.set(new TextDecoder().decode(didKeyBytes(did)), encode(didRecordSchema, record));
  return new NaiveState(suite, records, 1, 0);
}

function answer(key: Uint8Array): unknown {
  const first = must(chain.blocks[0], 'the genesis block');
  const state = stateOf(answers.record);
  const { height } = answers;
  const executed = { height, stateRoot: state.root, historyRoot: suite.hash(utf8('history')) };
  const header = { ...first.header, view: 9, height: height + 1, time: answers.timeMs, executed };
  const block = sealBlock(suite, header, first.payload);
  const certificate = chain.certificate('finalize', 9, block.digest, answers.signers);
  const asked = answers.otherDid === undefined ? key : didKeyBytes(answers.otherDid);
  const shown = answers.forged === undefined ? state : stateOf(answers.forged);
  const proof = shown.prove(new TextDecoder().decode(asked));
  return {
    key: toHex(key),
    value: null,
    height,
    proof: {
      final: toBase64Url(encode(finalProofSchema, { header: headerBytes(block), certificate })),
      record: toBase64Url(encode(recordProofSchema, proof)),
    },
  };
}

const read = (): ((did: string) => Promise<DidRecord | undefined>) =>
  readProved({ suite, genesis, chainId, nodeUrl, clock });

it('reads identities that validators vouch for, and their absence', async () => {
  expect(await read()(did)).toEqual(answers.record);
  answers.record = undefined;
  expect(await read()(did)).toBeUndefined();
});

it('refuses what a node makes up', async () => {
  const cases: readonly (readonly [Partial<Answers>, RegExp])[] = [
    [{ signers: [0, 1] }, /HANSE-8003/],
    [{ timeMs: NOW_MS - 400_000 }, /HANSE-8007/],
    [{ otherDid: 'did:hanse:spec:3qeik4zwehevkgp43z5t3s334tnslzjc' }, /HANSE-8004/],
    [{ record: undefined, forged: inceptionRecord(did, inception, 0) }, /HANSE-8004/],
  ];
  const honest = answers;
  for (const [lie, code] of cases) {
    answers = { ...honest, ...lie };
    await expect(read()(did), JSON.stringify(Object.keys(lie))).rejects.toThrow(code);
  }
  const otherChain = readProved({
    suite,
    genesis,
    chainId: suite.hash(utf8('other')),
    nodeUrl,
    clock,
  });
  answers = honest;
  await expect(otherChain(did)).rejects.toThrow(/HANSE-8003/);
});

it('never goes back behind a height it has seen', async () => {
  const reader = read();
  await reader(did);
  answers = { ...answers, height: 2 };
  await expect(reader(did)).rejects.toThrow(/HANSE-3018/);
  answers = { ...answers, height: 4 };
  expect(await reader(did)).toEqual(answers.record);
});

it('gives tags to a member of the chain, and none while its node lies', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hanse-registry-'));
  await createEpochKey(registryKeysDir(dir), { epoch: 1, seed: randomBytes(32) });
  const random = { bytes: randomBytes };
  const readIdentity = read();
  const parts = { suite, chainId, did, dir, readIdentity, clock, random, port: 0, log: silentLog };
  const registry = await startRegistry(parts);
  const memberKey = must(chain.keys[0], 'the key of the organisation');
  const client = {
    suite,
    chainId,
    key: must(registry.keys[0], 'a key'),
    requester: { did, kid: 'main', sign: (message: Uint8Array) => suite.sign(memberKey, message) },
    clock,
    random,
  };
  const transport = httpTagTransport(registry.url, async (url, body) => {
    const headers = { 'content-type': 'application/octet-stream' };
    const response = await fetch(url, { method: 'POST', headers, body: body.slice() });
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  });
  const inputs = [{ kind: 'X' as const, key: utf8('an invoice') }];
  try {
    answers = { ...answers, signers: [0] };
    await expect(requestTags(client, inputs, transport)).rejects.toThrow(/HANSE-3017/);
    answers = { ...answers, signers: [1, 2, 3] };
    expect((await requestTags(client, inputs, transport))[0]?.tag.length).toBe(32);
  } finally {
    await registry.close();
  }
});
