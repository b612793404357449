import { HanseError, toHex } from '@hanse/kit';
import type { Deal, Interval, Pack, Request } from '../packs/tables.ts';
import { sizeOf, type Range } from '../title/intervals.ts';
import { askPacks, nameOf, type Desk } from './desk.ts';

/** A title as it stands: who holds which part, what is asked for and what banks were asked. */
export type Title = {
  readonly pack: Pack;
  /** In order; they tile the pack. */
  readonly intervals: readonly Interval[];
  readonly requests: readonly Request[];
  readonly deals: readonly Deal[];
};

const PAGES_MAX = 10;

type Page<R> = { readonly rows: readonly R[]; readonly next?: Uint8Array | undefined };

async function all<R>(
  read: (after: Uint8Array | undefined) => Promise<{ readonly value: Page<R> }>,
): Promise<readonly R[]> {
  const rows: R[] = [];
  let after: Uint8Array | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { value } = await read(after);
    rows.push(...value.rows);
    after = value.next;
    if (after === undefined) break;
  }
  return rows;
}

/** A title, as one node answers. Throws TradeObjectUnknown. */
export async function readTitle(desk: Desk, id: Uint8Array): Promise<Title> {
  const packs = askPacks(desk);
  const { value: pack } = await packs.get({ pack: id });
  if (pack === undefined) throw unknownPack(`There is no title with the id ${toHex(id)}.`);
  const [intervals, deals] = await Promise.all([
    all((after) => packs.intervals(after === undefined ? { pack: id } : { pack: id, after })),
    all((after) => packs.deals(after === undefined ? { pack: id } : { pack: id, after })),
  ]);
  const waiting = intervals.filter(({ flag }) => flag === 'LOCKED' || flag === 'COLLECTING');
  const requests = await Promise.all(
    waiting.map(async ({ from }) => (await packs.request({ pack: id, from })).value),
  );
  return { pack, intervals, deals, requests: requests.filter((one) => one !== undefined) };
}

/** Titles over an invoice, the newest last. */
export async function titlesOf(desk: Desk, document: Uint8Array): Promise<readonly Pack[]> {
  return (await askPacks(desk).list({ document })).value.rows;
}

/** The title over an invoice that is still good for something. Throws TradeObjectUnknown when there is none. */
export async function titleOf(desk: Desk, document: Uint8Array): Promise<Pack> {
  const packs = await titlesOf(desk, document);
  const open = packs.findLast(({ open }) => open > 0) ?? packs.at(-1);
  if (open !== undefined) return open;
  throw unknownPack(`No title was issued over document ${toHex(document)} yet.`);
}

/** The first so many units of what an organisation holds and may pass on. Throws TitleNotHeld. */
export function pickUnits(
  desk: Desk,
  intervals: readonly Interval[],
  holder: string,
  units: number,
): Range {
  const own = intervals.filter(
    (one) => one.holder === holder && one.status === 'RECEIVED' && one.flag === 'CIRCULATING',
  );
  // The smallest one that is large enough keeps the large ones whole.
  const fitting = own
    .filter((one) => sizeOf(one) >= units)
    .toSorted((a, b) => sizeOf(a) - sizeOf(b));
  const [first] = fitting;
  if (first !== undefined) return { from: first.from, to: first.from + units - 1 };
  const largest = Math.max(0, ...own.map(sizeOf));
  throw new HanseError('TitleNotHeld', { holder: nameOf(desk, holder), units, largest });
}

function unknownPack(reason: string): HanseError {
  return new HanseError('TradeObjectUnknown', { object: 'title', reason });
}
