import {
  carve,
  contains,
  mergeAdjacent,
  sizeOf,
  type Entry,
  type Range,
} from '@hanse/trade-finance';

/** Units of a pack with one holder and one state. */
export type Part = Range & Pick<Entry, 'holder' | 'status' | 'flag'>;

/** The pack after one act of its history. */
export type Moment = {
  readonly entry: Entry;
  /** In order, covering all units. */
  readonly parts: readonly Part[];
  /** Who held the units of the act before it; undefined for the act that made the pack. */
  readonly before: string | undefined;
};

/** What became of replaying a history. */
export type Replay = {
  readonly moments: readonly Moment[];
  /** Number of the first act that does not follow from those before it; undefined when all do. */
  readonly brokenAt: number | undefined;
};

/** Replay the acts of a pack from its beginning: who held what after each of them. */
export function replay(units: number, history: readonly Entry[]): Replay {
  const moments: Moment[] = [];
  let parts: readonly Part[] = [];
  for (const [index, entry] of history.entries()) {
    if (entry.seq !== index) return { moments, brokenAt: index };
    const next = afterEntry(parts, entry, units);
    if (next === undefined) return { moments, brokenAt: index };
    const before = parts.find((part) => contains(part, entry))?.holder;
    parts = next;
    moments.push({ entry, parts, before });
  }
  return { moments, brokenAt: undefined };
}

/** The parts after an act; undefined when it does not fit what was before. */
function afterEntry(
  parts: readonly Part[],
  entry: Entry,
  units: number,
): readonly Part[] | undefined {
  const { from, to, holder, status, flag } = entry;
  if (entry.act === 'review' || entry.act === 'credit') return parts;
  if (entry.act === 'register') {
    const isWhole = parts.length === 0 && from === 1 && to === units;
    return isWhole ? [{ from, to, holder, status, flag }] : undefined;
  }
  const at = parts.findIndex((part) => contains(part, entry));
  const whole = parts[at];
  if (whole === undefined) return undefined;
  const pieces = carve(whole, { from, to }, (old) => ({ ...old, holder, status, flag }));
  return mergeAdjacent([...parts.slice(0, at), ...pieces, ...parts.slice(at + 1)], isSame);
}

function isSame(a: Part, b: Part): boolean {
  return a.holder === b.holder && a.status === b.status && a.flag === b.flag;
}

/** Intervals as parts: those that look the same to a reader become one. */
export function partsOf(intervals: readonly Part[]): readonly Part[] {
  const plain = intervals.map(({ from, to, holder, status, flag }) => ({
    from,
    to,
    holder,
    status,
    flag,
  }));
  return mergeAdjacent(plain, isSame);
}

/** Whether two pictures of a pack are the same. */
export function isSamePicture(a: readonly Part[], b: readonly Part[]): boolean {
  return (
    a.length === b.length &&
    a.every((part, i) => {
      const other = b[i];
      return other !== undefined && isSame(part, other) && part.from === other.from;
    })
  );
}

/** What each holds of a pack, in the order in which they first appear; ended units count for nobody. */
export function sharesOf(
  parts: readonly Part[],
): readonly { readonly holder: string; readonly units: number }[] {
  const shares = new Map<string, number>();
  for (const part of parts) {
    if (part.flag === 'ENDED') continue;
    shares.set(part.holder, (shares.get(part.holder) ?? 0) + sizeOf(part));
  }
  return [...shares].map(([holder, units]) => ({ holder, units }));
}
