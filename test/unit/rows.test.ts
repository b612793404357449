import { encode, schemaOf, shapeFromJson, type Json, type Shape } from '@hanse/codec';
import { compareBytes, must, toHex, utf8 } from '@hanse/kit';
import { orderedBytes, tableOf } from '@hanse/model';
import { orderedKey } from '@hanse/vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Shapes that keys are made of, with values of them. */
const scalars: readonly (readonly [Json, fc.Arbitrary<unknown>])[] = [
  [
    { kind: 'int', min: -1_000_000, max: 1_000_000 },
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
  ],
  [{ kind: 'text', bytesMax: 60 }, fc.string({ maxLength: 15 })],
  [{ kind: 'bytes', bytesMax: 300 }, fc.uint8Array({ maxLength: 300 })],
  [{ kind: 'fixed', sizeBytes: 4 }, fc.uint8Array({ minLength: 4, maxLength: 4 })],
  [{ kind: 'bool' }, fc.boolean()],
  [{ kind: 'amount' }, fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })],
  [{ kind: 'oneOf', names: ['a', 'b', 'c'] }, fc.constantFrom('a', 'b', 'c')],
];

function shapeOf(json: Json): Shape {
  const shape = shapeFromJson(json);
  if (!shape.ok) throw new Error(shape.error);
  return shape.value;
}

describe('keys of rows', () => {
  it.each(scalars)('%j lie where validators put them', (json, values) => {
    const shape = shapeOf(json);
    fc.assert(
      fc.property(values, (value) => {
        const own = orderedBytes(shape, value);
        expect(toHex(own)).toBe(toHex(orderedKey([shape], [encode(schemaOf(shape), value)])));
      }),
    );
  });

  it('compare as integers do', () => {
    const shape = shapeOf({ kind: 'int', min: -9, max: 9 });
    const keys = [-9, -1, 0, 1, 9].map((value) => orderedBytes(shape, value));
    expect(keys.toSorted(compareBytes)).toEqual(keys);
  });
});

describe('tables of a manifest', () => {
  const fields: readonly Json[] = [
    ['epoch', { kind: 'int', min: 1, max: 9 }],
    ['name', { kind: 'text', bytesMax: 20 }],
    ['note', { kind: 'option', item: { kind: 'text', bytesMax: 20 } }],
    ['more', { kind: 'option', item: { kind: 'bool' } }],
  ];
  const table = { name: 'key', row: { kind: 'struct', fields }, key: ['epoch', 'name'] };
  const manifest = utf8(JSON.stringify({ abi: 1, name: 'claims', tables: [table] }));

  it('say where a row lies and how it is read, also one of an earlier version', () => {
    const found = tableOf(manifest, 'key');
    if (!found.ok) throw new Error(found.error);
    const { row, keyBytes, read } = found.value;
    const key = keyBytes({ epoch: 1, name: 'a' });
    expect(toHex(key)).toBe(`${toHex(utf8('c/claims/r/key/'))}8000000000000001610000`);
    const value = { epoch: 1, name: 'a', note: undefined, more: undefined };
    const bytes = encode(row, value);
    for (const cut of [0, 1, 2]) {
      expect(read(bytes.subarray(0, bytes.length - cut))).toEqual({ ok: true, value });
    }
    expect(read(bytes.subarray(0, bytes.length - 3)).ok).toBe(false);
    expect(() => keyBytes({ epoch: 10, name: 'a' })).toThrow();
  });

  it('are named when they are missing', () => {
    expect(tableOf(manifest, 'other')).toMatchObject({ ok: false });
    for (const text of ['', '[]', '{"name":"x"}', '{"name":"x","tables":[{"name":"key"}]}']) {
      expect(tableOf(utf8(text), 'key').ok, text).toBe(false);
    }
    must(tableOf(manifest, 'key').ok ? true : undefined, 'the whole one is read');
  });
});
