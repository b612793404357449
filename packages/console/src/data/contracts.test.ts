import { encode } from '@hanse/codec';
import { fromUtf8, must, toHex, utf8 } from '@hanse/kit';
import { contractRecordSchema, type ContractRecord } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { fakeApi, trustedChain } from '../../test/api.ts';
import { Fake } from '../../test/fake.ts';
import { TradeFake } from '../../test/tradefake.ts';
import { loadContract, rowKeyBytes, viewOf } from './contracts.ts';

const codeHash = new Uint8Array(32).fill(7);

/** A contract with one table, whose key has these shapes. */
function withKey(shapes: Readonly<Record<string, object>>): ContractRecord {
  const fields = Object.entries(shapes);
  const manifest = {
    abi: 1,
    name: 'shop',
    tables: [
      { name: 'row', row: { kind: 'struct', fields }, key: Object.keys(shapes), listed: false },
    ],
    events: [],
    methods: [],
  };
  return {
    name: 'shop',
    version: 1,
    codeHash,
    codeBytes: 1,
    chunks: [codeHash],
    manifest: utf8(JSON.stringify(manifest)),
    owners: { organisations: ['did:hanse:test:a'], threshold: 1 },
    txid: codeHash,
    height: 1,
    time: 1,
  };
}

function keyOf(shapes: Readonly<Record<string, object>>, row: Readonly<Record<string, unknown>>) {
  const table = must(viewOf(withKey(shapes)).tables['row'], 'the table');
  return rowKeyBytes(table, row);
}

describe('keys of rows', () => {
  const text = { kind: 'text', bytesMax: 40 };
  const int = { kind: 'int', min: -9, max: 9 };

  it('end texts and write their zeros as two bytes', () => {
    const key = keyOf({ a: text, b: text }, { a: 'acme', b: '1' });
    expect(fromUtf8(key)).toBe('c/shop/r/row/acme\0\x001\0\0');
    const zero = keyOf({ a: text }, { a: 'x\0y' });
    expect(toHex(zero).endsWith('7800ff790000')).toBe(true);
  });

  it('sort integers as numbers', () => {
    const keys = [-9, -1, 0, 3, 9].map((a) => toHex(keyOf({ a: int }, { a })));
    expect([...keys].sort()).toEqual(keys);
    expect(keys[3]?.endsWith('8000000000000003')).toBe(true);
  });

  it('hold hashes and words as they are', () => {
    const shapes = { a: { kind: 'fixed', sizeBytes: 2 }, b: { kind: 'oneOf', names: ['x', 'y'] } };
    expect(toHex(keyOf(shapes, { a: Uint8Array.of(1, 2), b: 'y' })).endsWith('010201')).toBe(true);
  });
});

describe('a deployed contract', () => {
  it('is read from its proved record, once', async () => {
    const fake = await TradeFake.create('intl', Date.now());
    const api = fakeApi(fake);
    const chain = trustedChain(fake.base);
    const [one, two] = await Promise.all([
      loadContract(api, chain, 'packs'),
      loadContract(api, chain, 'packs'),
    ]);
    expect(one).toBe(two);
    expect(api.asked).toHaveLength(1);
    expect(Object.keys(one.tables)).toContain('interval');
    expect(one.tables['interval']?.keyFields).toEqual(['pack', 'from']);
  });

  it('is refused when its proof does not hold, and asked for again later', async () => {
    const fake = await TradeFake.create('intl', Date.now());
    const api = fakeApi(fake);
    const chain = trustedChain(fake.base);
    fake.lie = 'record';
    await expect(loadContract(api, chain, 'packs')).rejects.toMatchObject({
      codeName: expect.stringMatching(/^Proof/),
    });
    fake.lie = 'none';
    await expect(loadContract(api, chain, 'packs')).resolves.toBeDefined();
  });

  it('is proved not to be there', async () => {
    const fake = new Fake('intl', Date.now());
    const asked = loadContract(fakeApi(fake), trustedChain(fake), 'packs');
    await expect(asked).rejects.toMatchObject({ codeName: 'UnknownContract' });
  });

  it('needs a manifest', () => {
    const record = { ...withKey({}), manifest: utf8('{}') };
    expect(() => viewOf(record)).toThrow(/HANSE-/);
    expect(encode(contractRecordSchema, record).length).toBeGreaterThan(0);
  });
});
