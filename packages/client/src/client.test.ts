import { decode, encode, isJsonObject, type Json } from '@hanse/codec';
import { fromBase64Url, limits, must, toBase64Url, toHex, utf8 } from '@hanse/kit';
import { evidenceKeyBytes, finalProofSchema, openEnvelope, postSchema } from '@hanse/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildChain, cheapSuite, FILE, NOW_MS } from '../test/chain.ts';
import { FakeChain, FakeNode, fakePlatform, FakeTime } from '../test/node.ts';
import { callOf } from './calls.ts';
import { createClient, type Client, type ClientConfig } from './client.ts';
import { keySigner } from './keys.ts';
import { memoryOutbox } from './outbox.ts';
import { signDraft } from './tx.ts';

const suite = cheapSuite();
const chain = buildChain(suite);
const signer = keySigner(suite, {
  did: chain.depositor,
  kid: 'k1',
  key: suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(50)),
});
const id = suite.hash(FILE);
const coSign = (statement = 'seen') => callOf('evidence', 'coSign', { id, statement }).call;

let time: FakeTime;
let fake: FakeChain;
let nodes: FakeNode[];

beforeEach(() => {
  time = new FakeTime();
  fake = new FakeChain(chain, time);
  nodes = [new FakeNode(fake), new FakeNode(fake), new FakeNode(fake)];
});

function clientOf(more: Partial<ClientConfig> = {}): Client {
  return createClient({
    urls: ['http://0.0.0.0', 'http://0.0.0.1', 'http://0.0.0.2'],
    genesisHash: toHex(chain.chainId),
    suiteOf: () => suite,
    signer,
    platform: fakePlatform(nodes, time),
    ...more,
  });
}

function node(index: number): FakeNode {
  return must(nodes[index], 'node');
}

/** Envelopes of a post's body. */
function envelopesIn(body: Uint8Array | undefined): readonly Uint8Array[] {
  const post = decode(postSchema, must(body, 'a post'));
  if (!post.ok) throw new Error(post.error);
  return post.value.envelopes;
}

describe('submit', () => {
  it('resolves with the proved result', async () => {
    const executed = await clientOf().call('evidence', 'coSign', { id, statement: 'seen' });
    expect(executed).toMatchObject({ height: 7, result: {} });
    expect(fake.executed.has(executed.txid)).toBe(true);
  });

  it('says in its type when a result is not proved', async () => {
    const answer = await clientOf().call(
      'evidence',
      'coSign',
      { id, statement: 'seen' },
      { until: 'final' },
    );
    expect(answer.unproved.height).toBe(7);
    expect(node(0).seen.some((path) => path.includes('proof'))).toBe(false);
  });

  it('throws the refusal of a receipt, after checking its proof', async () => {
    fake.refusedMethods.add('coSign');
    await expect(
      clientOf().call('evidence', 'coSign', { id, statement: '' }),
    ).rejects.toMatchObject({ codeName: 'EvidenceUnknown' });
  });

  it('refuses arguments over their bound before anything is sent', async () => {
    const sent = clientOf().call('evidence', 'coSign', { id, statement: 'x'.repeat(2_000) });
    await expect(sent).rejects.toMatchObject({ codeName: 'BadArguments' });
    expect(node(0).seen).toEqual([]);
  });

  it('sends the same bytes to the next node when an answer is lost', async () => {
    const client = clientOf();
    await client.chain();
    node(0).faults.push('lost-answer');
    node(1).faults.push('down');
    const executed = await client.call(
      'evidence',
      'coSign',
      { id, statement: 'seen' },
      { idempotencyKey: 'k' },
    );
    expect(executed.height).toBe(7);
    expect(node(2).posts[0]).toEqual(node(0).posts[0]);
    expect(fake.height).toBe(8);
  });

  it('sends them again when a node forgot what it took', async () => {
    const client = clientOf();
    await client.chain();
    node(0).faults.push('forgets');
    await client.call('evidence', 'coSign', { id, statement: 'seen' });
    expect(node(0).posts.length).toBe(2);
    expect(node(0).posts[1]).toEqual(node(0).posts[0]);
  });

  it('waits as long as a full node asks, and stops at what is refused for good', async () => {
    const client = clientOf({ urls: ['http://0.0.0.0'] });
    await client.chain();
    node(0).faults.push(
      { problem: 'NotReady', params: { reason: 'starting' } },
      { problem: 'PoolFull', params: { held: 1, limit: 1, afterMs: 700 } },
    );
    await client.call('evidence', 'coSign', { id, statement: 'a' });
    expect(time.nowMs - NOW_MS).toBeGreaterThanOrEqual(700);
    node(0).faults.push({ problem: 'WrongChain', params: { got: 'a', expected: 'b' } });
    await expect(client.call('evidence', 'coSign', { id, statement: 'b' })).rejects.toMatchObject({
      codeName: 'WrongChain',
    });
  });

  it('gives up at the deadline with an outcome that is open', async () => {
    const client = clientOf();
    await client.chain();
    const sent = client.call('evidence', 'coSign', { id, statement: 'x' }, { timeoutMs: 30_000 });
    for (const one of nodes) one.faults.push(...Array.from({ length: 500 }, () => 'down' as const));
    await expect(sent).rejects.toMatchObject({ codeName: 'NodeUnreachable', retry: 'same-key' });
    expect(time.nowMs - NOW_MS).toBeGreaterThanOrEqual(30_000);
    expect(time.nowMs - NOW_MS).toBeLessThan(120_000);
  });

  it('does not go on when the caller aborts', async () => {
    const leaving = new AbortController();
    leaving.abort(new Error('enough'));
    await expect(
      clientOf().call('evidence', 'coSign', { id, statement: 'x' }, { signal: leaving.signal }),
    ).rejects.toThrow('enough');
  });

  it('believes no node whose proof does not hold', async () => {
    const client = clientOf();
    await client.chain();
    const other = buildChain(suite, { keySeed: 200 });
    node(0).tamper = (answer) =>
      replaceFinals(answer, (final) => {
        const proof = decode(finalProofSchema, must(fromBase64Url(final), 'final'));
        if (!proof.ok) throw new Error(proof.error);
        const votes = proof.value.certificate.votes.map((vote) => ({
          ...vote,
          signature: suite.sign(must(other.keys[0], 'key'), utf8('x')),
        }));
        return toBase64Url(
          encode(finalProofSchema, {
            ...proof.value,
            certificate: { ...proof.value.certificate, votes },
          }),
        );
      });
    await expect(client.call('evidence', 'coSign', { id, statement: 'x' })).rejects.toMatchObject({
      codeName: 'ProofBadCertificate',
    });
  });

  it('refuses a chain that is not the trusted one', async () => {
    const client = clientOf({ genesisHash: '00'.repeat(32) });
    await expect(client.call('evidence', 'coSign', { id, statement: 'x' })).rejects.toMatchObject({
      codeName: 'ProofWrongChain',
    });
    expect((await clientOf().chain()).anchored).toBe(true);
    const { genesisHash: _, ...rest } = { genesisHash: '' };
    const trusting = createClient({
      urls: ['http://0.0.0.0'],
      suiteOf: () => suite,
      platform: fakePlatform(nodes, time),
      ...rest,
    });
    expect((await trusting.chain()).anchored).toBe(false);
  });
});

describe('idempotency', () => {
  it('gives the first receipt for a repeated key, also to another client with the same outbox', async () => {
    const outbox = memoryOutbox();
    const options = { idempotencyKey: 'order-7' };
    const first = await clientOf({ outbox }).call(
      'evidence',
      'coSign',
      { id, statement: 'a' },
      options,
    );
    time.nowMs += 30_000;
    const second = await clientOf({ outbox }).call(
      'evidence',
      'coSign',
      { id, statement: 'a' },
      options,
    );
    expect(second).toEqual(first);
    expect(fake.height).toBe(8);
  });

  it('stores the bytes before it sends them', async () => {
    const outbox = memoryOutbox();
    const client = clientOf({ outbox });
    await client.chain();
    for (const one of nodes) one.faults.push(...Array.from({ length: 500 }, () => 'down' as const));
    await client
      .call('evidence', 'coSign', { id, statement: 'a' }, { idempotencyKey: 'k', timeoutMs: 5_000 })
      .catch(() => undefined);
    const entry = must(await outbox.get('k'), 'stored');
    for (const one of nodes) one.faults.length = 0;
    const executed = await clientOf({ outbox }).call(
      'evidence',
      'coSign',
      { id, statement: 'a' },
      { idempotencyKey: 'k' },
    );
    expect(executed.txid).toBe(toHex(entry.txid));
  });

  it('refuses another call under a used key', async () => {
    const client = clientOf();
    await client.call('evidence', 'coSign', { id, statement: 'a' }, { idempotencyKey: 'k' });
    await expect(
      client.call('evidence', 'coSign', { id, statement: 'b' }, { idempotencyKey: 'k' }),
    ).rejects.toMatchObject({ codeName: 'SaltReused' });
  });

  it('signs again only when the first bytes can never be executed', async () => {
    const outbox = memoryOutbox();
    const client = clientOf({ outbox });
    await client.chain();
    node(0).faults.push('forgets');
    node(0).tamper = (answer) => answer;
    const options = { idempotencyKey: 'k', validForMs: 5_000, timeoutMs: 60_000 };
    const pending = client.call('evidence', 'coSign', { id, statement: 'a' }, options);
    // The chain is idle past the lifetime, then makes a block whose time is later.
    const executedBefore = fake.executed.size;
    fake.execute = function (open) {
      if (time.nowMs > must(open.txs[0], 'tx').value.validUntil) this.seal([]);
      else if (
        fake.executed.size === executedBefore &&
        open.txs.some((tx) => tx.value.validUntil === NOW_MS + 5_000)
      )
        return;
      else FakeChain.prototype.execute.call(this, open);
    };
    const executed = await pending;
    const entry = must(await outbox.get('k'), 'stored');
    expect(entry.attempt).toBe(1);
    expect(executed.txid).toBe(toHex(entry.txid));
    expect(fake.executed.size).toBe(executedBefore + 1);
  });
});

describe('submitMany', () => {
  it('groups, reports progress, and answers in order', async () => {
    const seen: number[] = [];
    const submissions = Array.from({ length: 300 }, (_, i) => ({
      calls: [coSign(`n${i}`)],
      idempotencyKey: `n${i}`,
    }));
    const results = await clientOf().submitMany(submissions, {
      onProgress: (progress) => seen.push(progress.executed + progress.failed),
    });
    expect(results.every((one) => one.kind === 'executed')).toBe(true);
    expect(node(0).posts.length).toBe(2);
    expect(seen.at(-1)).toBe(300);
    const sizes = node(0).posts.map((post) => {
      const open = openEnvelope(suite, chain.chainId, must(envelopesIn(post)[0], 'envelope'));
      return open.ok ? open.value.txs.length : 0;
    });
    expect(sizes.sort((a, b) => b - a)).toEqual([256, 44]);
    for (const [i, result] of results.entries()) {
      if (result.kind !== 'executed') continue;
      const call = must(fake.executed.get(result.txid)?.tx.value.calls[0], 'call');
      expect(call.args).toEqual(coSign(`n${i}`).args);
    }
  });

  it('keeps the gas of an envelope within that of a block', async () => {
    const gasLimit = limits.gasPerTxMax;
    const submissions = Array.from({ length: 120 }, (_, i) => ({ calls: [coSign(`gas ${i}`)] }));
    const results = await clientOf().submitMany(submissions, { gasLimit });
    expect(results.every((one) => one.kind === 'executed')).toBe(true);
    expect(node(0).posts.flatMap(envelopesIn)).toHaveLength(2);
  });

  it('keeps envelopes of large transactions within their bound', async () => {
    const big = { contract: 'evidence', method: 'deposit', args: new Uint8Array(48 * 1024) };
    const submissions = Array.from({ length: 50 }, () => ({ calls: [big] }));
    const results = await clientOf().submitMany(submissions);
    expect(results.every((one) => one.kind === 'executed')).toBe(true);
    expect(node(0).posts.length).toBeGreaterThan(1);
  });

  it('refuses a key given twice and lets one failure fail alone', async () => {
    const twice = [
      { calls: [coSign()], idempotencyKey: 'k' },
      { calls: [coSign('b')], idempotencyKey: 'k' },
    ];
    await expect(clientOf().submitMany(twice)).rejects.toMatchObject({ codeName: 'UsageError' });
    fake.refusedMethods.add('link');
    const link = callOf('evidence', 'link', { from: id, to: id, relation: 'refers-to' }).call;
    const [good, bad] = await clientOf().submitMany([{ calls: [coSign()] }, { calls: [link] }]);
    expect(good).toMatchObject({ kind: 'executed', refused: undefined });
    expect(bad).toMatchObject({ kind: 'executed', refused: { codeName: 'EvidenceUnknown' } });
  });
});

describe('offline signing', () => {
  it('drafts, signs without a network, and sends', async () => {
    const client = clientOf();
    const draft = await client.draft([coSign()], {
      signers: [signer],
      idempotencyKey: 'k',
      validForMs: 60_000,
    });
    const envelope = await signDraft(draft, [signer]);
    const [settled] = await client.send(envelope);
    expect(settled?.kind).toBe('executed');
    await expect(client.send(envelope.subarray(1))).rejects.toMatchObject({
      codeName: 'Malformed',
    });
  });
});

describe('reads', () => {
  it('prove a record and its absence', async () => {
    const client = clientOf();
    expect((await client.evidence(id)).value?.depositor).toBe(chain.depositor);
    expect((await client.evidence(new Uint8Array(32))).value).toBeUndefined();
    expect((await client.identity(chain.organisation)).value?.name).toBe('Org 0');
    const record = await client.record(evidenceKeyBytes(id));
    expect(record.height).toBe(fake.height - 1);
  });

  it('ask for what was seen, and refuse an older or stale state', async () => {
    const client = clientOf();
    await client.call('evidence', 'coSign', { id, statement: 'a' });
    await client.evidence(id);
    expect(node(0).seen.at(-1)).toContain('minHeight=7');
    await expect(client.evidence(id, { minHeight: 99 })).rejects.toMatchObject({
      codeName: 'HeightNotReached',
    });
    time.nowMs += 6 * 60_000;
    await expect(client.evidence(id)).rejects.toMatchObject({ codeName: 'ProofStale' });
    expect((await client.evidence(id, { maxAgeMs: 10 * 60_000 })).value).toBeDefined();
  });

  it('follow no second block at a height they know', async () => {
    const client = clientOf();
    await client.evidence(id);
    const top = must(fake.headers.at(-1), 'header');
    fake.headers[fake.headers.length - 1] = { ...top, proposer: 3 };
    await expect(client.evidence(id)).rejects.toMatchObject({ codeName: 'ProofBadCertificate' });
  });
});

function replaceFinals(json: Json, change: (final: string) => string): Json {
  if (Array.isArray(json)) return json.map((one: Json) => replaceFinals(one, change));
  if (!isJsonObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, one]) => [
      name,
      name === 'final' && typeof one === 'string' ? change(one) : replaceFinals(one, change),
    ]),
  );
}
