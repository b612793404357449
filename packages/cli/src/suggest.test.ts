import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest, editDistance } from './suggest.ts';

describe('editDistance', () => {
  it('counts insertions, deletions, substitutions and swaps', () => {
    expect(editDistance('deposit', 'deposit')).toBe(0);
    expect(editDistance('depost', 'deposit')).toBe(1);
    expect(editDistance('depositt', 'deposit')).toBe(1);
    expect(editDistance('debosit', 'deposit')).toBe(1);
    expect(editDistance('desopit', 'deposit')).toBe(2);
    expect(editDistance('dpeosit', 'deposit')).toBe(1);
    expect(editDistance('', 'why')).toBe(3);
  });

  it('is symmetric, and zero only for equal words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

describe('closest', () => {
  it('finds what was meant', () => {
    const names = ['dev', 'doctor', 'evidence deposit', 'evidence show', 'why'];
    expect(closest('evidence depost', names)).toBe('evidence deposit');
    expect(closest('wyh', names)).toBe('why');
    expect(closest('doc', names)).toBe('doctor');
  });

  it('suggests nothing far away', () => {
    expect(closest('bankruptcy', ['dev', 'why'])).toBeUndefined();
    expect(closest('x', [])).toBeUndefined();
  });
});
