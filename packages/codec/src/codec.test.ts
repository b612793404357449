import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  createPrng,
  decode,
  encode,
  EncodeError,
  fromJson,
  jsonSchema,
  sample,
  t,
  type Infer,
  type Json,
} from './index.ts';

const everything = t.struct({
  a: t.u8,
  b: t.u16,
  c: t.u32,
  d: t.u64,
  e: t.bool,
  f: t.text(40),
  g: t.bytes(300),
  h: t.fixed(4),
  i: t.oneOf('x', 'y'),
  j: t.option(t.u8),
  k: t.list(t.u16, 5, 1),
  l: t.union({ one: t.u8, two: t.text(9) }),
});
type Everything = Infer<typeof everything>;

describe('canonical bytes', () => {
  it('round trip, and JSON round trips too', () => {
    const next = createPrng(1);
    for (let i = 0; i < 5_000; i++) {
      const value: Everything = sample(everything, next);
      const bytes = encode(everything, value);
      expect(decode(everything, bytes)).toEqual({ ok: true, value });
      const json: Json = JSON.parse(JSON.stringify(everything.toJson(value)));
      expect(fromJson(everything, json)).toEqual({ ok: true, value });
    }
  });

  it('has one encoding per value: whatever decodes encodes back to the same bytes', () => {
    const next = createPrng(2);
    let accepted = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = encode(everything, sample(everything, next));
      for (let flips = next() % 3; flips >= 0; flips--) {
        bytes[next() % bytes.length] = next() & 0xff;
      }
      const result = decode(everything, bytes);
      if (!result.ok) continue;
      accepted++;
      expect(encode(everything, result.value)).toEqual(bytes);
    }
    expect(accepted).toBeGreaterThan(100);
  });

  it('refuses trailing, short, non-minimal and oversized input', () => {
    expect(decode(t.u8, Uint8Array.of(1, 2)).ok).toBe(false);
    expect(decode(t.u64, Uint8Array.of(0, 0)).ok).toBe(false);
    expect(decode(t.u64, Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0)).ok).toBe(false);
    expect(decode(t.bytes(9), Uint8Array.of(0x81, 0x00, 7)).ok).toBe(false);
    expect(decode(t.bytes(9), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 1)).ok).toBe(false);
    expect(decode(t.bytes(2), Uint8Array.of(3, 1, 2, 3)).ok).toBe(false);
    expect(decode(t.text(9), Uint8Array.of(1, 0xc0)).ok).toBe(false);
    expect(decode(t.bool, Uint8Array.of(2)).ok).toBe(false);
    expect(decode(t.list(t.u8, 1_000_000), Uint8Array.of(0xc0, 0x84, 0x3d)).ok).toBe(false);
    expect(() => encode(t.text(9), '\ud800')).toThrow(EncodeError);
    expect(() => encode(t.u8, 256)).toThrow(EncodeError);
    expect(() => encode(t.u64, 1.5)).toThrow(EncodeError);
  });

  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decode(everything, bytes);
      }),
    );
  });

  it('names the wrong field of JSON', () => {
    const result = fromJson(t.struct({ a: t.struct({ b: t.u8 }) }), { a: { b: 'x' } });
    expect(result).toEqual({ ok: false, error: 'a: b: expected a u8' });
    expect(fromJson(t.struct({}), { x: 1 }).ok).toBe(false);
    // What JSON gives can always be written: bounds and text hold there too.
    expect(fromJson(t.text(3), 'abc').ok).toBe(true);
    for (const text of ['abcd', 'é链', '\ud800']) expect(fromJson(t.text(3), text).ok).toBe(false);
    expect(fromJson(t.bytes(3), 'AAAA').ok).toBe(true);
    expect(fromJson(t.bytes(3), 'AAAAAA').ok).toBe(false);
    expect(jsonSchema(everything)).toMatchObject({ type: 'object' });
  });
});

describe('canonical JSON', () => {
  const vectors = `${process.env['HANSE_SHARED'] ?? '../shared'}/vectors/jcs`;
  it.skipIf(!existsSync(vectors))(
    'equals the RFC 8785 vectors (skipped: vectors are absent)',
    () => {
      const names = readdirSync(`${vectors}/input`);
      expect(names.length).toBeGreaterThan(3);
      for (const name of names) {
        const input: Json = JSON.parse(readFileSync(`${vectors}/input/${name}`, 'utf8'));
        expect(canonicalJson(input), name).toBe(
          readFileSync(`${vectors}/output/${name}`, 'utf8').trimEnd(),
        );
      }
    },
  );

  it('sorts members by code unit and refuses what JSON cannot hold', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f602}': 2, a: [1e30, -0, null, true] })).toBe(
      '{"a":[1e+30,0,null,true],"\u{1f602}":2,"\ufb33":1}',
    );
    expect(() => canonicalJson(Number.NaN)).toThrow(EncodeError);
    expect(() => canonicalJson('\ud800')).toThrow(EncodeError);
  });
});
