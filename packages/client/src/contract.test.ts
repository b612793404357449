import { canonicalJson, decode, encode, schemaOf, shapeFromJson, type Json } from '@hanse/codec';
import { schema, t, table } from '@hanse/contract';
import { must, toBase64Url, toHex, utf8 } from '@hanse/kit';
import { contractKeyBytes, contractRecordSchema, openEnvelope, postSchema } from '@hanse/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildChain, cheapSuite } from '../test/chain.ts';
import { FakeChain, FakeNode, fakePlatform, FakeTime } from '../test/node.ts';
import { createClient, type Client } from './client.ts';
import { keySigner } from './keys.ts';
import { rejectionOf } from './problem.ts';

const order = table({ id: t.text(20), amount: t.amount(), due: t.date() }, { key: ['id'] });
const { id, amount, due } = order.fields;
const note = t.optional(t.text(40));
const app = schema({ tables: { order }, events: { Placed: { id, amount } } });
const place = app.command(
  { args: { id, amount, due, note }, returns: { place: t.int(1, 9) } },
  () => ({
    place: 1,
  }),
);
const get = app.query({ args: { id }, returns: t.optional(order.row) }, (ctx, a) =>
  ctx.db.order.get(a),
);
const shop = app.contract({ name: 'shop', methods: { place, get } });

const suite = cheapSuite();
const codeHash = new Uint8Array(32).fill(7);
const record = encode(contractRecordSchema, {
  name: 'shop',
  version: 1,
  codeHash,
  codeBytes: 10,
  chunks: [codeHash],
  manifest: utf8(canonicalJson(shop.manifest as unknown as Json)),
  owners: { organisations: ['did:hanse:test:a'], threshold: 1 },
  txid: codeHash,
  height: 2,
  time: 5,
});
const chain = buildChain(suite, { records: [{ key: contractKeyBytes('shop'), value: record }] });
const args = { id: 'A-1', amount: 125_000n, due: '2027-01-31' };

let fake: FakeChain;
let node: FakeNode;
let client: Client;

beforeEach(() => {
  const time = new FakeTime();
  fake = new FakeChain(chain, time);
  node = new FakeNode(fake);
  fake.results.set('place', encode(schemaFor('place', 'returns'), { place: 3 }));
  client = createClient({
    urls: ['http://0.0.0.0'],
    genesisHash: toHex(chain.chainId),
    suiteOf: () => suite,
    signer: keySigner(suite, {
      did: chain.depositor,
      kid: 'k1',
      key: suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(50)),
    }),
    platform: fakePlatform([node], time),
  });
});

function schemaFor(name: 'place' | 'get', part: 'args' | 'returns') {
  const shape = shapeFromJson(shop.methods[name][part]);
  if (!shape.ok) throw new Error(shape.error);
  return schemaOf(shape.value);
}

describe('a typed contract', () => {
  it('sends commands as canonical bytes and returns their proved results', async () => {
    const placed = await client.contract<typeof shop>('shop').place({ ...args, note: 'soon' });
    expect(placed).toMatchObject({ height: 7, result: { place: 3 } });
    const post = decode(postSchema, must(node.posts[0], 'a post'));
    const envelope = openEnvelope(
      suite,
      chain.chainId,
      must(post.ok ? post.value.envelopes[0] : undefined, 'one'),
    );
    const [call] = must(envelope.ok ? envelope.value.txs[0] : undefined, 'a transaction').value
      .calls;
    expect(call).toMatchObject({ contract: 'shop', method: 'place' });
    const sent = decode(schemaFor('place', 'args'), must(call, 'a call').args);
    expect(sent).toEqual({ ok: true, value: { ...args, note: 'soon' } });
  });

  it('reads the proved manifest once', async () => {
    const api = client.contract<typeof shop>('shop');
    const first = await api.place(args, { idempotencyKey: 'a', until: 'final' });
    expect(first.unproved.result).toEqual({ place: 3 });
    await client.contract<typeof shop>('shop').place(args, { idempotencyKey: 'b' });
    expect(node.seen.filter((path) => path.includes('/v1/records/'))).toHaveLength(1);
  });

  it('believes no manifest without its proof', async () => {
    const other = toBase64Url(record.map((byte) => byte ^ 1));
    node.tamper = (answer) =>
      JSON.parse(JSON.stringify(answer).replace(/"record":"[^"]*"/, `"record":"${other}"`)) as Json;
    const placing = client.contract<typeof shop>('shop').place(args);
    await expect(placing).rejects.toMatchObject({ codeName: expect.stringMatching(/^Proof/) });
    await expect(client.deployed('shop')).rejects.toThrow();
  });

  it('refuses what the contract does not have before anything is sent', async () => {
    const api = client.contract<typeof shop>('shop') as unknown as Record<
      string,
      (a: unknown) => unknown
    >;
    await expect(api['pay']?.({})).rejects.toMatchObject({ codeName: 'UnknownMethod' });
    await expect(api['place']?.({ id: 'A' })).rejects.toMatchObject({ codeName: 'BadArguments' });
    const none = client.contractCall<typeof shop, 'place'>('shop', 'place', {
      ...args,
      amount: -1n,
    });
    await expect(none).rejects.toMatchObject({ codeName: 'BadArguments' });
    await expect(client.deployed('other')).rejects.toMatchObject({ codeName: 'UnknownContract' });
    expect(node.posts).toHaveLength(0);
  });

  it('tells what a contract rejected, and where', async () => {
    const frames = [{ contract: 'shop', at: 'place 12:7' }];
    const params = Object.entries({
      contract: 'shop',
      method: 'place',
      reason: 'SOLD_OUT',
      message: 'none left',
    });
    fake.refusals.set('place', {
      code: 'ContractRejected',
      message: '',
      params: params.map(([name, value]) => ({ name, value })),
      frames,
    });
    const error = await client
      .contract<typeof shop>('shop')
      .place(args)
      .catch((one: unknown) => one);
    expect(rejectionOf(error)).toEqual({ ...Object.fromEntries(params), frames });
    expect(rejectionOf(new Error('other'))).toBeUndefined();
  });
});

describe('queries', () => {
  const answer = (hash: Uint8Array) => (): Json => ({
    resultBytes: toBase64Url(encode(schemaFor('get', 'returns'), args)),
    height: 6,
    ageMs: 4,
    codeHash: toHex(hash),
  });

  it('go as JSON and come back as values', async () => {
    let asked: Json = null;
    node.answers.set('/v1/query', (body) => {
      asked = body;
      return answer(codeHash)();
    });
    const found = await client.contract<typeof shop>('shop').query.get({ id: 'A-1' });
    expect(found).toEqual({ value: args, height: 6, ageMs: 4 });
    expect(asked).toMatchObject({ contract: 'shop', query: 'get', args: { id: 'A-1' } });
  });

  it('of another version are not read by the known one', async () => {
    node.answers.set('/v1/query', answer(new Uint8Array(32)));
    const asking = client.contract<typeof shop>('shop').query.get({ id: 'A-1' });
    await expect(asking).rejects.toMatchObject({ codeName: 'Malformed' });
    // The manifest was read again: it might have been upgraded.
    expect(node.seen.filter((path) => path.includes('/v1/records/'))).toHaveLength(2);
  });
});

it('events carry values of the contract', async () => {
  const event = shapeFromJson(must(shop.manifest.events[0], 'an event').data);
  const bytes = encode(schemaOf(must(event.ok ? event.value : undefined, 'a shape')), {
    id: 'A-1',
    amount: 5n,
  });
  node.answers.set('/v1/events', () => ({
    cursor: '7.0',
    height: 7,
    txid: 'ab',
    contract: 'shop',
    name: 'Placed',
    data: {},
    dataBytes: toBase64Url(bytes),
  }));
  const seen = [];
  for await (const one of client.contract<typeof shop>('shop').events.Placed()) seen.push(one.data);
  expect(seen).toEqual([{ id: 'A-1', amount: 5n }]);
});
