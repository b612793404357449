import { describe, expect, it } from 'vitest';
import { Feed } from './feed.ts';
import { Waiters } from './waiters.ts';
import { whySentence } from './why.ts';

const txid = new Uint8Array(32).fill(7);
const text = '07'.repeat(32);

describe('waiters', () => {
  it('settles final at execution and proved only once a header binds the height', async () => {
    const waiters = new Waiters();
    const final = waiters.wait(text, 'final', 5_000);
    const proved = waiters.wait(text, 'proved', 5_000);
    waiters.executed(3, [txid], []);
    expect(await final).toEqual({ kind: 'executed', height: 3 });
    let early = true;
    void proved.then(() => (early = false));
    waiters.proved(2);
    await Promise.resolve();
    expect(early).toBe(true);
    waiters.proved(3);
    expect(await proved).toEqual({ kind: 'executed', height: 3 });
    expect(waiters.size).toBe(0);
  });

  it('tells a void transaction and forgets waits that time out', async () => {
    const waiters = new Waiters();
    const wait = waiters.wait(text, 'proved', 5_000);
    waiters.executed(4, [], [{ txid, code: 'KeyRevoked', params: { kid: 'k' } }]);
    expect(await wait).toMatchObject({ kind: 'void', code: 'KeyRevoked' });
    expect(await waiters.wait(text, 'final', 1)).toEqual({ kind: 'timeout' });
    expect(waiters.size).toBe(0);
    expect(await waiters.waitProved(9, 1)).toEqual({ kind: 'timeout' });
  });
});

describe('feed', () => {
  it('hands items to every listener, drops the oldest beyond its bound, ends on abort', async () => {
    const feed = new Feed<number>({ bufferMax: 2 });
    const abort = new AbortController();
    const seen: number[] = [];
    const reader = (async () => {
      for await (const item of feed.listen(abort.signal)) seen.push(item);
    })();
    await Promise.resolve();
    for (const item of [1, 2, 3]) feed.publish(item);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([2, 3]);
    abort.abort();
    await reader;
    expect(feed.listeners).toBe(0);
  });
});

describe('why', () => {
  const validator = (index: number, connected: boolean) => ({
    index,
    did: `d${index}`,
    name: `v${index}`,
    organisation: 'o',
    self: index === 0,
    connected,
    silentMs: 12_000,
    executedHeight: 1,
    finalHeight: 1,
  });
  const facts = {
    quorum: 3,
    height: 9,
    sinceBlockMs: 250,
    pendingTransactions: 0,
    diverged: false,
    busy: false,
    withoutVote: [],
  };

  it('names who is missing and what it means', () => {
    const four = (up: readonly boolean[]) =>
      whySentence({ ...facts, validators: up.map((connected, i) => validator(i, connected)) });
    expect(four([true, true, true, true])).toMatchObject({ healthy: true, silent: [] });
    expect(four([true, true, true, false])).toMatchObject({ healthy: true, silent: ['v3'] });
    const stopped = four([true, true, false, false]);
    expect(stopped).toMatchObject({ healthy: false, silent: ['v2', 'v3'], voting: 2 });
    expect(stopped.sentence).toContain('v2');
    expect(stopped.sentenceZh).toContain('v3');
  });

  it('counts a validator that is connected and does not vote as missing once nothing moves', () => {
    const validators = [0, 1, 2, 3].map((i) => validator(i, true));
    const stuck = { ...facts, validators, sinceBlockMs: 20_000, busy: true, withoutVote: [1, 2] };
    expect(whySentence(stuck)).toMatchObject({ healthy: false, voting: 2, silent: ['v1', 'v2'] });
    expect(whySentence({ ...stuck, busy: false })).toMatchObject({ healthy: true });
  });
});
