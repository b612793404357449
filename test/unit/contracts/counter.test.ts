import { testChain } from '@hanse/testing';
import { afterAll, describe, expect, it } from 'vitest';
import counter from './counter.ts';

describe.each(['plain', 'metered'] as const)('counter, %s', (mode) => {
  const chain = testChain({ counter }, { mode });
  const acme = chain.as({ organisation: 'Acme' });
  afterAll(() => chain.close());

  it('counts', async () => {
    expect(await acme.counter.count({ name: 'a', by: 2 })).toEqual({ value: 2 });
    await expect(acme.counter.count({ name: '', by: 1 })).rejects.toMatchObject({ code: 'NAME' });
    expect(await acme.counter.query.read({ name: 'a' })).toEqual({ value: 2 });
  });
});
