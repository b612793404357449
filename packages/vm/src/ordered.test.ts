import { createPrng, encode, sample, schemaOf, t, type Schema, type Shape } from '@hanse/codec';
import { compareBytes } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOrderable,
  orderedForm,
  orderedKey,
  prefixEnd,
  skipOrdered,
  startsWith,
} from './ordered.ts';

const scalars: readonly Schema<unknown>[] = [
  t.bool,
  t.int(),
  t.int(-3, 3),
  t.amount,
  t.date,
  t.oneOf('a', 'b', 'c'),
  t.fixed(2),
  t.text(12),
  t.bytes(12),
].map((schema) => schema as unknown as Schema<unknown>);

/** Order of values as their type has it. */
function compareValues(shape: Shape, a: unknown, b: unknown): number {
  if (shape.kind === 'oneOf')
    return shape.names.indexOf(String(a)) - shape.names.indexOf(String(b));
  const bytesOf = (value: unknown): Uint8Array =>
    value instanceof Uint8Array ? value : new TextEncoder().encode(String(value));
  if (shape.kind === 'text' || a instanceof Uint8Array) return compareBytes(bytesOf(a), bytesOf(b));
  const [left, right] = [a as number, b as number];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Values with edges: zeros in texts and bytes, neighbours, extremes. */
function valuesOf(schema: Schema<unknown>, next: () => number): readonly unknown[] {
  const { kind } = schema.shape;
  const edges: readonly unknown[] =
    kind === 'text'
      ? ['', '\0', '\0\0', 'a', 'a\0', 'a\0b', 'ab', '\u00ff', '\uffff']
      : kind === 'bytes'
        ? ['', '00', '0000', '00ff', '00ff00', '01', '0100', 'ff', 'ffff'].map((text) =>
            Uint8Array.from(Buffer.from(text, 'hex')),
          )
        : [];
  return [...edges, ...Array.from({ length: 12 }, () => sample(schema, next))];
}

describe('ordered forms', () => {
  it('compare as their values do, and are equal only for equal values', () => {
    const next = createPrng(7);
    for (const schema of scalars) {
      for (let round = 0; round < 4; round++) {
        const values = valuesOf(schema, next);
        for (const a of values) {
          for (const b of values) {
            const [left, right] = [a, b].map((one) =>
              orderedForm(schema.shape, encode(schema, one)),
            );
            const order = compareBytes(left ?? new Uint8Array(0), right ?? new Uint8Array(0));
            expect(Math.sign(order)).toBe(Math.sign(compareValues(schema.shape, a, b)));
          }
        }
      }
    }
  });

  it('of several values compare field by field and are read back without knowing where one ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(scalars.length - 1), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (kinds, seed) => {
          const next = createPrng(seed);
          const schemas = kinds.map((kind) => scalars[kind] as Schema<unknown>);
          const shapes = schemas.map(({ shape }) => shape);
          const draw = (): readonly unknown[] =>
            schemas.map((schema) => {
              const values = valuesOf(schema, next);
              return values[next() % values.length];
            });
          const keyOf = (values: readonly unknown[]): Uint8Array =>
            orderedKey(
              shapes,
              schemas.map((schema, i) => encode(schema, values[i])),
            );
          const [a, b] = [draw(), draw()];
          const order = shapes
            .map((shape, i) => compareValues(shape, a[i], b[i]))
            .find((one) => one !== 0);
          expect(Math.sign(compareBytes(keyOf(a), keyOf(b)))).toBe(Math.sign(order ?? 0));
          let at = 0;
          for (const [i, shape] of shapes.entries()) {
            const form = orderedForm(shape, encode(schemas[i] as Schema<unknown>, a[i]));
            const end = skipOrdered(shape, keyOf(a), at);
            expect(keyOf(a).subarray(at, end)).toEqual(form);
            at = end;
          }
          expect(at).toBe(keyOf(a).length);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('of a shape never begin with another one of it', () => {
    const next = createPrng(9);
    for (const schema of scalars) {
      const forms = Array.from({ length: 3 }, () => valuesOf(schema, next))
        .flat()
        .map((value) => orderedForm(schema.shape, encode(schema, value)));
      const nested = forms.filter((a) =>
        forms.some((b) => compareBytes(a, b) !== 0 && startsWith(a, b)),
      );
      expect(nested).toEqual([]);
    }
  });

  it('exist for scalars only', () => {
    const text = t.text(4);
    for (const schema of scalars) expect(isOrderable(schemaOf(schema.shape).shape)).toBe(true);
    for (const schema of [t.option(text), t.list(text, 2), t.struct({ text }), t.u64]) {
      expect(isOrderable(schema.shape)).toBe(false);
    }
  });
});

describe('the end of a prefix', () => {
  it('is the first key behind all that begin with it', () => {
    const bytes = fc.uint8Array({ maxLength: 6 });
    fc.assert(
      fc.property(bytes, bytes, (prefix, key) => {
        const end = prefixEnd(prefix);
        const isBefore = end === undefined || compareBytes(key, end) < 0;
        expect(startsWith(key, prefix)).toBe(compareBytes(key, prefix) >= 0 && isBefore);
      }),
      { numRuns: 2_000 },
    );
    expect(prefixEnd(Uint8Array.of(0xff, 0xff))).toBeUndefined();
    expect(prefixEnd(new Uint8Array(0))).toBeUndefined();
  });
});
