import { canonicalJson, t, type Json } from '@hanse/codec';
import { utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invoices, manifestOf, methodOf, shapeOf, tableOf } from '../test/contracts.ts';
import { readManifest } from './check.ts';
import type { Manifest } from './manifest.ts';
import { compareManifests } from './upgrade.ts';

const good = JSON.parse(canonicalJson(invoices.manifest)) as Json;

function reasonOf(json: unknown): string {
  const read = readManifest(utf8(JSON.stringify(json)));
  return read.ok ? 'ok' : read.error;
}

describe('a manifest', () => {
  it('comes back as it was declared', () => {
    const read = readManifest(utf8(canonicalJson(good)));
    expect(read).toEqual({ ok: true, value: invoices.manifest });
  });

  const row = t.struct({ id: t.int(), list: t.list(t.bool, 3), maybe: t.option(t.int()) });
  const table = tableOf('row', row, ['id']);
  const wrong: readonly (readonly [string, unknown])[] = [
    ['is no object', []],
    ['has no abi', { ...invoices.manifest, abi: undefined }],
    ['has another abi', { ...invoices.manifest, abi: 2 }],
    ['has more members', { ...invoices.manifest, more: 1 }],
    ['has a name of a system contract', manifestOf('identity')],
    ['has a name with capitals', manifestOf('Invoices')],
    ['has too many tables', manifestOf('x1', { tables: Array.from({ length: 33 }, () => table) })],
    ['has a table twice', manifestOf('x1', { tables: [table, table] })],
    ['has a method twice', manifestOf('x1', { methods: [methodOf('a'), methodOf('a')] })],
    ['has a table without a key', manifestOf('x1', { tables: [{ ...table, key: [] }] })],
    ['has an unknown field in a key', manifestOf('x1', { tables: [{ ...table, key: ['no'] }] })],
    ['has a field twice in a key', manifestOf('x1', { tables: [{ ...table, key: ['id', 'id'] }] })],
    ['has a list in a key', manifestOf('x1', { tables: [{ ...table, key: ['list'] }] })],
    ['has an option in a key', manifestOf('x1', { tables: [{ ...table, key: ['maybe'] }] })],
    [
      'has an option in an index',
      manifestOf('x1', {
        tables: [{ ...table, indexes: [{ name: 'a', fields: ['maybe'], unique: false }] }],
      }),
    ],
    [
      'has a row that is no struct',
      manifestOf('x1', { tables: [{ ...table, row: shapeOf(t.bool) }] }),
    ],
    [
      'has a wire kind',
      manifestOf('x1', { tables: [tableOf('r', t.struct({ id: t.u8 }), ['id'])] }),
    ],
    [
      'has a union deep inside',
      manifestOf('x1', {
        methods: [methodOf('a', { args: t.struct({ a: t.list(t.union({ b: t.bool }), 1) }) })],
      }),
    ],
    [
      'has an option of an option',
      manifestOf('x1', { methods: [methodOf('a', { returns: t.option(t.option(t.bool)) })] }),
    ],
    [
      'has arguments that are no struct',
      manifestOf('x1', { methods: [methodOf('a', { args: t.bool })] }),
    ],
    ['has a name that all objects have', manifestOf('x1', { methods: [methodOf('toString')] })],
    [
      'has guards of a query',
      manifestOf('x1', {
        methods: [methodOf('a', { kind: 'query', allow: [{ kind: 'role', role: 'bank' }] })],
      }),
    ],
    [
      'has a guard of another kind',
      manifestOf('x1', { methods: [methodOf('a', { allow: [{ kind: 'person' } as never] })] }),
    ],
    [
      'has a guard for no identifier',
      manifestOf('x1', {
        methods: [methodOf('a', { allow: [{ kind: 'organisation', did: 'x' }] })],
      }),
    ],
    ['is too long', manifestOf('x1', { methods: [methodOf('a'.repeat(40_000))] })],
  ];
  it.each(wrong)('that %s is refused', (_, json) => {
    expect(reasonOf(json)).not.toBe('ok');
  });

  it('never makes the check throw, however it is deformed', () => {
    expect(readManifest(utf8('{')).ok).toBe(false);
    expect(readManifest(Uint8Array.of(0xff)).ok).toBe(false);
    expect(readManifest(utf8('['.repeat(20_000) + ']'.repeat(20_000))).ok).toBe(false);
    const text = canonicalJson(good);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), fc.jsonValue(), (at, length, value) => {
        const cut = text.slice(0, at) + JSON.stringify(value) + text.slice(at + length);
        readManifest(utf8(cut));
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.jsonValue(), (json) => reasonOf(json) !== 'ok'));
  });
});

describe('an upgrade', () => {
  const base = (changes: Partial<Manifest> = {}): Manifest => ({
    ...invoices.manifest,
    ...changes,
  });
  const [old] = invoices.manifest.tables;
  if (old === undefined) throw new Error('a table');
  const withRow = (row: Parameters<typeof tableOf>[1]): Manifest =>
    base({ tables: [{ ...old, row: shapeOf(row) }] });
  const fields = {
    seller: t.text(40),
    id: t.text(40),
    amount: t.amount,
    due: t.date,
    status: t.oneOf('issued', 'paid'),
    note: t.option(t.text(200)),
  };
  const { note, ...withoutNote } = fields;

  const free: readonly (readonly [string, Manifest])[] = [
    ['nothing', base()],
    ['a new table', base({ tables: [old, tableOf('more', t.struct({ id: t.int() }), ['id'])] })],
    [
      'a new event',
      base({
        events: [...invoices.manifest.events, { name: 'Paid', data: shapeOf(t.struct({})) }],
      }),
    ],
    ['other methods', base({ methods: [methodOf('issue'), methodOf('new')] })],
    [
      'options at the end',
      withRow(t.struct({ ...fields, more: t.option(t.date), b: t.option(t.bool) })),
    ],
    [
      'wider bounds',
      withRow(t.struct({ ...fields, seller: t.text(80), note: t.option(t.text(300)) })),
    ],
    [
      'names at the end',
      withRow(t.struct({ ...fields, status: t.oneOf('issued', 'paid', 'void') })),
    ],
  ];
  it.each(free)('may bring %s', (_, after) => {
    expect(compareManifests(invoices.manifest, after).conflicts).toEqual([]);
  });

  const refused: readonly (readonly [string, Manifest])[] = [
    ['a table that is gone', base({ tables: [] })],
    ['another key', base({ tables: [{ ...old, key: ['seller'] }] })],
    ['a list that is gone', base({ tables: [{ ...old, listed: false }] })],
    ['an index that is gone', base({ tables: [{ ...old, indexes: old.indexes.slice(1) }] })],
    [
      'an index that is new',
      base({
        tables: [
          { ...old, indexes: [...old.indexes, { name: 'n', fields: ['due'], unique: false }] },
        ],
      }),
    ],
    [
      'an index that is another one',
      base({ tables: [{ ...old, indexes: old.indexes.map((one) => ({ ...one, unique: true })) }] }),
    ],
    ['a field that is gone', withRow(t.struct(withoutNote))],
    ['a field at another place', withRow(t.struct({ note, ...withoutNote }))],
    ['a field that is new and no option', withRow(t.struct({ ...fields, more: t.date }))],
    ['a narrower text', withRow(t.struct({ ...fields, seller: t.text(39) }))],
    ['another kind', withRow(t.struct({ ...fields, amount: t.int() }))],
    ['another order of names', withRow(t.struct({ ...fields, status: t.oneOf('paid', 'issued') }))],
    ['an event that is gone', base({ events: [] })],
    [
      'an event of another kind',
      base({ events: [{ name: 'Issued', data: shapeOf(t.struct({ id: t.text(40) })) }] }),
    ],
  ];
  it.each(refused)('is refused with %s', (_, after) => {
    expect(compareManifests(invoices.manifest, after).conflicts).toHaveLength(1);
  });

  it('compares lists, integers and structs inside', () => {
    const of = (shape: Parameters<typeof shapeOf>[0]): Manifest =>
      manifestOf('x1', { tables: [tableOf('r', t.struct({ id: t.int(), a: shape }), ['id'])] });
    const conflicts = (
      a: Parameters<typeof shapeOf>[0],
      b: Parameters<typeof shapeOf>[0],
    ): number => compareManifests(of(a), of(b)).conflicts.length;
    expect(conflicts(t.int(0, 9), t.int(-1, 9))).toBe(0);
    expect(conflicts(t.int(0, 9), t.int(1, 9))).toBe(1);
    expect(conflicts(t.list(t.int(0, 9), 3), t.list(t.int(0, 10), 4))).toBe(0);
    expect(conflicts(t.list(t.bool, 3), t.list(t.bool, 2))).toBe(1);
    expect(conflicts(t.list(t.bool, 3), t.list(t.bool, 3, 1))).toBe(1);
    expect(conflicts(t.struct({ a: t.text(3) }), t.struct({ a: t.text(4) }))).toBe(0);
    expect(conflicts(t.struct({ a: t.text(3) }), t.struct({ b: t.text(3) }))).toBe(1);
    expect(
      conflicts(t.struct({ a: t.text(3) }), t.struct({ a: t.text(3), b: t.option(t.bool) })),
    ).toBe(1);
    expect(conflicts(t.fixed(3), t.fixed(4))).toBe(1);
  });
});
