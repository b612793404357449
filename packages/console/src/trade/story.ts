import { decode } from '@hanse/codec';
import type { ChainEvent } from '@hanse/client';
import type { BlockDetail, BlockSummary, Receipt, Tx } from '@hanse/model';
import { fromHex, toHex } from '@hanse/kit';
import { loadContract } from '../data/contracts.ts';
import { loadTx, type LoadedTx } from '../data/load.ts';
import type { Trade } from './chain.ts';
import type { Checking } from './rows.ts';

/** An event of the contracts, or of a deposit that they speak of. */
export type StoryEvent = {
  readonly contract: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** A call that was made, with its arguments where they can be read. */
export type StoryCall = {
  readonly contract: string;
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
};

/** A transaction of the story, as one node tells of it. */
export type StoryStep = {
  readonly txid: string;
  readonly height: number;
  readonly isRefused: boolean;
  /** Empty for a refused one: what happened is in its receipt. */
  readonly events: readonly StoryEvent[];
};

/** The story as far as it was found. */
export type Story = {
  /** In the order of the chain. */
  readonly steps: readonly StoryStep[];
  /** Documents that the contracts speak of: files that the reader may open. */
  readonly documents: readonly string[];
  /** Currencies of invoices that were credited, by document: events hold counts of units. */
  readonly currencies: ReadonlyMap<string, string>;
  /** Whether earlier steps were left out. */
  readonly isCut: boolean;
};

/** A transaction that was proved here, in the words of the contracts. */
export type ToldStep = {
  readonly loaded: LoadedTx;
  readonly calls: readonly StoryCall[];
  readonly events: readonly StoryEvent[];
};

const EVENTS_MAX = 400;
const STEPS_MAX = 80;
const BLOCKS_PAGE = 100;
/** Blocks that are looked through for refusals. */
const BLOCKS_MAX = 3_000;
const REFUSALS_MAX = 20;
/** Behind all events of a block: a refused transaction has none. */
const REFUSED_INDEX = 1_000_000_000;
const CONTRACTS = ['packs', 'claims'] as const;

/**
 * The story of title packs on a chain, from its events, and from blocks with refusals: a refused transaction
 * leaves no event. It is one node's word until each step is proved.
 */
export async function loadStory(trade: Trade, checking: Checking): Promise<Story> {
  const own = await Promise.all(CONTRACTS.map((contract) => readEvents(trade, contract, checking)));
  const events = own.flat();
  const documents = documentsOf(events);
  const deposits = await readEvents(trade, 'evidence', checking, 'deposited');
  const known = new Set(documents);
  const steps = stepsOf([...events, ...deposits.filter((one) => known.has(depositOf(one)))]);
  const [refused, currencies] = await Promise.all([
    findRefused(checking, steps),
    currenciesOf(trade, events, checking),
  ]);
  const all = [...steps, ...refused].sort(byPlace);
  return { steps: all.slice(-STEPS_MAX), documents, currencies, isCut: all.length > STEPS_MAX };
}

type Ordered = StoryStep & { readonly index: number };

function byPlace(a: Ordered, b: Ordered): number {
  return a.height - b.height || a.index - b.index;
}

async function readEvents(
  { client }: Trade,
  contract: string,
  { api, chain, signal }: Checking,
  name?: string,
): Promise<readonly Placed[]> {
  const views =
    contract === 'evidence' ? undefined : (await loadContract(api, chain, contract)).offers.events;
  const found: Placed[] = [];
  const filter = name === undefined ? { contract } : { contract, name };
  for await (const event of client.events({ ...filter, signal })) {
    const data = views === undefined ? event.data : dataOf(views[event.name], event.dataBytes);
    if (!isFields(data)) continue;
    found.push({ event, data });
    // The newest are the story that is told; what came long before is on the pages of packs.
    if (found.length > EVENTS_MAX) found.shift();
  }
  return found;
}

type Placed = { readonly event: ChainEvent; readonly data: Readonly<Record<string, unknown>> };

function dataOf(schema: Parameters<typeof decode>[0] | undefined, bytes: Uint8Array): unknown {
  const value = schema === undefined ? undefined : decode(schema, bytes);
  return value?.ok === true ? value.value : undefined;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function depositOf({ data }: Placed): string {
  return typeof data['id'] === 'string' ? data['id'] : '';
}

/** Documents that events name, in the order in which they first come. */
function documentsOf(events: readonly Placed[]): readonly string[] {
  const hashes = events.flatMap(({ data }) => [data['document'], data['note']]);
  const known = hashes.filter((one): one is Uint8Array => one instanceof Uint8Array).map(toHex);
  return [...new Set(known)];
}

async function currenciesOf(
  { claims }: Trade,
  events: readonly Placed[],
  { signal }: Checking,
): Promise<ReadonlyMap<string, string>> {
  const credited = events.filter(({ event }) => event.name === 'Credited');
  const documents = new Map<string, Uint8Array>();
  for (const { data } of credited) {
    const { document } = data;
    if (document instanceof Uint8Array) documents.set(toHex(document), document);
  }
  const found = await Promise.all(
    [...documents].slice(-STEPS_MAX).map(async ([id, document]) => {
      const { value } = await claims.query.get({ document }, { signal });
      return [id, value?.currency ?? ''] as const;
    }),
  );
  return new Map(found);
}

function stepsOf(events: readonly Placed[]): readonly Ordered[] {
  const steps = new Map<string, Ordered & { readonly events: StoryEvent[] }>();
  for (const { event, data } of events) {
    const { txid, height, contract, name } = event;
    // A cursor is `height.index`, and the index counts over all receipts of the block.
    const index = Number(event.cursor.split('.')[1] ?? 0);
    const step = steps.get(txid) ?? { txid, height, isRefused: false, events: [], index };
    steps.set(txid, { ...step, index: Math.min(index, step.index) });
    step.events.push({ contract, name, data });
  }
  return [...steps.values()];
}

/** Refused calls of the contracts in the blocks from the first step on. */
async function findRefused(
  { api, signal }: Checking,
  steps: readonly StoryStep[],
): Promise<readonly Ordered[]> {
  const first = steps.reduce((least, { height }) => Math.min(least, height), Infinity);
  if (!Number.isFinite(first)) return [];
  const heights: number[] = [];
  let before: number | undefined;
  for (let seen = 0; seen < BLOCKS_MAX; seen += BLOCKS_PAGE) {
    const from = before === undefined ? '' : `&before=${before}`;
    const path = `/v1/blocks?limit=${BLOCKS_PAGE}${from}`;
    const { blocks } = await api.get<{ readonly blocks: readonly BlockSummary[] }>(path, signal);
    heights.push(...blocks.filter(({ refused }) => refused > 0).map(({ height }) => height));
    const last = blocks.at(-1)?.height ?? 0;
    if (last <= first || blocks.length < BLOCKS_PAGE) break;
    before = last;
  }
  const wanted = heights.filter((height) => height >= first).slice(-REFUSALS_MAX);
  const details = await Promise.all(
    wanted.map((height) => api.get<BlockDetail>(`/v1/blocks/${height}`, signal)),
  );
  return details.flatMap(({ height, receipts }) =>
    receipts.flatMap(({ txid, status, calls }, index): readonly Ordered[] =>
      status === 'refused' && calls.some(isOurs)
        ? [{ txid, height, isRefused: true, events: [], index: REFUSED_INDEX + index }]
        : [],
    ),
  );
}

function isOurs(call: string): boolean {
  return CONTRACTS.some((contract) => call.startsWith(`${contract}.`));
}

/** Prove a step, and read what it asked for and what came of it. Rejects when the node has no answer. */
export async function proveStep(checking: Checking, txid: string): Promise<ToldStep> {
  const { api, chain, signal } = checking;
  const loaded = await loadTx(api, chain, txid, signal);
  const { verified } = loaded;
  const tx = verified?.tx?.value;
  if (verified === undefined || tx === undefined) return { loaded, calls: [], events: [] };
  const [calls, events] = await Promise.all([
    readCalls(checking, tx),
    readReceipt(checking, verified.receipt),
  ]);
  return { loaded, calls, events };
}

async function readCalls(checking: Checking, { calls }: Tx): Promise<readonly StoryCall[]> {
  const read = await Promise.all(
    calls.map(async ({ contract, method, args }): Promise<StoryCall> => {
      const offers = await offersOf(checking, contract);
      const value = dataOf(offers?.methods[method]?.args, args);
      return { contract, method, args: isFields(value) ? value : {} };
    }),
  );
  return read;
}

async function readReceipt(
  checking: Checking,
  { events }: Receipt,
): Promise<readonly StoryEvent[]> {
  const read = await Promise.all(
    events.map(async ({ contract, name, data }): Promise<readonly StoryEvent[]> => {
      const offers = await offersOf(checking, contract);
      const value = dataOf(offers?.events[name], data);
      return isFields(value) ? [{ contract, name, data: value }] : [];
    }),
  );
  return read.flat();
}

async function offersOf({ api, chain }: Checking, contract: string) {
  const isKnown = CONTRACTS.some((one) => one === contract);
  return isKnown ? (await loadContract(api, chain, contract)).offers : undefined;
}

/** The hash in a field of an event or of arguments, in hexadecimal. */
export function hashIn(data: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = data[name];
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'string' && fromHex(value)?.length === 32 ? value : undefined;
}

/** The text in a field of an event or of arguments. */
export function textIn(data: Readonly<Record<string, unknown>>, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

/** The number in a field of an event or of arguments. */
export function countIn(data: Readonly<Record<string, unknown>>, name: string): number {
  const value = data[name];
  return typeof value === 'number' ? value : 0;
}
