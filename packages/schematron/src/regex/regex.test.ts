import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegex, search } from './regex.ts';

function find(pattern: string, text: string, flags = ''): string | undefined {
  const points = Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const match = search(compileRegex(pattern, flags), points, 0, () => {});
  const [start = 0, end = 0] = match ?? [];
  return match === undefined ? undefined : Array.from(text).slice(start, end).join('');
}

describe('regular expressions', () => {
  it.each([
    ['a|ab', 'xab', 'a'],
    ['(a|ab)(c|bcd)', 'abcd', 'abcd'],
    ['a{2,3}', 'aaaa', 'aaa'],
    ['a{2,3}?', 'aaaa', 'aa'],
    ['a{2,}', 'aaaa', 'aaaa'],
    ['a{0}b', 'ab', 'b'],
    ['(a*)*b', 'aab', 'aab'],
    ['[a-c]+', 'xxabcd', 'abc'],
    ['[^a-c]+', 'abxyc', 'xy'],
    ['[a-z-[aeiou]]+', 'aebcd', 'bcd'],
    ['[\\d-]+', 'a1-2', '1-2'],
    ['[-x]+', 'a-x', '-x'],
    ['\\p{Lu}+', 'abCDe', 'CD'],
    ['\\P{L}+', 'ab12c', '12'],
    ['\\w+', ' äb_', 'äb'],
    ['\\i\\c*', '1 a-b.c', 'a-b.c'],
    ['.', '\n\u{1F600}', '\u{1F600}'],
    ['\\^\\$', 'a^$', '^$'],
    ['(?:ab)+', 'xabab', 'abab'],
    ['x|', 'y', ''],
  ])('%s in %j finds %j', (pattern, text, expected) => {
    expect(find(pattern, text)).toBe(expected);
  });

  it.each(['(', ')', 'a**', '[', '[]', '[b-a]', '\\1', '\\q', 'a{2,1}', 'a{', '\\p{Xx}', '{', '*'])(
    'refuses %s',
    (pattern) => {
      expect(() => compileRegex(pattern, '')).toThrow();
    },
  );

  it('refuses patterns that would grow too large', () => {
    expect(() => compileRegex('((a{1000}){1000}){1000}', '')).toThrow('too large');
    expect(() => compileRegex('('.repeat(100), '')).toThrow('nesting');
    expect(() => compileRegex('a', 'q')).toThrow('flags');
  });

  it('finds what JavaScript finds', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|bb)', '(b?)', '(ab|a)');
    const quantified = fc
      .tuple(atom, fc.constantFrom('', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}'))
      .map((parts) => parts.join(''));
    const pattern = fc
      .array(
        fc.array(quantified, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((branches) => branches.join('|'));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const native = new RegExp(source).exec(subject)?.[0];
        expect(find(source, subject)).toBe(native);
      }),
      { numRuns: 500 },
    );
  });

  it('takes steps in proportion to pattern and text where backtracking explodes', () => {
    let steps = 0;
    const points = Array.from({ length: 5_000 }, () => 97);
    const program = compileRegex('^(a+)+(a|aa)*$', '');
    expect(search(program, [...points, 98], 0, (count) => (steps += count))).toBeUndefined();
    expect(steps).toBeLessThan(points.length * program.code.length * 2);
  });
});
