/**
 * The algebra of title packs: a pack of N indivisible units is cut into intervals, and whatever happens,
 * the intervals tile [1, N]. It knows nothing of what the units are (money, kilograms, originals) nor of
 * what a holder may do with them.
 */

/** Units `from` to `to`, both included. The first unit of a pack is 1. */
export type Range = { readonly from: number; readonly to: number };

/** Number of units in a range. */
export function sizeOf({ from, to }: Range): number {
  return to - from + 1;
}

/** Whether all units of `inner` are in `outer`, and there is at least one. */
export function contains(outer: Range, inner: Range): boolean {
  return inner.from <= inner.to && outer.from <= inner.from && inner.to <= outer.to;
}

/** Whether two ranges share a unit. */
export function overlaps(a: Range, b: Range): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/**
 * Cut `part` out of `whole` and change it: one to three intervals in order that cover `whole` again. What is
 * left on both sides keeps all but its bounds.
 */
export function carve<T extends Range>(
  whole: T,
  part: Range,
  change: (piece: T) => T,
): readonly T[] {
  if (!contains(whole, part)) throw new RangeError('the part is not in the whole');
  const pieces: T[] = [];
  if (whole.from < part.from) pieces.push({ ...whole, to: part.from - 1 });
  pieces.push({ ...change(whole), from: part.from, to: part.to });
  if (part.to < whole.to) pieces.push({ ...whole, from: part.to + 1 });
  return pieces;
}

/** Join neighbours that `isSame` calls the same: the intervals in order, as few as possible. */
export function mergeAdjacent<T extends Range>(
  sorted: readonly T[],
  isSame: (a: T, b: T) => boolean,
): readonly T[] {
  const merged: T[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && last.to + 1 === next.from && isSame(last, next)) {
      merged[merged.length - 1] = { ...last, to: next.to };
    } else {
      merged.push(next);
    }
  }
  return merged;
}

/** What turns some intervals into others that cover the same units. Apply it in this order. */
export type Reshape<T extends Range> = {
  readonly removed: readonly T[];
  /** Intervals that keep their first unit, those that shrink before those that grow. */
  readonly changed: readonly T[];
  readonly added: readonly T[];
};

/**
 * The difference between two lists of intervals that cover the same units. An interval is named by its first
 * unit, and no two of them ever share a last unit while the difference is applied in order.
 */
export function reshape<T extends Range>(before: readonly T[], after: readonly T[]): Reshape<T> {
  const olds = new Map(before.map((piece) => [piece.from, piece]));
  const starts = new Set(after.map(({ from }) => from));
  const growth = (piece: T): number => piece.to - (olds.get(piece.from)?.to ?? piece.to);
  return {
    removed: before.filter(({ from }) => !starts.has(from)),
    changed: after
      .filter((piece) => olds.has(piece.from) && olds.get(piece.from) !== piece)
      .sort((a, b) => growth(a) - growth(b)),
    added: after.filter(({ from }) => !olds.has(from)),
  };
}

/** Why intervals in order do not tile [1, units], or undefined when they do. */
export function tilingError(sorted: readonly Range[], units: number): string | undefined {
  let next = 1;
  for (const { from, to } of sorted) {
    if (from !== next) return `expected unit ${next}, found ${from}`;
    if (to < from) return `interval ${from} is empty`;
    next = to + 1;
  }
  return next === units + 1 ? undefined : `units end at ${next - 1} instead of ${units}`;
}
