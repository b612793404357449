/** Reading and writing the intervals of a pack: all that keeps them tiling [1, N] is here. */
import { hold, refuse } from '../codes.ts';
import { carve, contains, mergeAdjacent, reshape, sizeOf, type Range } from '../title/intervals.ts';
import { isEqual } from '../title/bytes.ts';
import { ruleOf, type Phase, type State, type Transition } from '../title/transitions.ts';
import { RECEIVABLE, type Act } from './acts.ts';
import { sliceGuard, splitsGuard } from './guards.ts';
import { DEFAULT_RULES, type Rules } from './rules.ts';
import type { Context, Entry, Interval, Pack, Reader } from './tables.ts';

/** The numbers of the guards as they are now. */
export function rulesOf(ctx: Reader): Rules {
  return ctx.db.rules.get({ id: 'current' }) ?? DEFAULT_RULES;
}

/** Status and flag of an interval together. */
export function stateOf({ status, flag }: Pick<Interval, 'status' | 'flag'>): State {
  return `${status}/${flag}`;
}

/** Status and flag of a state. */
export function partsOf(state: State): Pick<Interval, 'status' | 'flag'> {
  const [status, flag] = state.split('/') as [Interval['status'], Interval['flag']];
  return { status, flag };
}

/** The interval that holds all units of a range; refused when there is none. */
export function needInterval(ctx: Reader, pack: Uint8Array, range: Range): Interval {
  // Most ranges begin where an interval begins.
  let found = ctx.db.interval.get({ pack, from: range.from });
  let after: Uint8Array | undefined;
  while (found === undefined) {
    const { rows, next } = ctx.db.interval.byEnd.list({ pack }, { after });
    found = rows.find(({ to }) => to >= range.from);
    if (next === undefined) break;
    after = next;
  }
  return found !== undefined && contains(found, range) ? found : refuse('INTERVAL_UNKNOWN');
}

/** The rule of the table for an act from a state; refused when there is none. */
export function needRule(act: Act, from: State | undefined): Transition<Act> {
  return ruleOf(RECEIVABLE, act, from) ?? refuse('ILLEGAL_ACT');
}

/** All intervals of a pack in order. */
export function intervalsOf(ctx: Reader, pack: Uint8Array): readonly Interval[] {
  const all: Interval[] = [];
  let after: Uint8Array | undefined;
  do {
    const { rows, next } = ctx.db.interval.byEnd.list({ pack }, { after });
    all.push(...rows);
    after = next;
  } while (after !== undefined);
  return all;
}

function isSameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && isEqual(a, b));
}

/** Whether a request is open on an interval: it is named by its first unit, so the interval must not change. */
function isWaiting({ flag }: Pick<Interval, 'flag'>): boolean {
  return flag === 'LOCKED' || flag === 'COLLECTING';
}

/** Whether two neighbours are one interval. Those that a request is open on stay apart. */
export function isSameTitle(a: Interval, b: Interval): boolean {
  return (
    a.status === b.status &&
    a.flag === b.flag &&
    !isWaiting(a) &&
    a.holder === b.holder &&
    a.pledgee === b.pledgee &&
    isSameBytes(a.deal, b.deal) &&
    a.path.length === b.path.length &&
    a.path.every((party, i) => party === b.path[i])
  );
}

/** What is done to a part of an interval. */
export type Change = {
  readonly whole: Interval;
  readonly part: Range;
  readonly state: State;
  readonly fields?: Partial<Pick<Interval, 'holder' | 'path' | 'pledgee' | 'deal'>>;
};

/** Change a part of an interval, joining what is the same beside it. Gives the pack with its count of intervals. */
export function place(ctx: Context, pack: Pack, change: Change): Pack {
  const { whole, part, state, fields = {} } = change;
  const id = pack.id;
  const pieces = carve(whole, part, (old) => ({ ...old, ...fields, ...partsOf(state) }));
  const canJoin = !isWaiting(partsOf(state));
  const left =
    canJoin && part.from === whole.from && whole.from > 1
      ? ctx.db.interval.byEnd.get({ pack: id, to: whole.from - 1 })
      : undefined;
  const right =
    canJoin && part.to === whole.to && whole.to < pack.units
      ? ctx.db.interval.get({ pack: id, from: whole.to + 1 })
      : undefined;
  const before = [left, whole, right].filter((piece) => piece !== undefined);
  const around = [left, ...pieces, right].filter((piece) => piece !== undefined);
  const after = mergeAdjacent(around, isSameTitle);
  const { removed, changed, added } = reshape(before, after);
  for (const { from } of removed) ctx.db.interval.remove({ pack: id, from });
  for (const piece of changed) ctx.db.interval.update(piece);
  for (const piece of added) ctx.db.interval.insert(piece);
  return { ...pack, intervals: pack.intervals + after.length - before.length };
}

/** Guards *G4 slice* and *G4 splits* for a part that somebody wants to deal with. */
export function holdSlice(ctx: Reader, pack: Pack, whole: Interval, part: Range): void {
  const rules = rulesOf(ctx);
  hold(sliceGuard(whole, part, rules));
  const added = Number(part.from > whole.from) + Number(part.to < whole.to);
  if (added > 0) hold(splitsGuard(pack.intervals + added, rules));
}

/** What is written down about an act. */
export type Done = {
  readonly act: Entry['act'];
  readonly phase: Phase;
  readonly part: Range;
  readonly state: State;
  readonly holder: string;
  /** The organisation that acts. */
  readonly by: string;
} & Partial<Pick<Entry, 'document' | 'deal' | 'proof'>>;

/** Write an act into the pack's history and write the pack. Gives the pack with its count of acts. */
export function record(ctx: Context, pack: Pack, done: Done): Pack {
  const { act, phase, part, state, holder, by, document, deal, proof } = done;
  const { from, to } = part;
  const common = { pack: pack.id, seq: pack.acts, phase, from, to, holder, ...partsOf(state) };
  const { time, height, txid } = ctx;
  ctx.db.entry.insert({ ...common, act, by, document, deal, proof, time, height, txid });
  if (act !== 'review' && act !== 'credit') ctx.emit.Moved({ ...common, act, by });
  const next = { ...pack, acts: pack.acts + 1 };
  ctx.db.pack.update(next);
  return next;
}

/** The pack with some units ended. */
export function ended(pack: Pack, part: Range, isPaid: boolean): Pack {
  const size = sizeOf(part);
  return { ...pack, open: pack.open - size, paid: pack.paid + (isPaid ? size : 0) };
}
