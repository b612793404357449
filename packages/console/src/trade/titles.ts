import { toHex } from '@hanse/kit';
import type { Deal, Entry, Interval, Pack } from '@hanse/trade-finance';
import { verdictOf, type Step, type StepState } from '../verify/trail.ts';
import type { Trade } from './chain.ts';
import { isSamePicture, partsOf, replay, type Part, type Replay } from './replay.ts';
import { checkRow, checkRows, type CheckedRow, type Checking } from './rows.ts';

type ValueOf<F extends (...args: never[]) => Promise<{ readonly value: unknown }>> = Awaited<
  ReturnType<F>
>['value'];

/** A claim with its verdict. */
export type Claim = NonNullable<ValueOf<Trade['claims']['query']['get']>>;
/** A credit note. */
export type Credit = ValueOf<Trade['claims']['query']['credits']>['rows'][number];
type PackHit = ValueOf<Trade['packs']['query']['hits']>['rows'][number];
type ClaimHit = ValueOf<Trade['claims']['query']['hits']>['rows'][number];

/** A pack as it is: its parts, and whether each of them is proved. */
export type Title = {
  readonly pack: Pack;
  readonly parts: readonly Part[];
  readonly intervals: readonly CheckedRow<Interval>[];
  readonly height: number;
};

/** Everything about a pack. */
export type WholeTitle = Title & {
  readonly packSteps: readonly Step[];
  readonly entries: readonly CheckedRow<Entry>[];
  readonly replay: Replay;
  /** Whether the replayed history ends in the parts of now. */
  readonly isReplayed: boolean;
  readonly deals: readonly Deal[];
  readonly claim: Claim | undefined;
  readonly credits: readonly Credit[];
};

const PAGES_MAX = 10;
const CHECKED_MAX = 60;

type Page<R> = { readonly rows: readonly R[]; readonly next?: Uint8Array | undefined };

/** All rows behind a cursor, and the height of the first answer. */
async function allRows<R>(
  ask: (
    after: Uint8Array | undefined,
  ) => Promise<{ readonly value: Page<R>; readonly height: number }>,
): Promise<{ readonly rows: readonly R[]; readonly height: number }> {
  const rows: R[] = [];
  let height: number | undefined;
  let after: Uint8Array | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await ask(after);
    height ??= answer.height;
    rows.push(...answer.value.rows);
    after = answer.value.next;
    if (after === undefined) break;
  }
  return { rows, height: height ?? 0 };
}

/** The parts of a pack now. */
export async function loadTitle(trade: Trade, checking: Checking, pack: Pack): Promise<Title> {
  const { signal } = checking;
  const { rows, height } = await allRows<Interval>((after) =>
    trade.packs.query.intervals({ pack: pack.id, after }, { signal }),
  );
  const place = { contract: 'packs', table: 'interval', height };
  const intervals = await checkRows(checking, place, rows, CHECKED_MAX);
  return { pack, parts: partsOf(rows), intervals, height };
}

/** A pack with its history, deals, claim and credit notes; undefined when there is none with this id. */
export async function loadWholeTitle(
  trade: Trade,
  checking: Checking,
  id: Uint8Array,
): Promise<WholeTitle | undefined> {
  const { packs, claims } = trade;
  const { signal } = checking;
  const { value: pack, height } = await packs.query.get({ pack: id }, { signal });
  if (pack === undefined) return undefined;
  const { document } = pack;
  const [title, history, deals, claim, credits, packSteps] = await Promise.all([
    loadTitle(trade, checking, pack),
    allRows<Entry>((after) => packs.query.history({ pack: id, after }, { signal })),
    packs.query.deals({ pack: id }, { signal }),
    claims.query.get({ document }, { signal }),
    claims.query.credits({ invoice: document }, { signal }),
    checkRow(checking, { contract: 'packs', table: 'pack', height }, pack),
  ]);
  const place = { contract: 'packs', table: 'entry', height: history.height };
  const entries = await checkRows(checking, place, history.rows, CHECKED_MAX);
  const replayed = replay(pack.units, history.rows);
  const last = replayed.moments.at(-1)?.parts ?? [];
  return {
    ...title,
    packSteps,
    entries,
    replay: replayed,
    isReplayed: replayed.brokenAt === undefined && isSamePicture(last, title.parts),
    deals: deals.value.rows,
    claim: claim.value,
    credits: credits.value.rows,
  };
}

/** One state for many proofs: the worst of them. */
export function worstOf(rows: readonly { readonly steps: readonly Step[] }[]): StepState {
  const states = rows.map(({ steps }) => verdictOf(steps));
  if (states.includes('forged')) return 'forged';
  return states.length > 0 && states.every((state) => state === 'verified')
    ? 'verified'
    : 'unverified';
}

/** Packs of the chain, as one node lists them. */
export async function loadPacks(
  { packs }: Trade,
  after: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<Page<Pack>> {
  const { value } = await packs.query.list({ after, limit: 50 }, { signal });
  return value;
}

/** A thing that a regulator looks at, whichever contract wrote it down. */
export type Hit = {
  readonly rule: PackHit['rule'] | ClaimHit['rule'];
  readonly time: number;
  readonly height: number;
  readonly txid: string;
  readonly party: string;
  /** Id of the pack that it is about, in hexadecimal. */
  readonly pack: string | undefined;
  /** Number of the pack's act. */
  readonly seq: number | undefined;
  /** Hash of the document that it is about, in hexadecimal. */
  readonly document: string | undefined;
};

/** A hit with the proof of its record. */
export type CheckedHit = { readonly hit: Hit; readonly steps: readonly Step[] };

/** Rules that make hits, in the order in which they are listed. */
export const HIT_RULES = [
  'CYCLE',
  'LONG_TENOR',
  'SPLIT_STORM',
  'CREDIT_AFTER_FINANCE',
  'SAME_TRADE',
  'DUPLICATE',
  'REVIEWED',
] as const satisfies readonly Hit['rule'][];

const HITS_MAX = 100;
const HITS_CHECKED_MAX = 40;

/** What both contracts have written down for regulators, newest first. */
export async function loadHits(trade: Trade, checking: Checking): Promise<readonly CheckedHit[]> {
  const { signal } = checking;
  const [ofPacks, ofClaims] = await Promise.all([
    trade.packs.query.hits({ limit: HITS_MAX }, { signal }),
    trade.claims.query.hits({ limit: HITS_MAX }, { signal }),
  ]);
  const place = { table: 'hit' } as const;
  const [packRows, claimRows] = await Promise.all([
    checkRows(
      checking,
      { ...place, contract: 'packs', height: ofPacks.height },
      ofPacks.value.rows,
      HITS_CHECKED_MAX,
    ),
    checkRows(
      checking,
      { ...place, contract: 'claims', height: ofClaims.height },
      ofClaims.value.rows,
      HITS_CHECKED_MAX,
    ),
  ]);
  const hits = [
    ...packRows.map(({ row, steps }) => ({ hit: hitOfPack(row), steps })),
    ...claimRows.map(({ row, steps }) => ({ hit: hitOfClaim(row), steps })),
  ];
  return hits.sort((a, b) => b.hit.time - a.hit.time || b.hit.height - a.hit.height);
}

function hitOfPack({ rule, time, height, txid, party, pack, seq }: PackHit): Hit {
  return { rule, time, height, txid, party, pack: toHex(pack), seq, document: undefined };
}

function hitOfClaim({ rule, time, height, txid, party, document }: ClaimHit): Hit {
  const none = { pack: undefined, seq: undefined };
  return { rule, time, height, txid, party, ...none, document: toHex(document) };
}

/** Issuers with the share of their packs that have a long tenor. */
export async function loadIssuers({ packs }: Trade, signal: AbortSignal) {
  const { value } = await packs.query.issuers({}, { signal });
  return value.rows;
}

/** Rings in which title came back to an organisation. */
export async function loadRings({ packs }: Trade, organisation: string, signal: AbortSignal) {
  const { value } = await packs.query.cycles({ organisation }, { signal });
  return value;
}
