import { toHex } from '@hanse/kit';
import type { Deal, Pack, Request, Rules } from '@hanse/trade-finance';
import { checkRows, type CheckedRow, type Checking } from './rows.ts';
import type { Trade } from './chain.ts';

type PageOf<F extends (...args: never[]) => Promise<{ readonly value: unknown }>> = Awaited<
  ReturnType<F>
>['value'];

/** Units that an organisation holds, with their pack and the request that is open on them. */
export type Holding = PageOf<Trade['packs']['query']['holdings']>['rows'][number];

/** What a holder should know first about a holding. */
export type Standing =
  | 'free'
  | 'fixed'
  | 'unconfirmed'
  | 'confirmed'
  | 'waiting'
  | 'asked'
  | 'offered'
  | 'accepted'
  | 'pledged'
  | 'matured'
  | 'collecting'
  | 'dishonoured'
  | 'frozen'
  | 'ended';

/** An open request that waits for this organisation, with its pack. */
export type ToSign = { readonly request: Request; readonly pack: Pack };

/** What the page of an organisation shows. */
export type Holdings = {
  readonly holder: string;
  /** Height the node answered at. */
  readonly height: number;
  readonly rows: readonly CheckedRow<Holding>[];
  /** Whether there are more than are shown. */
  readonly hasMore: boolean;
  /** Deals of the holder that are not closed, by their ids in hexadecimal. */
  readonly deals: ReadonlyMap<string, Deal>;
  readonly toSign: readonly ToSign[];
  readonly rules: Rules;
};

/** Holdings that a page shows. */
const HOLDINGS_MAX = 50;
/** Holdings whose records are asked for and checked. */
const CHECKED_MAX = 30;

/** What an organisation holds, what it is asked to sign, and how its deals stand. */
export async function loadHoldings(
  trade: Trade,
  checking: Checking,
  holder: string,
): Promise<Holdings> {
  const { packs } = trade;
  const { signal } = checking;
  const [held, waiting, dealt, rules] = await Promise.all([
    packs.query.holdings({ holder, limit: HOLDINGS_MAX }, { signal }),
    packs.query.requests({ side: 'signer', organisation: holder }, { signal }),
    packs.query.deals({ holder }, { signal }),
    packs.query.rules({}, { signal }),
  ]);
  const { height, value } = held;
  const place = { contract: 'packs', table: 'interval', height };
  const [rows, toSign] = await Promise.all([
    checkRows(checking, place, value.rows, CHECKED_MAX),
    withPacks(trade, waiting.value.rows, signal),
  ]);
  const open = dealt.value.rows.filter(({ stage }) => stage !== 'closed');
  return {
    holder,
    height,
    rows,
    hasMore: value.next !== undefined,
    deals: new Map(open.map((deal) => [toHex(deal.id), deal])),
    toSign,
    rules: rules.value,
  };
}

/** Acts that the page can sign for, or tells how to sign. */
const SHOWN: ReadonlySet<string> = new Set(['transfer', 'receive', 'confirm']);

async function withPacks(
  { packs }: Trade,
  requests: readonly Request[],
  signal: AbortSignal,
): Promise<readonly ToSign[]> {
  const shown = requests.filter(({ act }) => SHOWN.has(act)).slice(0, HOLDINGS_MAX);
  const found = await Promise.all(
    shown.map(async (request): Promise<readonly ToSign[]> => {
      const { value: pack } = await packs.query.get({ pack: request.pack }, { signal });
      return pack === undefined ? [] : [{ request, pack }];
    }),
  );
  return found.flat();
}

/** The deal that a holding waits for or is financed by. */
export function dealOf(
  { deals }: Pick<Holdings, 'deals'>,
  { request, deal }: Holding,
): Deal | undefined {
  const id = request?.deal ?? deal;
  return id === undefined ? undefined : deals.get(toHex(id));
}

/** Where a holding stands. */
export function standingOf(holding: Holding, deal: Deal | undefined): Standing {
  const { status, flag, request } = holding;
  if (flag === 'ENDED') return 'ended';
  if (flag === 'FROZEN') return 'frozen';
  if (flag === 'PLEDGED') return 'pledged';
  if (request !== undefined && (request.act === 'finance' || request.act === 'pledge')) {
    if (deal?.stage === 'offered' || deal?.stage === 'accepted') return deal.stage;
    return 'asked';
  }
  if (flag === 'COLLECTING') return 'collecting';
  if (flag === 'LOCKED') return 'waiting';
  if (status === 'ISSUED') return 'unconfirmed';
  if (status === 'ACCEPTED') return 'confirmed';
  if (status === 'MATURED') return 'matured';
  if (status === 'DISHONOURED') return 'dishonoured';
  return flag === 'NON_TRANSFERABLE' ? 'fixed' : 'free';
}

/** What is looked at first: what waits for the holder, what can be used, and all else by the day it is due. */
const FIRST: readonly Standing[] = ['offered', 'confirmed', 'free'];

/** Holdings in the order in which a holder wants to see them. */
export function inOrder(
  holdings: Pick<Holdings, 'rows' | 'deals'>,
): readonly CheckedRow<Holding>[] {
  const rank = ({ row }: CheckedRow<Holding>): number => {
    const place = FIRST.indexOf(standingOf(row, dealOf(holdings, row)));
    return place < 0 ? FIRST.length : place;
  };
  return [...holdings.rows]
    .filter(({ row }) => isLive(row))
    .sort((a, b) => rank(a) - rank(b) || (a.row.due < b.row.due ? -1 : 1));
}

/** Whether units still count as what somebody holds. */
export function isLive({ flag }: Pick<Holding, 'flag'>): boolean {
  return flag !== 'ENDED';
}

/** Sums of what is held, by currency, the largest first. */
export function totalsOf(
  rows: readonly Holding[],
): readonly { readonly currency: string; readonly units: number; readonly parts: number }[] {
  const totals = new Map<string, { units: number; parts: number }>();
  for (const { currency, units } of rows.filter(isLive)) {
    const total = totals.get(currency) ?? { units: 0, parts: 0 };
    totals.set(currency, { units: total.units + units, parts: total.parts + 1 });
  }
  return [...totals]
    .map(([currency, total]) => ({ currency, ...total }))
    .sort((a, b) => b.units - a.units);
}
