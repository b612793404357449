import { HanseError, limits } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import type { QueryReply, QueryRequest } from './query.ts';
import { QueryThread } from './queries.ts';

const reply: QueryReply = { result: new Uint8Array([1]), height: 3, codeHash: undefined };
const asking = (query: string): QueryRequest => ({ contract: 'c', query, args: new Uint8Array() });

/** A thread whose workers answer by the name of the query, and a count of what was done with them. */
function threadOf(limitMs?: number) {
  const seen = { started: 0, closed: 0, atOnce: 0, atOnceMax: 0 };
  const answer = async (query: string): Promise<QueryReply> => {
    if (query === 'hangs') return new Promise(() => undefined);
    if (query === 'refused') throw new HanseError('UnknownQuery', { contract: 'c', query });
    if (query === 'breaks') throw new HanseError('Internal', { message: 'stack' });
    await new Promise((resolve) => setTimeout(resolve, 1));
    return reply;
  };
  const start = () => {
    seen.started++;
    const call = async (method: string, request: unknown): Promise<unknown> => {
      if (method !== 'query') return undefined;
      seen.atOnceMax = Math.max(seen.atOnceMax, ++seen.atOnce);
      return answer((request as QueryRequest).query).finally(() => seen.atOnce--);
    };
    const close = async (): Promise<void> => {
      seen.closed++;
      seen.atOnce = 0;
    };
    return { call, close } as unknown as ReturnType<
      ConstructorParameters<typeof QueryThread>[0]['start']
    >;
  };
  const open = { dir: '', genesis: new Uint8Array() };
  const limit = limitMs === undefined ? {} : { limitMs };
  return { seen, thread: new QueryThread({ open, start, ...limit }) };
}

describe('the query thread', () => {
  it('answers one query after the other', async () => {
    const { seen, thread } = threadOf();
    const all = await Promise.all(['a', 'b', 'c'].map((name) => thread.call(asking(name))));
    expect(all).toEqual([reply, reply, reply]);
    expect(seen).toMatchObject({ started: 1, closed: 0, atOnceMax: 1 });
  });

  it('ends one that takes too long with its thread, and answers those behind it', async () => {
    const { seen, thread } = threadOf(20);
    const long = thread.call(asking('hangs')).catch((error: unknown) => error);
    const behind = thread.call(asking('a'));
    expect(await long).toMatchObject({ codeName: 'QueryTooLong', params: { query: 'hangs' } });
    expect(await behind).toEqual(reply);
    expect(seen).toMatchObject({ started: 2, closed: 1 });
  });

  it('goes on after a refusal, and starts anew after a fault', async () => {
    const { seen, thread } = threadOf();
    const refused = thread.call(asking('refused'));
    await expect(refused).rejects.toMatchObject({ codeName: 'UnknownQuery' });
    expect(seen.closed).toBe(0);
    const broken = thread.call(asking('breaks'));
    await expect(broken).rejects.toMatchObject({ codeName: 'Internal' });
    expect(await thread.call(asking('a'))).toEqual(reply);
    expect(seen).toMatchObject({ started: 2, closed: 1 });
  });

  it('lets no more wait than its bound, and nobody wait for ever at the end', async () => {
    const { thread } = threadOf(60_000);
    const settled = (query: string) => thread.call(asking(query)).catch((error: unknown) => error);
    const waiting = Array.from({ length: limits.apiQueriesWaitingMax }, () => settled('hangs'));
    expect(await settled('a')).toMatchObject({ codeName: 'NotReady' });
    await thread.close();
    const rest = await Promise.all(waiting.slice(1));
    expect(rest.every((error) => error instanceof HanseError)).toBe(true);
  });
});
