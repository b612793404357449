import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { createFormats, isoTime, shortDid, shortHash } from './format.ts';
import { tradeEn } from './trade-en.ts';
import { tradeZh } from './trade-zh.ts';
import { zh } from './zh.ts';

type Leaf = readonly [path: string, text: string];

/** Every text of a catalogue; functions are called with marks for their arguments. */
function textsOf(node: unknown, path = ''): readonly Leaf[] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') {
    const marks = Array.from({ length: node.length }, (_, index) => `‹${index}›`);
    return [[path, String((node as (...all: readonly string[]) => unknown)(...marks))]];
  }
  return Object.entries(Object(node)).flatMap(([key, one]) => textsOf(one, `${path}.${key}`));
}

describe.each([
  ['the pages', en, zh, ['.tx.fields.gas']],
  ['trade finance', tradeEn, tradeZh, []],
])('catalogues of %s', (_, own, other, names) => {
  const english = textsOf(own);
  const chinese = new Map(textsOf(other));

  it('say every text in both languages with the same parts', () => {
    const marks = (one: string): readonly string[] => (one.match(/‹\d›/g) ?? []).sort();
    for (const [path, text] of english) {
      const other = chinese.get(path) ?? '';
      expect(text.trim(), path).not.toBe('');
      expect(other.trim(), path).not.toBe('');
      expect(marks(other), path).toEqual(marks(text));
    }
  });

  it('have Chinese where it is not a name', () => {
    const same = english.filter(([path, text]) => chinese.get(path) === text);
    expect(same.map(([path]) => path)).toEqual(names);
  });
});

describe('formats', () => {
  const f = createFormats('en');
  const z = createFormats('zh-CN');

  it('groups numbers and sizes', () => {
    expect(f.number(48_213)).toBe('48,213');
    expect(f.size(1)).toBe('1 byte');
    expect(f.size(999)).toBe('999 bytes');
    expect(f.size(1_500_000)).toBe('1.5 MB');
    expect(z.size(2)).toBe('2 字节');
  });

  it('says a span in its largest unit', () => {
    expect(f.span(0)).toBe('0 sec');
    expect(f.span(61_000)).toBe('1 min');
    expect(f.span(3 * 86_400_000)).toBe('3 days');
    expect(z.span(12_400)).toBe('12秒');
  });

  it('writes times in UTC and survives what is none', () => {
    expect(isoTime(0)).toBe('1970-01-01 00:00:00 UTC');
    expect(isoTime(Number.MAX_SAFE_INTEGER)).toBe('?');
    expect(isoTime(Number.NaN)).toBe('?');
  });

  it('shortens hashes and DIDs', () => {
    expect(shortHash('ab'.repeat(32))).toBe('ababab…ababab');
    expect(shortHash('abc')).toBe('abc');
    expect(shortDid(`did:hanse:net:${'a'.repeat(32)}`)).toBe('did:…aaaaaaaa');
  });
});
