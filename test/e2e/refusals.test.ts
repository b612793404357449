import type { Settled } from '@hanse/client';
import { encode } from '@hanse/codec';
import { limits, nameOf } from '@hanse/kit';
import {
  envelopeSchema,
  postSchema,
  sealTx,
  type Receipt,
  type SubmitResult,
  type TxOutcome,
} from '@hanse/model';
import { randomBytes } from '@hanse/native';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey, type Holder } from '../harness/make.ts';
import { Network } from '../harness/network.ts';
import { depositCall, envelopeOf, sampleDeposit, txOf, type TxOptions } from '../harness/sample.ts';
import { heightOf, levelHeads, outcomesAt } from '../harness/truth.ts';

let network: Network;
let turn = 0;
beforeAll(async () => {
  network = await Network.start();
});
afterAll(() => network.remove());

type Answer = { readonly status: number; readonly code: string };

/** Post bytes to one validator after the other, round robin. */
async function postBody(body: Uint8Array): Promise<Answer> {
  const url = network.url(turn++ % network.size);
  const response = await fetch(`${url}/v1/envelopes`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: body.slice(),
  });
  const answer = (await response.json()) as {
    readonly code?: string;
    readonly results?: readonly SubmitResult[];
  };
  const [result] = answer.results ?? [];
  const problem = result?.status === 'refused' ? result.problem : answer;
  const code = nameOf(problem.code ?? '') ?? result?.status ?? 'nothing';
  return { status: response.status, code };
}

const post = (envelope: Uint8Array): Promise<Answer> =>
  postBody(encode(postSchema, { envelopes: [envelope] }));

function signed(over: Partial<TxOptions> = {}, holder: Holder = network.operator(0)): Uint8Array {
  const { suite, chainId } = network.files;
  const calls = [depositCall(sampleDeposit(Date.now()))];
  const tx = txOf(suite, { chainId, holders: [holder], calls, ...over });
  return envelopeOf(suite, [tx], [holder]);
}

/** What anybody can see of the state, to be the same before and after. */
async function stateSeen(): Promise<unknown> {
  const heads = await levelHeads(network);
  const status = await network.ask<{ readonly pendingTransactions: number }>(0, '/v1/status');
  const { value } = await network
    .client()
    .query('evidence', 'list', { after: undefined, limit: 100 });
  return {
    heads: heads.map(({ height, digest }) => `${height} ${digest}`),
    pending: status.pendingTransactions,
    deposits: value.rows.length,
  };
}

const refusals: readonly (readonly [name: string, code: string, make: () => Uint8Array])[] = [
  ['expired', 'Expired', () => signed({ validUntil: Date.now() - 60_000 })],
  ['valid for too long', 'TooFarAhead', () => signed({ validUntil: Date.now() + 3_600_000 })],
  ['of another chain', 'WrongChain', () => signed({ chainId: randomBytes(32) })],
  [
    'by an identity nobody registered',
    'DidUnknown',
    () =>
      signed({}, { ...network.operator(0), did: network.operator(0).did.replace(/.{4}$/, 'aaaa') }),
  ],
  [
    'with a key nobody registered',
    'KeyUnknown',
    () => signed({}, { ...network.operator(0), kid: 'key-7' }),
  ],
  [
    'with another key under a registered name',
    'KeyMismatch',
    () => signed({}, { ...network.operator(0), key: newKey(network.files.suite) }),
  ],
  ['with a key for another purpose', 'WrongPurpose', () => signed({}, network.files.validators[0])],
  [
    'with a signature over something else',
    'BadSignature',
    () => {
      const { suite, chainId } = network.files;
      const holder = network.operator(0);
      const [one, two] = [1, 2].map(() =>
        txOf(suite, {
          chainId,
          holders: [holder],
          calls: [depositCall(sampleDeposit(Date.now()))],
        }),
      );
      const other = suite.sign(holder.key, two?.digest ?? new Uint8Array());
      return encode(envelopeSchema, {
        txs: [one?.bytes ?? new Uint8Array()],
        signatures: [{ alg: holder.key.alg, publicKey: holder.key.publicKey, signature: other }],
      });
    },
  ],
  [
    'of another protocol version',
    'UnsupportedVersion',
    () => {
      const { suite, chainId } = network.files;
      const holder = network.operator(0);
      const calls = [depositCall(sampleDeposit(Date.now()))];
      const tx = txOf(suite, { chainId, holders: [holder], calls });
      return envelopeOf(suite, [sealTx(suite, { ...tx.value, protocolVersion: 99 })], [holder]);
    },
  ],
  [
    'with more gas than is allowed',
    'OverLimit',
    () => signed({ gasLimit: limits.gasPerTxMax + 1 }),
  ],
  ['cut off', 'Malformed', () => signed().slice(0, -9)],
  ['with bytes behind its end', 'Malformed', () => Uint8Array.of(...signed(), 0)],
  ['that is noise', 'Malformed', () => randomBytes(500)],
];

describe('an envelope', () => {
  it.each(refusals)('%s is refused as %s, and nothing changes', async (_, code, make) => {
    const before = await stateSeen();
    for (const _index of network.running())
      expect(await post(make())).toEqual({ status: 202, code });
    expect(await stateSeen()).toEqual(before);
  });

  it.each([
    ['noise', 'Malformed', 400, () => randomBytes(2_000)],
    ['nothing', 'Malformed', 400, () => new Uint8Array()],
    ['cut off', 'Malformed', 400, () => encode(postSchema, { envelopes: [signed()] }).slice(0, -1)],
    ['over the bound of a post', 'OverLimit', 413, () => new Uint8Array(limits.postBytesMax + 1)],
  ] as const)('in a post that is %s is refused as %s', async (_, code, status, make) => {
    const before = await stateSeen();
    expect(await postBody(make())).toEqual({ status, code });
    expect(await stateSeen()).toEqual(before);
  });

  it('that names an unknown contract, method or argument is executed and refused', async () => {
    const client = network.clientOf(0);
    const call = depositCall(sampleDeposit(Date.now()));
    for (const [changed, codeName] of [
      [{ ...call, contract: 'nothing' }, 'UnknownContract'],
      [{ ...call, method: 'nothing' }, 'UnknownMethod'],
      [{ ...call, args: call.args.slice(1) }, 'BadArguments'],
    ] as const)
      await expect(client.transact([changed])).rejects.toMatchObject({ codeName });
  });
});

function receiptOf(settled: readonly Settled[]): Receipt | undefined {
  const [one] = settled;
  return one?.kind === 'executed' ? one.receipt : undefined;
}

describe('the same transaction again', () => {
  it('gives the first receipt at every validator and writes nothing', async () => {
    const { suite, chainId } = network.files;
    const holder = network.operator(1);
    const calls = [depositCall(sampleDeposit(Date.now()))];
    const tx = txOf(suite, { chainId, holders: [holder], calls });
    const envelope = envelopeOf(suite, [tx], [holder]);
    const first = await network.client().send(envelope);
    expect(first).toMatchObject([{ kind: 'executed', receipt: { status: { kind: 'ok' } } }]);
    const before = await stateSeen();
    for (const index of network.running()) {
      // Each validator proves it with the votes that it has: three of four, not always the same.
      const [again] = await network.client({ nodes: [index] }).send(envelope);
      expect(again).toMatchObject({ kind: 'executed', receipt: receiptOf(first) });
    }
    expect(await stateSeen()).toEqual(before);
  });

  it('under the same salt with other bytes is refused as SaltReused', async () => {
    const salt = randomBytes(limits.saltBytes);
    await network.client().send(signed({ salt }));
    await levelHeads(network);
    const before = await stateSeen();
    for (const _index of network.running())
      expect(await post(signed({ salt }))).toEqual({ status: 202, code: 'SaltReused' });
    expect(await stateSeen()).toEqual(before);
  });

  it('in an envelope somebody else signed is refused, and the real one is executed', async () => {
    const { suite, chainId } = network.files;
    const [victim, thief] = [network.operator(2), network.operator(3)];
    const calls = [depositCall(sampleDeposit(Date.now()))];
    const tx = txOf(suite, { chainId, holders: [victim], calls });
    for (const _index of network.running())
      expect(await post(envelopeOf(suite, [tx], [thief]))).toEqual({
        status: 202,
        code: 'KeyMismatch',
      });
    const [settled] = await network.client().send(envelopeOf(suite, [tx], [victim]));
    expect(settled).toMatchObject({ kind: 'executed', receipt: { status: { kind: 'ok' } } });
  });
});

it('one bad envelope of a post does not hold up the others', async () => {
  const { suite, chainId } = network.files;
  const holder = network.operator(0);
  const txs = [1, 2].map(() =>
    txOf(suite, { chainId, holders: [holder], calls: [depositCall(sampleDeposit(Date.now()))] }),
  );
  const [one, two] = txs.map((tx) => envelopeOf(suite, [tx], [holder]));
  const envelopes = [one, randomBytes(50), two].filter((bytes) => bytes !== undefined);
  const response = await fetch(`${network.url(0)}/v1/envelopes`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: encode(postSchema, { envelopes }).slice(),
  });
  const { results } = (await response.json()) as { readonly results: readonly SubmitResult[] };
  expect(results.map(({ status }) => status)).toEqual(['taken', 'refused', 'taken']);
  await network.client().send(two ?? new Uint8Array());
  await levelHeads(network);
  const txids = results.flatMap((one) => (one.status === 'taken' ? one.txids : []));
  const outcomes: ReadonlyMap<string, TxOutcome> = await outcomesAt(network.url(3), txids);
  for (const txid of txids) expect(heightOf(outcomes.get(txid))).toBeGreaterThan(0);
});
