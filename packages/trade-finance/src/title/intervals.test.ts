import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  carve,
  contains,
  mergeAdjacent,
  overlaps,
  reshape,
  sizeOf,
  tilingError,
  type Range,
} from './intervals.ts';

type Piece = Range & { readonly owner: string };

const isSame = (a: Piece, b: Piece): boolean => a.owner === b.owner;
const units = (pieces: readonly Piece[]): readonly string[] =>
  pieces.flatMap((piece) => Array.from({ length: sizeOf(piece) }, () => piece.owner));

/** A tiling of [1, n] with owners, from a list of owners unit by unit. */
function tilingOf(owners: readonly string[]): readonly Piece[] {
  return mergeAdjacent(
    owners.map((owner, i) => ({ from: i + 1, to: i + 1, owner })),
    isSame,
  );
}

const owners = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 24 });

describe('intervals', () => {
  it('cuts a part out of the middle, from an edge, and as a whole', () => {
    const whole = { from: 1, to: 10, owner: 'a' };
    const give = (old: Piece): Piece => ({ ...old, owner: 'b' });
    expect(carve(whole, { from: 4, to: 6 }, give)).toEqual([
      { from: 1, to: 3, owner: 'a' },
      { from: 4, to: 6, owner: 'b' },
      { from: 7, to: 10, owner: 'a' },
    ]);
    expect(carve(whole, { from: 1, to: 6 }, give)).toHaveLength(2);
    expect(carve(whole, { from: 4, to: 10 }, give)).toHaveLength(2);
    expect(carve(whole, whole, give)).toEqual([{ from: 1, to: 10, owner: 'b' }]);
  });

  it.each([[{ from: 0, to: 3 }], [{ from: 9, to: 11 }], [{ from: 6, to: 5 }]])(
    'refuses a part that is not in the whole: %o',
    (part) => {
      expect(() => carve({ from: 1, to: 10 }, part, (old) => old)).toThrow(RangeError);
    },
  );

  it('knows what contains and what overlaps', () => {
    expect(contains({ from: 2, to: 5 }, { from: 2, to: 5 })).toBe(true);
    expect(contains({ from: 2, to: 5 }, { from: 1, to: 5 })).toBe(false);
    expect(contains({ from: 2, to: 5 }, { from: 5, to: 6 })).toBe(false);
    expect(overlaps({ from: 1, to: 3 }, { from: 3, to: 4 })).toBe(true);
    expect(overlaps({ from: 1, to: 3 }, { from: 4, to: 4 })).toBe(false);
  });

  it('joins neighbours, and nothing across a gap', () => {
    expect(
      mergeAdjacent(
        [
          { from: 1, to: 2, owner: 'a' },
          { from: 3, to: 3, owner: 'a' },
          { from: 4, to: 4, owner: 'b' },
          { from: 6, to: 7, owner: 'b' },
        ],
        isSame,
      ),
    ).toEqual([
      { from: 1, to: 3, owner: 'a' },
      { from: 4, to: 4, owner: 'b' },
      { from: 6, to: 7, owner: 'b' },
    ]);
  });

  it('says what is wrong with a tiling', () => {
    expect(
      tilingError(
        [
          { from: 1, to: 5 },
          { from: 6, to: 9 },
        ],
        9,
      ),
    ).toBeUndefined();
    expect(tilingError([{ from: 2, to: 9 }], 9)).toMatch('expected unit 1');
    expect(
      tilingError(
        [
          { from: 1, to: 5 },
          { from: 5, to: 9 },
        ],
        9,
      ),
    ).toMatch('expected unit 6');
    expect(
      tilingError(
        [
          { from: 1, to: 5 },
          { from: 7, to: 9 },
        ],
        9,
      ),
    ).toMatch('expected unit 6');
    expect(tilingError([{ from: 1, to: 5 }], 9)).toMatch('end at 5');
    expect(tilingError([{ from: 1, to: 10 }], 9)).toMatch('end at 10');
    expect(tilingError([{ from: 1, to: 0 }], 0)).toMatch('empty');
    expect(tilingError([], 1)).toMatch('end at 0');
  });

  it('gives any part of any interval to anybody, and every unit keeps its place', () => {
    fc.assert(
      fc.property(
        owners,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('a', 'b', 'c', 'd'),
        (list, a, b, owner) => {
          const before = tilingOf(list);
          const whole = before[a % before.length] as Piece;
          const from = whole.from + (b % sizeOf(whole));
          const to = from + (a % (whole.to - from + 1));
          const pieces = carve(whole, { from, to }, (old) => ({ ...old, owner }));
          const after = mergeAdjacent(
            before.flatMap((piece) => (piece === whole ? pieces : [piece])),
            isSame,
          );
          const expected = list.map((old, i) => (i + 1 >= from && i + 1 <= to ? owner : old));
          expect(units(after)).toEqual(expected);
          expect(after).toEqual(tilingOf(expected));
          expect(tilingError(after, list.length)).toBeUndefined();
        },
      ),
    );
  });

  it('finds steps from one tiling to another in which no two intervals share an end', () => {
    fc.assert(
      fc.property(owners, fc.nat(), fc.nat(), (list, a, b) => {
        const before = tilingOf(list);
        const at = a % before.length;
        const whole = before[at] as Piece;
        const from = whole.from + (b % sizeOf(whole));
        const to = from + (a % (whole.to - from + 1));
        const near = before.slice(Math.max(0, at - 1), at + 2);
        const pieces = carve(whole, { from, to }, (old) => ({ ...old, owner: 'b' }));
        const after = mergeAdjacent(
          near.flatMap((piece) => (piece === whole ? pieces : [piece])),
          isSame,
        );
        const table = new Map(before.map((piece) => [piece.from, piece]));
        const put = (piece: Piece): void => {
          table.set(piece.from, piece);
          const ends = [...table.values()].map((one) => one.to);
          expect(new Set(ends).size).toBe(ends.length);
        };
        const { removed, changed, added } = reshape(near, after);
        for (const piece of removed) table.delete(piece.from);
        for (const piece of changed) put(piece);
        for (const piece of added) put(piece);
        const result = [...table.values()].sort((x, y) => x.from - y.from);
        expect(tilingError(result, list.length)).toBeUndefined();
      }),
    );
  });
});
