import { createPrng, encode, sample, t } from '@hanse/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHostValue } from './hostvalue.ts';
import type { HostValue } from './ports.ts';

const schema = t.struct({
  a: t.bool,
  b: t.int(-5, 5),
  c: t.amount,
  d: t.date,
  e: t.text(8),
  f: t.bytes(4),
  g: t.hash,
  h: t.oneOf('x', 'y'),
  i: t.option(t.int()),
  j: t.list(t.struct({ k: t.amount }), 3, 1),
});
const loose = { schema: schema as never, shape: schema.shape };

describe('values that code hands over', () => {
  it('encode when they fit', () => {
    const next = createPrng(3);
    for (let i = 0; i < 500; i++) {
      const value = sample(schema, next);
      expect(encodeHostValue(loose, value as unknown as HostValue)).toEqual({
        ok: true,
        value: encode(schema, value),
      });
    }
  });

  it('are refused with the path to what does not fit', () => {
    const good = sample(schema, createPrng(4)) as unknown as Readonly<Record<string, HostValue>>;
    const reasonOf = (changes: Readonly<Record<string, HostValue>>): string => {
      const done = encodeHostValue(loose, { ...good, ...changes });
      return done.ok ? 'ok' : done.error;
    };
    expect(reasonOf({ i: undefined })).toBe('ok');
    expect(reasonOf({ b: 6 })).toBe('b: expected an integer from -5 to 5');
    expect(reasonOf({ j: [{ k: 1n }, { k: -1n }] })).toMatch(/^j\[1\]\.k: /);
    expect(reasonOf({ j: [{ k: 1n, l: 1 }] })).toBe('j[0].l is no field');
    const wrong: readonly Readonly<Record<string, HostValue>>[] = [
      { a: 1 },
      { a: undefined },
      { b: 1n },
      { b: 0.5 },
      { b: Number.NaN },
      { c: 1 },
      { c: 2n ** 128n },
      { d: '2026-02-30' },
      { e: '123456789' },
      { e: '链链链' },
      { e: '\udc00' },
      { f: new Uint8Array(5) },
      { f: [1, 2] },
      { g: new Uint8Array(31) },
      { h: 'z' },
      { i: null },
      { j: [] },
      { j: [{ k: 1n }, { k: 1n }, { k: 1n }, { k: 1n }] },
      { j: { 0: { k: 1n } } },
      { j: 'x' },
    ];
    for (const changes of wrong) expect(reasonOf(changes)).not.toBe('ok');
    for (const value of [undefined, null, 1, 'x', [], new Uint8Array(3)]) {
      expect(encodeHostValue(loose, value).ok).toBe(false);
    }
  });

  it('never make it throw', () => {
    const anything = fc.anything({
      withBigInt: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        encodeHostValue(loose, value as HostValue);
        encodeHostValue(loose, { a: value, j: value } as HostValue);
      }),
    );
  });
});
