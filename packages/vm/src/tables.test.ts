import { canonicalJson, createPrng, decode, encode, sample, t } from '@hanse/codec';
import { compareBytes, concatBytes, limits, utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invoiceRow, manifestOf, tableOf } from '../test/contracts.ts';
import { schemaFrom } from '../test/fake.ts';
import { MemoryState } from '../test/memory.ts';
import { GasMeter } from './gas.ts';
import { readInterface, type Interface, type Table } from './interface.ts';
import { HostRefusal } from './ports.ts';
import { Records } from './records.ts';
import { Tables } from './tables.ts';
import type { Manifest } from './manifest.ts';

const owner = { contract: 'invoices', method: 'issue' };

function faceOf(manifest: Manifest): Interface {
  const face = readInterface(utf8(canonicalJson(manifest)));
  if (!face.ok) throw new Error(face.error);
  return face.value;
}

const manifest = manifestOf('invoices', {
  tables: [
    tableOf('invoice', invoiceRow, ['seller', 'id'], {
      listed: true,
      indexes: [
        { name: 'byDue', fields: ['status', 'due'], unique: false },
        { name: 'byId', fields: ['id'], unique: true },
      ],
    }),
    tableOf('plain', t.struct({ id: t.int(), note: t.text(9) }), ['id']),
  ],
});
const [invoice, plain] = faceOf(manifest).tables as readonly [Table, Table];
const keySchema = t.struct({ seller: t.text(40), id: t.text(40) });

type Row = {
  readonly seller: string;
  readonly id: string;
  readonly amount: bigint;
  readonly due: string;
  readonly status: 'issued' | 'paid';
  readonly note: string | undefined;
};

function rowOf(changes: Partial<Row> = {}): Row {
  const row = {
    seller: 'acme',
    id: 'I-1',
    amount: 5n,
    due: '2026-01-31',
    status: 'issued',
  } as const;
  return { note: undefined, ...row, ...changes };
}

function newTables(): { readonly tables: Tables; readonly state: MemoryState } {
  const state = new MemoryState();
  const records = new Records(state, new GasMeter(Number.MAX_SAFE_INTEGER));
  return { tables: new Tables(records, owner), state };
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'ok';
  } catch (error) {
    if (error instanceof HostRefusal) return error.refusal.code;
    throw error;
  }
}

const whole = { index: -1, prefix: [], after: undefined, limit: 100, reverse: false } as const;

describe('rows', () => {
  it('are found by their key, written over and removed', () => {
    const { tables, state } = newTables();
    const [row, key] = [encode(invoiceRow, rowOf()), encode(keySchema, rowOf())];
    tables.put(invoice, row, 'insert');
    expect(tables.get(invoice, key)).toEqual(row);
    const paid = encode(invoiceRow, rowOf({ status: 'paid' }));
    tables.put(invoice, paid, 'update');
    expect(tables.get(invoice, key)).toEqual(paid);
    expect(tables.remove(invoice, key)).toBe(true);
    expect(tables.remove(invoice, key)).toBe(false);
    expect(tables.get(invoice, key)).toBeUndefined();
    expect(state.size).toBe(0);
  });

  it('do not change with the memory they came from', () => {
    const { tables } = newTables();
    const row = encode(invoiceRow, rowOf());
    tables.put(invoice, row, 'insert');
    const kept = row.slice();
    row.fill(0);
    expect(tables.get(invoice, encode(keySchema, rowOf()))).toEqual(kept);
  });

  it('are refused when they exist, when they do not, when a unique value is taken', () => {
    const { tables } = newTables();
    const put = (row: Row, mode: 'insert' | 'update' | 'put') => () =>
      tables.put(invoice, encode(invoiceRow, row), mode);
    expect(codeOf(put(rowOf(), 'update'))).toBe('RowUnknown');
    expect(codeOf(put(rowOf(), 'insert'))).toBe('ok');
    expect(codeOf(put(rowOf(), 'insert'))).toBe('RowExists');
    expect(codeOf(put(rowOf({ amount: 6n }), 'update'))).toBe('ok');
    expect(codeOf(put(rowOf({ seller: 'other' }), 'insert'))).toBe('UniqueTaken');
    expect(codeOf(put(rowOf({ seller: 'other', id: 'I-2' }), 'put'))).toBe('ok');
    try {
      put(rowOf(), 'insert')();
    } catch (error) {
      expect(error).toMatchObject({
        refusal: { params: { contract: 'invoices', table: 'invoice', key: '["acme","I-1"]' } },
      });
    }
  });

  it('are refused over their bounds, and malformed bytes by name', () => {
    const { tables } = newTables();
    const bounded = faceOf(
      manifestOf('big', {
        tables: [
          tableOf('blob', t.struct({ id: t.text(400), a: t.bytes(65_536), b: t.bytes(65_536) }), [
            'id',
          ]),
          tableOf('wide', t.struct({ id: t.int(), a: t.text(500) }), ['id'], {
            indexes: [{ name: 'byA', fields: ['a'], unique: false }],
          }),
        ],
      }),
    );
    const [blob, wide] = bounded.tables as readonly [Table, Table];
    const blobRow = t.struct({ id: t.text(400), a: t.bytes(65_536), b: t.bytes(65_536) });
    const wideRow = t.struct({ id: t.int(), a: t.text(500) });
    const put = (id: string, sizeBytes: number) => () =>
      tables.put(
        blob,
        encode(blobRow, { id, a: new Uint8Array(sizeBytes), b: new Uint8Array(0) }),
        'put',
      );
    expect(codeOf(put('x', limits.valueBytesMax - 20))).toBe('ok');
    expect(codeOf(put('x', limits.valueBytesMax))).toBe('OverLimit');
    expect(codeOf(put('x'.repeat(limits.rowKeyBytesMax - 2), 0))).toBe('ok');
    expect(codeOf(put('x'.repeat(limits.rowKeyBytesMax - 1), 0))).toBe('OverLimit');
    const entry = (size: number) => () =>
      tables.put(wide, encode(wideRow, { id: size, a: 'x'.repeat(size) }), 'put');
    expect(codeOf(entry(limits.indexEntryBytesMax - 10))).toBe('ok');
    expect(codeOf(entry(limits.indexEntryBytesMax - 9))).toBe('OverLimit');
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1), new Uint8Array(90)]) {
      expect(codeOf(() => tables.get(invoice, bytes))).toBe('ContractFailed');
      expect(codeOf(() => tables.put(invoice, bytes, 'put'))).toBe('ContractFailed');
      expect(codeOf(() => tables.scan(plain, { ...whole, prefix: [bytes] }))).toBe(
        'ContractFailed',
      );
    }
    const longKey = encode(t.struct({ id: t.text(400) }), { id: 'x'.repeat(300) });
    expect(codeOf(() => tables.get(blob, longKey))).toBe('OverLimit');
  });

  it('of an earlier version get the options that came later', () => {
    const { tables } = newTables();
    const [before, after] = [
      tableOf('row', t.struct({ id: t.int(), a: t.option(t.text(3)) }), ['id'], { listed: true }),
      tableOf(
        'row',
        t.struct({ id: t.int(), a: t.option(t.text(3)), b: t.option(t.date), c: t.option(t.bool) }),
        ['id'],
        { listed: true },
      ),
    ];
    const [old] = faceOf(manifestOf('row', { tables: [before] })).tables;
    const [now] = faceOf(manifestOf('row', { tables: [after] })).tables;
    if (old === undefined || now === undefined) throw new Error('tables');
    const schema = schemaFrom(after.row);
    tables.put(old, encode(schemaFrom(before.row), { id: 1, a: 'x' }), 'insert');
    const key = encode(t.struct({ id: t.int() }), { id: 1 });
    const complete = encode(schema, { id: 1, a: 'x' });
    expect(tables.get(now, key)).toEqual(complete);
    expect(tables.scan(now, whole).rows).toEqual([complete]);
    tables.put(now, encode(schema, { id: 1, a: 'y', c: true }), 'update');
    expect(tables.get(now, key)).toEqual(encode(schema, { id: 1, a: 'y', c: true }));
  });
});

describe('lists', () => {
  it('exist where the manifest says so, with bounds', () => {
    const { tables } = newTables();
    expect(codeOf(() => tables.scan(plain, whole))).toBe('ContractFailed');
    expect(codeOf(() => tables.scan(invoice, { ...whole, index: 2 }))).toBe('ContractFailed');
    expect(codeOf(() => tables.scan(invoice, { ...whole, limit: 0 }))).toBe('ContractFailed');
    expect(codeOf(() => tables.scan(invoice, { ...whole, limit: 101 }))).toBe('OverLimit');
    const prefix = [encode(t.oneOf('issued', 'paid'), 'paid')];
    const after = Uint8Array.of(0, 1, 2);
    expect(codeOf(() => tables.scan(invoice, { ...whole, index: 0, prefix, after }))).toBe(
      'ContractFailed',
    );
    expect(tables.scan(invoice, { ...whole, index: 0, prefix })).toEqual({
      rows: [],
      next: undefined,
    });
  });

  it('give the rows that an array of all rows would give, in any state', () => {
    const ids = ['a', 'b', 'c', 'd\0', 'd', '', 'zz'];
    const dues = ['2025-12-31', '2026-01-01', '2026-01-31'];
    const draw = fc.record({
      kind: fc.constantFrom('put', 'put', 'remove'),
      seller: fc.constantFrom('', 'acme', 'acme\0', 'b'),
      id: fc.constantFrom(...ids),
      due: fc.constantFrom(...dues),
      status: fc.constantFrom('issued' as const, 'paid' as const),
    });
    fc.assert(
      fc.property(fc.array(draw, { maxLength: 120 }), fc.boolean(), (steps, reverse) => {
        const { tables, state } = newTables();
        const model = new Map<string, Row>();
        for (const { kind, ...values } of steps) {
          const row = rowOf(values);
          const name = `${row.seller}/${row.id}`;
          if (kind === 'remove') {
            expect(tables.remove(invoice, encode(keySchema, row))).toBe(model.delete(name));
            continue;
          }
          const taken = [...model].some(([other, { id }]) => id === row.id && other !== name);
          // A refusal ends a transaction: what it did until then never counts.
          if (taken) continue;
          tables.put(invoice, encode(invoiceRow, row), 'put');
          model.set(name, row);
        }
        const texts = (a: string, b: string): number => compareBytes(utf8(a), utf8(b));
        const byKey = (a: Row, b: Row): number => texts(a.seller, b.seller) || texts(a.id, b.id);
        const sorted = [...model.values()].sort(byKey);
        const issued = sorted
          .filter(({ status }) => status === 'issued')
          .sort((a, b) => texts(a.due, b.due) || byKey(a, b));
        const expected = [sorted, issued].map((rows) =>
          (reverse ? rows.toReversed() : rows).map((row) => encode(invoiceRow, row)),
        );
        const prefix = [encode(t.oneOf('issued', 'paid'), 'issued')];
        for (const [i, [index, given]] of (
          [
            [-1, []],
            [0, prefix],
          ] as const
        ).entries()) {
          const found: Uint8Array[] = [];
          for (let after: Uint8Array | undefined; ;) {
            const page = tables.scan(invoice, { index, prefix: given, after, limit: 3, reverse });
            found.push(...page.rows);
            if (page.next === undefined) break;
            after = page.next;
          }
          expect(found).toEqual(expected[i]);
        }
        if (model.size === 0) expect(state.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('are bounded by values of the field behind the prefix, both included', () => {
    const date = fc
      .integer({ min: 1, max: 28 })
      .map((day) => `2026-01-${String(day).padStart(2, '0')}`);
    const bound = fc.option(date, { nil: undefined });
    const pageLimit = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        fc.uniqueArray(date, { minLength: 1, maxLength: 28 }),
        bound,
        bound,
        pageLimit,
        fc.boolean(),
        (dues, from, to, limit, reverse) => {
          const { tables } = newTables();
          for (const [i, due] of dues.entries()) {
            for (const status of ['issued', 'paid'] as const) {
              const row = rowOf({ id: `${status} ${i}`, due, status });
              tables.put(invoice, encode(invoiceRow, row), 'insert');
            }
          }
          const bytesOf = (value: string | undefined): Uint8Array | undefined =>
            value === undefined ? undefined : encode(t.date, value);
          const prefix = [encode(t.oneOf('issued', 'paid'), 'issued')];
          const found: string[] = [];
          for (let after: Uint8Array | undefined; ;) {
            const range = { from: bytesOf(from), to: bytesOf(to) };
            const page = tables.scan(invoice, {
              index: 0,
              prefix,
              ...range,
              after,
              limit,
              reverse,
            });
            for (const bytes of page.rows) {
              const row = decode(invoiceRow, bytes);
              if (row.ok) found.push(row.value.due);
            }
            if (page.next === undefined) break;
            after = page.next;
          }
          const within = dues
            .filter((due) => (from ?? due) <= due && due <= (to ?? due))
            .toSorted();
          expect(found).toEqual(reverse ? within.reverse() : within);
        },
      ),
      { numRuns: 100 },
    );
    const { tables } = newTables();
    const all = [encode(t.text(40), 'a'), encode(t.text(40), 'b')];
    const from = encode(t.text(40), 'a');
    expect(codeOf(() => tables.scan(invoice, { ...whole, prefix: all, from }))).toBe(
      'ContractFailed',
    );
    const two = concatBytes(from, from);
    expect(codeOf(() => tables.scan(invoice, { ...whole, from: two }))).toBe('ContractFailed');
    expect(codeOf(() => tables.scan(invoice, { ...whole, to: new Uint8Array(0) }))).toBe(
      'ContractFailed',
    );
  });

  it('hold each row once, whatever its values', () => {
    const { tables } = newTables();
    const next = createPrng(11);
    const rows = new Map<string, Uint8Array>();
    for (let i = 0; i < 300; i++) {
      const row = sample(invoiceRow, next);
      rows.set(row.id, encode(invoiceRow, row));
    }
    for (const row of rows.values()) tables.put(invoice, row, 'insert');
    const page = tables.scan(invoice, whole);
    expect(page.rows.length).toBe(Math.min(100, rows.size));
  });
});
