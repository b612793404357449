import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RejectError } from '@hanse/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { testChain } from '../src/index.ts';
import lab from './agree/lab.ts';
import partner from './agree/partner.ts';

/** Where a text stands in a file of the tests, as `file:line:`. */
function placeOf(file: string, text: string): string {
  const path = fileURLToPath(new URL(`./agree/${file}`, import.meta.url));
  const lines = readFileSync(path, 'utf8').split('\n');
  const line = lines.findIndex((one) => one.includes(text)) + 1;
  expect(line).toBeGreaterThan(0);
  return `${file}:${line}:`;
}

async function errorOf(call: Promise<unknown>): Promise<Error> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('it was not refused');
  return error;
}

describe.each(['plain', 'metered'] as const)('errors, %s', (mode) => {
  const chain = testChain({ lab, partner }, { mode });
  const acme = chain.as({ organisation: 'Acme' });
  afterAll(() => chain.close());

  it('of `reject` lead to the line and carry the contract’s own code', async () => {
    const error = await errorOf(acme.lab.misuse({ how: 'reject', n: 0 }));
    expect(error).toBeInstanceOf(RejectError);
    expect(error).toMatchObject({ code: 'NO', message: 'said the lab' });
    expect(error.stack).toContain(placeOf('lab.ts', "reject('NO', 'said the lab')"));
  });

  it('of another contract lead to that one', async () => {
    const error = await errorOf(acme.lab.call({ id: 'x', fail: true, caught: false }));
    expect(error).toMatchObject({ code: 'PARTNER' });
    expect(error.stack).toContain(placeOf('partner.ts', "reject('PARTNER'"));
  });

  it('of a missing row lead to the one who needs it', async () => {
    const error = await errorOf(acme.lab.query.need({ word: 'alfa', text: 'gone' }));
    const message = 'there is no row { word: alfa, text: gone }';
    expect(error).toMatchObject({ code: 'RowUnknown', message });
    expect(error.stack).toContain(placeOf('lab.ts', 'ctx.db.item.need(a)'));
  });

  it('of a fault have the line in their stack or in that of their cause', async () => {
    const error = await errorOf(acme.lab.misuse({ how: 'throw', n: 0 }));
    expect(error).toMatchObject({
      codeName: 'ContractFailed',
      params: { contract: 'lab', method: 'misuse', failure: 'Threw', message: 'TypeError: thrown' },
    });
    const cause = error.cause instanceof Error ? error.cause.stack : '';
    expect(`${error.stack}\n${cause}`).toContain(placeOf('lab.ts', "new TypeError('thrown')"));
  });
});

describe('a metered chain', () => {
  const chain = testChain({ lab, partner }, { mode: 'metered', gasLimit: 200_000 });
  const acme = chain.as({ organisation: 'Acme' });
  afterAll(() => chain.close());

  it('counts gas, the same for the same', async () => {
    await acme.lab.nothing();
    const first = chain.lastGas;
    expect(first).toBeGreaterThan(1_000);
    await acme.lab.nothing();
    expect(chain.lastGas).toBe(first);
    await acme.lab.say({ texts: ['a'] });
    expect(chain.lastGas).toBeGreaterThan(first);
  });

  it('ends what has no end', async () => {
    const texts = Array.from({ length: 60 }, () => 'x'.repeat(30));
    const starved = testChain({ lab, partner }, { mode: 'metered', gasLimit: 20_000 });
    const call = starved.as({ organisation: 'Acme' }).lab.say({ texts });
    await expect(call).rejects.toMatchObject({ codeName: 'OutOfGas', params: { limit: '20000' } });
    expect(starved.lastGas).toBe(20_000);
    await starved.close();
  });
});

describe('a chain for tests', () => {
  it('is refused names and parties that mean nothing', () => {
    const usage = expect.objectContaining({ codeName: 'UsageError' }) as Error;
    expect(() => testChain({ id: lab }, { mode: 'plain' })).toThrow(usage);
    const chain = testChain({ lab }, { mode: 'plain' });
    expect(() => chain.as({})).toThrow(usage);
    expect(() => chain.as({ did: 'Ann', roles: ['bank'] })).toThrow(usage);
    expect(() => chain.as({ did: 'did:web:example.com' })).toThrow(usage);
    expect(() => chain.asAll([{ id: 'did:hanse:test:nobody' }])).toThrow(usage);
  });

  it('knows a party again', () => {
    const chain = testChain({ lab }, { mode: 'plain' });
    const ann = chain.as({ organisation: 'Acme', did: 'Ann' });
    expect(chain.as({ organisation: 'Acme', did: 'Ann' }).id).toBe(ann.id);
    expect(chain.as({ organisation: 'Mill', did: 'Ann' }).id).not.toBe(ann.id);
    expect(chain.as({ organisation: 'Acme', did: ann.id }).id).toBe(ann.id);
    expect(chain.as({ organisation: 'Acme' }).id).toBe(ann.organisation);
    const sm = testChain({ lab }, { mode: 'plain', suite: 'sm' });
    expect(sm.as({ organisation: 'Acme' }).id).not.toBe(ann.organisation);
    expect(sm.hash(new Uint8Array())).not.toEqual(chain.hash(new Uint8Array()));
  });

  it('finds the file of a contract, or is told that it is another one', async () => {
    const wrong = { lab: new URL('./agree/partner.ts', import.meta.url) };
    const chain = testChain({ lab }, { mode: 'metered', files: wrong });
    const call = chain.as({ organisation: 'Acme' }).lab.nothing();
    await expect(call).rejects.toMatchObject({ codeName: 'BadManifest' });
    const right = { lab: fileURLToPath(new URL('./agree/lab.ts', import.meta.url)) };
    const again = testChain({ lab }, { mode: 'metered', files: right });
    await again.as({ organisation: 'Acme' }).lab.nothing();
  });

  it('keeps the order of calls that are made at once', async () => {
    const chain = testChain({ lab }, { mode: 'plain' });
    const acme = chain.as({ organisation: 'Acme' });
    await Promise.all(['a', 'b', 'c'].map((text) => acme.lab.say({ texts: [text] })));
    const texts = chain.events.flatMap((event) => (event.name === 'Said' ? [event.data.text] : []));
    expect(texts).toEqual(['a', 'b', 'c']);
  });
});
