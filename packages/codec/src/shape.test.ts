import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AMOUNT_MAX,
  canonicalJson,
  createPrng,
  dateOfDays,
  dateOfTime,
  daysOfDate,
  decode,
  encode,
  EncodeError,
  fromJson,
  jsonSchema,
  sample,
  schemaOf,
  shapeFromJson,
  shapeToJson,
  t,
  type Json,
  type Schema,
  type Shape,
} from './index.ts';

const row = t.struct({
  id: t.text(40),
  net: t.amount,
  rate: t.int(-10, 10_000),
  any: t.int(),
  due: t.date,
  paid: t.option(t.date),
  state: t.oneOf('issued', 'paid'),
  root: t.hash,
  note: t.bytes(20),
  flag: t.bool,
  lines: t.list(t.struct({ no: t.int(1, 999), of: t.amount }), 3),
  small: t.u8,
  other: t.union({ one: t.u64, two: t.text(4) }),
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('int, amount and date', () => {
  it('have the bytes that the specification names', () => {
    expect(hex(encode(t.int(), -1))).toBe('ffffffffffffffff');
    expect(hex(encode(t.int(), -(2 ** 32)))).toBe('ffffffff00000000');
    expect(hex(encode(t.int(), Number.MAX_SAFE_INTEGER))).toBe('001fffffffffffff');
    expect(hex(encode(t.amount, 0n))).toBe('00');
    expect(hex(encode(t.amount, 256n))).toBe('020100');
    expect(hex(encode(t.amount, AMOUNT_MAX))).toBe(`10${'ff'.repeat(16)}`);
    expect(hex(encode(t.date, '0001-01-01'))).toBe('00000000');
    expect(hex(encode(t.date, '1970-01-01'))).toBe('000af93a');
    expect(hex(encode(t.date, '9999-12-31'))).toBe('0037b9da');
  });

  it('round trip with their JSON views', () => {
    const next = createPrng(3);
    for (let i = 0; i < 3_000; i++) {
      const value = sample(row, next);
      const bytes = encode(row, value);
      expect(decode(row, bytes)).toEqual({ ok: true, value });
      const json: Json = JSON.parse(JSON.stringify(row.toJson(value)));
      expect(fromJson(row, json)).toEqual({ ok: true, value });
    }
  });

  it('refuse other forms and values beyond their bounds', () => {
    expect(decode(t.amount, Uint8Array.of(1, 0)).ok).toBe(false);
    expect(decode(t.amount, new Uint8Array(18).fill(1).fill(17, 0, 1)).ok).toBe(false);
    expect(decode(t.int(0, 9), encode(t.int(), 10)).ok).toBe(false);
    expect(decode(t.int(), Uint8Array.of(0xff, 0xe0, 0, 0, 0, 0, 0, 0)).ok).toBe(false);
    expect(decode(t.int(), Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0)).ok).toBe(false);
    expect(decode(t.date, Uint8Array.of(0, 0x37, 0xb9, 0xdb)).ok).toBe(false);
    for (const value of [1.5, Number.NaN, 2 ** 53, 11, -11]) {
      expect(() => encode(t.int(-10, 10), value)).toThrow(EncodeError);
    }
    for (const value of [-1n, AMOUNT_MAX + 1n]) {
      expect(() => encode(t.amount, value)).toThrow(EncodeError);
    }
    for (const json of ['01', '-1', '', '1.0', 1, (AMOUNT_MAX + 1n).toString()]) {
      expect(fromJson(t.amount, json).ok).toBe(false);
    }
    for (const text of ['2023-02-29', '1900-02-29', '2024-13-01', '2024-1-1', '0000-01-01', 'x']) {
      expect(fromJson(t.date, text).ok).toBe(false);
      expect(() => encode(t.date, text)).toThrow(EncodeError);
    }
    expect(() => t.int(3, 2)).toThrow(EncodeError);
    expect(jsonSchema(row)).toMatchObject({ properties: { due: { format: 'date' } } });
  });

  it('counts days as the calendar of the platform does', () => {
    for (let days = 0; days <= 3_652_058; days += 97) {
      const text = dateOfDays(days);
      expect(daysOfDate(text)).toBe(days);
      const platform = new Date(0);
      platform.setUTCFullYear(1, 0, 1 + days);
      expect(platform.toISOString().slice(0, 10)).toBe(text);
    }
    expect(dateOfTime(Date.UTC(2024, 1, 29, 23, 59, 59, 999))).toBe('2024-02-29');
  });

  // A change of these is a change of the protocol.
  it.each([
    ['int', t.int(), '7c2d70bb808eecee9a52104d7a3599613b0990f68fb3febcdd68ed5947fd9292'],
    ['amount', t.amount, '7001e24b8e6a5f38d6d4ca31638e8043195aa0e253e9c8c0d42bb2856c54dee2'],
    ['date', t.date, 'ff6dce8419128e16d891d90e08d2047a0f0542d619ca83124976e11c16f8bd75'],
  ] as const)('65,536 generated values of %s have the pinned bytes', (name, schema, pinned) => {
    const next = createPrng(name.length);
    const hash = createHash('sha256');
    const loose = schema as unknown as Schema<unknown>;
    for (let i = 0; i < 65_536; i++) hash.update(encode(loose, sample(loose, next)));
    expect(hash.digest('hex')).toBe(pinned);
  });
});

describe('shapes as JSON', () => {
  it('come back with the same schema, also through canonical JSON', () => {
    const json: Json = JSON.parse(canonicalJson(shapeToJson(row.shape)));
    const shape = shapeFromJson(json);
    if (!shape.ok) throw new Error(shape.error);
    expect(shapeToJson(shape.value)).toEqual(shapeToJson(row.shape));
    const again = schemaOf(shape.value);
    const next = createPrng(4);
    for (let i = 0; i < 1_000; i++) {
      const value = sample(row, next);
      expect(encode(again, value)).toEqual(encode(row, value));
    }
  });

  it('are refused beyond their bounds, and nothing makes it throw', () => {
    const deep = (levels: number): Json =>
      levels === 0 ? { kind: 'bool' } : { kind: 'option', item: deep(levels - 1) };
    const wide = (count: number): Json => ({
      kind: 'struct',
      fields: Array.from({ length: count }, (_, i) => [`f${i}`, { kind: 'bool' }]),
    });
    expect(shapeFromJson(deep(7)).ok).toBe(true);
    expect(shapeFromJson(deep(8)).ok).toBe(false);
    expect(shapeFromJson(deep(5_000)).ok).toBe(false);
    expect(shapeFromJson(wide(255)).ok).toBe(true);
    expect(shapeFromJson(wide(256)).ok).toBe(false);
    const bad: readonly Json[] = [
      null,
      { kind: 'float' },
      { kind: 'bool', more: 1 },
      { kind: 'text' },
      { kind: 'text', bytesMax: -1 },
      { kind: 'text', bytesMax: 65_537 },
      { kind: 'int', min: 1, max: 0 },
      { kind: 'int', min: 0.5, max: 2 },
      { kind: 'oneOf', names: [] },
      { kind: 'oneOf', names: ['a', 'a'] },
      { kind: 'oneOf', names: Array.from({ length: 256 }, (_, i) => `n${i}`) },
      { kind: 'struct', fields: [['constructor', { kind: 'bool' }]] },
      { kind: 'struct', fields: [['__proto__', { kind: 'bool' }]] },
      {
        kind: 'struct',
        fields: [
          ['a', { kind: 'bool' }],
          ['a', { kind: 'bool' }],
        ],
      },
      { kind: 'struct', fields: { a: { kind: 'bool' } } },
      { kind: 'list', item: { kind: 'struct', fields: [] }, itemsMin: 0, itemsMax: 9 },
      { kind: 'list', item: { kind: 'fixed', sizeBytes: 0 }, itemsMin: 0, itemsMax: 9 },
      { kind: 'list', item: { kind: 'bool' }, itemsMin: 2, itemsMax: 1 },
      { kind: 'union', cases: [] },
    ];
    for (const json of bad) expect(shapeFromJson(json).ok, JSON.stringify(json)).toBe(false);
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        shapeFromJson(json as Json);
      }),
    );
  });

  it('exist for every kind', () => {
    const kinds: readonly Shape[] = [t.u8, t.u16, t.u32, t.u64, row].map(({ shape }) => shape);
    for (const shape of kinds) expect(shapeFromJson(shapeToJson(shape)).ok).toBe(true);
  });
});
