import { createPrng } from '@hanse/codec';
import { compareBytes, concatBytes, equalBytes, limits, toHex, utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryState } from '../test/memory.ts';
import { GasMeter } from './gas.ts';
import { startsWith } from './ordered.ts';
import { Pages, ROOT, type Page } from './pages.ts';
import { Records } from './records.ts';
import { insertKey, removeKey, scanKeys, type KeyRange } from './tree.ts';

const PREFIX = utf8('i/');

function newPages(): { readonly pages: Pages; readonly state: MemoryState } {
  const state = new MemoryState();
  const records = new Records(state, new GasMeter(Number.MAX_SAFE_INTEGER));
  return { pages: new Pages(records, PREFIX), state };
}

function listed(pages: Pages, range: Partial<KeyRange> = {}, limit = Infinity): Uint8Array[] {
  const out: Uint8Array[] = [];
  const whole = { prefix: new Uint8Array(0), after: undefined, reverse: false };
  scanKeys(pages, { ...whole, ...range }, (key) => {
    out.push(key);
    return out.length < limit;
  });
  return out;
}

/** What a page of a list must be, all the way down; returns the number of pages. */
function check(pages: Pages, id: number = ROOT, above?: Page): number {
  const page = pages.read(id);
  if (page === undefined) {
    expect(above).toBeUndefined();
    return 0;
  }
  if (above !== undefined) expect(page).toMatchObject({ level: above.level - 1, next: 0 });
  expect(page.keys.length).toBeGreaterThan(0);
  expect(page.keys.length).toBeLessThanOrEqual(limits.indexPageEntriesMax);
  expect(page.children.length).toBe(page.level === 0 ? 0 : page.keys.length);
  return page.children.reduce((sum, child) => sum + check(pages, child, page), 1);
}

/** A list and the array it must be equal to. */
class Model {
  readonly keys: Uint8Array[] = [];

  insert(key: Uint8Array): boolean {
    const at = this.keys.findIndex((one) => compareBytes(one, key) >= 0);
    const found = this.keys[at];
    if (found !== undefined && equalBytes(found, key)) return false;
    this.keys.splice(at < 0 ? this.keys.length : at, 0, key);
    return true;
  }

  remove(key: Uint8Array): boolean {
    const at = this.keys.findIndex((one) => equalBytes(one, key));
    if (at >= 0) this.keys.splice(at, 1);
    return at >= 0;
  }

  scan({ prefix, after, reverse }: KeyRange, limit: number): readonly Uint8Array[] {
    const within = this.keys.filter((key) => startsWith(key, prefix));
    if (reverse) within.reverse();
    const sign = reverse ? -1 : 1;
    return within
      .filter((key) => after === undefined || sign * compareBytes(key, after) > 0)
      .slice(0, limit);
  }
}

const key = fc.uint8Array({ minLength: 1, maxLength: 3, max: 5 });

describe('a list of keys in pages', () => {
  it('is a sorted array under any inserts, removals and scans', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert' as const), key }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), key }) },
    );
    const range = fc
      .record({
        prefix: fc.uint8Array({ maxLength: 2, max: 5 }),
        rest: fc.option(fc.uint8Array({ maxLength: 3, max: 5 }), { nil: undefined }),
        reverse: fc.boolean(),
      })
      .map(({ prefix, rest, reverse }) => {
        const after = rest === undefined ? undefined : concatBytes(prefix, rest);
        return { prefix, after, reverse };
      });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 50, maxLength: 300 }),
        fc.array(fc.tuple(range, fc.integer({ min: 1, max: 40 })), { maxLength: 10 }),
        (steps, ranges) => {
          const { pages } = newPages();
          const model = new Model();
          for (const { kind, key: one } of steps) {
            if (kind === 'insert') expect(insertKey(pages, one)).toBe(model.insert(one));
            else expect(removeKey(pages, one)).toBe(model.remove(one));
          }
          check(pages);
          expect(listed(pages)).toEqual(model.keys);
          for (const [one, limit] of ranges) {
            expect(listed(pages, one, limit)).toEqual(model.scan(one, limit));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('grows to several levels and shrinks to nothing, whatever the order', () => {
    const count = 1_200;
    const keyOf = (i: number): Uint8Array => utf8(`invoice/${String(i).padStart(6, '0')}`);
    const next = createPrng(5);
    const shuffled = Array.from({ length: count }, (_, i) => i).map((i) => [next(), i] as const);
    shuffled.sort(([a], [b]) => a - b);
    const orders: readonly (readonly number[])[] = [
      Array.from({ length: count }, (_, i) => i),
      Array.from({ length: count }, (_, i) => count - 1 - i),
      shuffled.map(([, i]) => i),
    ];
    for (const inserted of orders) {
      for (const removed of orders) {
        const { pages, state } = newPages();
        for (const i of inserted) insertKey(pages, keyOf(i));
        const pageCount = check(pages);
        // Half full at least on average; full when keys come in order.
        expect(pageCount).toBeLessThan(inserted === orders[0] ? 42 : 90);
        expect(state.size).toBe(pageCount);
        expect(listed(pages).length).toBe(count);
        for (const [done, i] of removed.entries()) {
          expect(removeKey(pages, keyOf(i))).toBe(true);
          if (done % 300 === 0) check(pages);
        }
        expect(state.size).toBe(0);
      }
    }
  });

  it('keeps its pages half full when keys come in falling order between others', () => {
    const { pages } = newPages();
    const keyOf = (group: string, i: number): Uint8Array =>
      utf8(`${group}${String(i).padStart(4, '0')}`);
    for (const group of ['a', 'c']) for (let i = 0; i < 32; i++) insertKey(pages, keyOf(group, i));
    for (let i = 600; i > 0; i--) insertKey(pages, keyOf('b', i));
    expect(check(pages)).toBeLessThan(50);
  });

  it('is walked by cursors, both ways, to the same keys', () => {
    const { pages } = newPages();
    for (let i = 0; i < 500; i++) insertKey(pages, utf8(`${i % 7}/${i}`));
    for (const reverse of [false, true]) {
      const prefix = utf8('3/');
      const whole = listed(pages, { prefix, reverse });
      const parts: Uint8Array[] = [];
      for (let after: Uint8Array | undefined; ; after = parts.at(-1)) {
        const page = listed(pages, { prefix, reverse, after }, 9);
        parts.push(...page);
        if (page.length < 9) break;
      }
      expect(parts.map(toHex)).toEqual(whole.map(toHex));
      expect(whole.length).toBe(71);
    }
  });

  it('reads a page for each level, not the list', () => {
    const { pages, state } = newPages();
    for (let i = 0; i < 2_000; i++) insertKey(pages, utf8(String(i).padStart(5, '0')));
    state.reads = 0;
    listed(pages, { after: utf8('01500') }, 10);
    expect(state.reads).toBeLessThanOrEqual(4);
    state.reads = 0;
    insertKey(pages, utf8('01500x'));
    expect(state.reads).toBeLessThanOrEqual(4);
  });
});
