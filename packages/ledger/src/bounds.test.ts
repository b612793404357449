import { utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GenerationCache } from './cache.ts';
import { UndoLog } from './undo.ts';

describe('cache', () => {
  it('never holds more than its bound, and answers only what was put last', () => {
    const op = fc.record({ key: fc.nat({ max: 30 }), size: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(fc.array(op, { maxLength: 300 }), (ops) => {
        const cache = new GenerationCache<number, { readonly size: number }>(
          100,
          ({ size }) => size,
        );
        const model = new Map<number, { readonly size: number }>();
        for (const { key, size } of ops) {
          if (size % 5 === 0) {
            cache.delete(key);
            model.delete(key);
          } else {
            cache.set(key, { size });
            model.set(key, { size });
            expect(cache.get(key)).toEqual({ size });
          }
          if (size % 7 !== 0) continue;
          let held = 0;
          for (const [one, value] of model) {
            const found = cache.get(one);
            if (found === undefined) continue;
            expect(found).toEqual(value);
            held += found.size;
          }
          // Each generation can be over its half by the entry that filled it.
          expect(held).toBeLessThanOrEqual(100 + 2 * 20);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps what is used while the rest goes', () => {
    const cache = new GenerationCache<number, number>(20, () => 1);
    for (let i = 0; i < 1_000; i++) {
      cache.set(i, i);
      cache.set(-1, 7);
      expect(cache.get(-1)).toBe(7);
    }
    expect(cache.get(0)).toBeUndefined();
    expect(cache.get(999)).toBe(999);
  });
});

describe('undo log', () => {
  const block = (height: number, valueBytes: number): Parameters<UndoLog['add']>[0] => ({
    height,
    shape: { depth: 0, split: 0, records: height },
    levels: [],
    entries: [{ keyHash: utf8('k'), valueHash: utf8('v'), value: new Uint8Array(valueBytes) }],
  });

  it('drops the oldest heights over its number or bytes, but keeps a few whatever they weigh', () => {
    const bounds = { heightsMax: 10, heightsMin: 3, bytesMax: 100_000 };
    const log = new UndoLog(bounds, 0);
    for (let height = 1; height <= 10; height++) log.add(block(height, 10));
    expect(log.floor).toBe(0);
    log.add(block(11, 10));
    expect(log.floor).toBe(1);
    log.add(block(12, 99_000));
    expect(log.floor).toBe(9);
    for (let height = 13; height <= 20; height++) log.add(block(height, 200_000));
    expect(log.floor).toBe(17);
    expect(log.shapeAt(17)?.records).toBe(18);
    expect(log.shapeAt(20)).toBeUndefined();
  });
});
