import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHanseError, toHex } from '@hanse/kit';
import { ROOT } from '../harness/bundle.ts';
import type { Network } from '../harness/network.ts';
import { levelHeads } from '../harness/truth.ts';
import type { TradeNetwork } from '../harness/trade.ts';
import { goThrough, makeDeal, PARTY_IDS, type PrivateDeal } from './deals.ts';
import {
  countNeedle,
  haystacksOf,
  searchBytes,
  textNeedles,
  type Found,
  type Needle,
} from './search.ts';

/** What a search of all nodes found. */
export type PrivacyReport = {
  readonly deals: number;
  readonly nodes: number;
  readonly searchedBytes: number;
  readonly needles: number;
  /** Nothing, when it is as it should be. */
  readonly found: readonly Found[];
  /** Places where what is public was found: without them the search would prove nothing. */
  readonly controls: number;
};

const AT_ONCE = 3;
/** What a machine that is busy with other things does to a deal. */
const LATE: ReadonlySet<string> = new Set([
  'NodeUnreachable',
  'NotFinalInTime',
  'RegistryUnreachable',
]);
const STOPPED_MAX = 20;

/**
 * Take so many made-up deals from deposit to payment, stop all validators, and look for any of their content in
 * everything that validators have written, and in everything that their interfaces say.
 */
export async function searchNodes(
  network: Network,
  trade: TradeNetwork,
  count: number,
  say: (text: string) => void = () => undefined,
): Promise<PrivacyReport> {
  const template = readFileSync(join(ROOT, 'demo/invoices/kestrel-KS-88213.ubl.xml'), 'utf8');
  const deals: PrivateDeal[] = [];
  const make = (): PrivateDeal => makeDeal(template);
  const documents = await throughAll(trade, deals, { count, make, say });
  await levelHeads(network);
  const said = await sayings(network);
  const outputs = network.running().map((index) => {
    const bytes = Buffer.from(network.node(index).output);
    return { where: `output of validator ${index}`, bytes };
  });
  await network.stopAll();
  const onDisk = [];
  for (const { dir } of network.files.nodes) onDisk.push(...(await haystacksOf(dir)));
  const haystacks = [...onDisk, ...outputs, ...said];
  const needles = needlesOf(deals);
  const found = searchBytes(haystacks, needles);
  // What is public must be found: in the log, in the state, and in what the interfaces say.
  const [first = new Uint8Array(32)] = documents;
  const known = [
    { what: 'id of a document', bytes: first },
    { what: 'id of a document in text', bytes: Buffer.from(toHex(first)) },
    { what: 'organisation', bytes: Buffer.from(trade.stage.organisations.supplier2) },
  ];
  const controls = known.filter((one) => searchBytes(haystacks, [one]).length > 0).length;
  const searchedBytes = haystacks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const nodes = network.files.nodes.length;
  return {
    deals: documents.length,
    nodes,
    searchedBytes,
    needles: needles.length,
    found,
    controls,
  };
}

/** Take deals through until so many have come to their end; one that a busy machine stops is looked for as well. */
async function throughAll(
  { stage }: TradeNetwork,
  deals: PrivateDeal[],
  {
    count,
    make,
    say,
  }: {
    readonly count: number;
    readonly make: () => PrivateDeal;
    readonly say: (text: string) => void;
  },
): Promise<readonly Uint8Array[]> {
  const fast = { ...stage, desk: { ...stage.desk, until: 'final' as const } };
  const documents: Uint8Array[] = [];
  let started = 0;
  let stopped = 0;
  const worker = async (): Promise<void> => {
    while (started < count + stopped) {
      started += 1;
      const deal = make();
      deals.push(deal);
      try {
        documents.push(await goThrough(fast, deal));
        if (documents.length % 10 === 0) say(`${documents.length} deals`);
      } catch (error) {
        const isLate = isHanseError(error) && LATE.has(error.codeName);
        if (!isLate || stopped >= STOPPED_MAX) throw error;
        stopped += 1;
        say(`one deal was stopped: ${error.codeName}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return documents;
}

/** Blocks with their receipts, and all events, as a validator says them in JSON: refusals included. */
async function sayings(network: Network) {
  const texts: { readonly where: string; readonly bytes: Uint8Array }[] = [];
  const [index = 0] = network.running();
  const { height } = await network.head(index);
  for (let at = 1; at <= height; at++) {
    const block = await network.ask<object>(index, `/v1/blocks/${at}`);
    texts.push({ where: `/v1/blocks/${at}`, bytes: Buffer.from(JSON.stringify(block)) });
  }
  const client = network.client();
  for (const contract of ['claims', 'packs', 'evidence']) {
    for await (const event of client.events({ contract })) {
      const { dataBytes, ...rest } = event;
      const bytes = Buffer.concat([Buffer.from(JSON.stringify(rest)), dataBytes]);
      texts.push({ where: `event ${contract}.${event.name}`, bytes });
    }
  }
  return texts;
}

function needlesOf(deals: readonly PrivateDeal[]): readonly Needle[] {
  const texts = [...new Set([...PARTY_IDS, ...deals.flatMap((deal) => deal.texts)])];
  const counts = deals.flatMap((deal) => deal.counts);
  return [...texts.flatMap(textNeedles), ...[...new Set(counts)].map(countNeedle)];
}

/** Write a report for people and machines. */
export function writeReport(path: string, report: PrivacyReport): void {
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`);
}
