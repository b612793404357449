import { unreachable } from '@hanse/kit';
import { dateOfDays, DAYS_MAX } from './date.ts';
import { AMOUNT_BYTES_MAX } from './quantity.ts';
import type { AnySchema, Schema } from './schema.ts';

/** Deterministic 32-bit generator (mulberry32): same seed, same values, on every machine. */
export function createPrng(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

const SAMPLE_BYTES_MAX = 48;
const SAMPLE_ITEMS_MAX = 4;

/**
 * A value of a schema drawn from `next` (uniform 32-bit numbers). Sizes stay small and edges are
 * common. A rule added by `refine` is not known here: such a schema needs a sampler of its own.
 */
export function sample<T>(schema: Schema<T>, next: () => number): T {
  return sampleShape(schema, next) as T;
}

function sampleShape(schema: AnySchema, next: () => number): unknown {
  const { shape } = schema;
  switch (shape.kind) {
    case 'u8':
      return sampleInteger(0xff, next);
    case 'u16':
      return sampleInteger(0xffff, next);
    case 'u32':
      return sampleInteger(0xffff_ffff, next);
    case 'u64':
      return sampleInteger(Number.MAX_SAFE_INTEGER, next);
    case 'bool':
      return next() % 2 === 1;
    case 'int':
      return sampleInt(shape.min, shape.max, next);
    case 'amount':
      return sampleAmount(next);
    case 'date':
      return dateOfDays(sampleInteger(DAYS_MAX, next));
    case 'text':
      return sampleText(Math.min(shape.bytesMax, SAMPLE_BYTES_MAX), next);
    case 'bytes':
      return sampleBytes(next() % (Math.min(shape.bytesMax, SAMPLE_BYTES_MAX) + 1), next);
    case 'fixed':
      return sampleBytes(shape.sizeBytes, next);
    case 'oneOf':
      return shape.names[next() % shape.names.length];
    case 'option':
      return next() % 2 === 0 ? undefined : sampleShape(shape.item, next);
    case 'list': {
      const count =
        shape.itemsMin +
        (next() % (Math.min(shape.itemsMax - shape.itemsMin, SAMPLE_ITEMS_MAX) + 1));
      return Array.from({ length: count }, () => sampleShape(shape.item, next));
    }
    case 'struct':
      return Object.fromEntries(
        Object.entries(shape.fields).map(([name, field]) => [name, sampleShape(field, next)]),
      );
    case 'union': {
      const cases = Object.entries(shape.cases);
      const chosen = cases[next() % cases.length];
      return chosen === undefined
        ? undefined
        : { kind: chosen[0], value: sampleShape(chosen[1], next) };
    }
    default:
      return unreachable(shape);
  }
}

function sampleInteger(valueMax: number, next: () => number): number {
  const edge = next() % 8;
  if (edge === 0) return 0;
  if (edge === 1) return valueMax;
  const wide = (next() % 2 ** 21) * 2 ** 32 + next();
  return wide % (valueMax === Number.MAX_SAFE_INTEGER ? valueMax : valueMax + 1);
}

function sampleInt(min: number, max: number, next: () => number): number {
  const edge = next() % 8;
  if (edge === 0) return min;
  if (edge === 1) return max;
  if (edge === 2 && min <= 0 && max >= 0) return 0;
  const span = Math.min(max - min, Number.MAX_SAFE_INTEGER);
  const offset = sampleInteger(span, next);
  return next() % 2 === 0 ? min + offset : max - offset;
}

function sampleAmount(next: () => number): bigint {
  const sizeBytes = next() % (AMOUNT_BYTES_MAX + 1);
  const isFull = next() % 4 === 0;
  let value = 0n;
  for (let i = 0; i < sizeBytes; i++) {
    value = (value << 8n) | BigInt(isFull ? 0xff : next() & 0xff);
  }
  return value;
}

function sampleBytes(sizeBytes: number, next: () => number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, () => next() & 0xff);
}

const LETTERS = ['a', 'Z', '0', '-', '/', ' ', 'é', '链', '\u{1f6a2}'];

function sampleText(bytesMax: number, next: () => number): string {
  let out = '';
  let sizeBytes = 0;
  for (let count = next() % 13; count > 0; count--) {
    const letter = LETTERS[next() % LETTERS.length] ?? 'a';
    const letterBytes = letter.length === 2 ? 4 : letter > '\u07ff' ? 3 : letter > '\u007f' ? 2 : 1;
    if (sizeBytes + letterBytes > bytesMax) break;
    sizeBytes += letterBytes;
    out += letter;
  }
  return out;
}
