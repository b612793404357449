import type { BlockSummary, TxOutcome } from '@hanse/model';
import type { Acknowledged } from './load.ts';
import type { Network } from './network.ts';
import { waitFor } from './wait.ts';

const PAGE = 100;
const SETTLE_MS = 20_000;

/** Ask one validator for the outcomes of transactions, by id, without waiting. */
export async function outcomesAt(
  url: string,
  txids: readonly string[],
): Promise<ReadonlyMap<string, TxOutcome>> {
  const outcomes = new Map<string, TxOutcome>();
  for (let from = 0; from < txids.length; from += PAGE) {
    const page = txids.slice(from, from + PAGE);
    const response = await fetch(`${url}/v1/tx/wait`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ txids: page, until: 'final', waitMs: 0 }),
      signal: AbortSignal.timeout(20_000),
    });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`wait: ${JSON.stringify(body)}`);
    const answer = body as { readonly outcomes: readonly TxOutcome[] };
    for (const [i, txid] of page.entries()) {
      const outcome = answer.outcomes[i];
      if (outcome !== undefined) outcomes.set(txid, outcome);
    }
  }
  return outcomes;
}

/** Digest per height as one validator has them, from 1 up to `height`. */
export async function digestsAt(
  url: string,
  height: number,
): Promise<ReadonlyMap<number, BlockSummary>> {
  const blocks = new Map<number, BlockSummary>();
  for (let before = height + 1; before > 1;) {
    const response = await fetch(`${url}/v1/blocks?before=${before}&limit=${PAGE}`, {
      signal: AbortSignal.timeout(20_000),
    });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`blocks: ${JSON.stringify(body)}`);
    const { blocks: page } = body as { readonly blocks: readonly BlockSummary[] };
    for (const block of page) blocks.set(block.height, block);
    const lowest = page.at(-1)?.height;
    if (lowest === undefined) break;
    before = lowest;
  }
  return blocks;
}

/**
 * Everything a client was told stands, on every validator: each acknowledged deposit executed at the
 * height that was said, and one chain everywhere. Returns what does not, in words.
 */
export async function contradictions(
  network: Network,
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> {
  const heads = await levelHeads(network);
  const height = Math.min(...heads.map((head) => head.height));
  const wrong: string[] = [];
  const [first = new Map<number, BlockSummary>(), ...others] = await Promise.all(
    network.running().map((index) => digestsAt(network.url(index), height)),
  );
  for (const [i, blocks] of others.entries()) {
    for (let at = 1; at <= height; at++) {
      const [mine, theirs] = [first.get(at), blocks.get(at)];
      if (mine === undefined || theirs === undefined || mine.digest !== theirs.digest)
        wrong.push(`block ${at}: ${mine?.digest} at one, ${theirs?.digest} at validator ${i + 1}`);
    }
  }
  const txids = acknowledged.map(({ txid }) => txid);
  for (const index of network.running()) {
    const outcomes = await outcomesAt(network.url(index), txids);
    for (const { txid, height: said } of acknowledged) {
      const outcome = outcomes.get(txid);
      const found = heightOf(outcome);
      if (found !== said)
        wrong.push(
          `${txid} was acknowledged at ${said}; validator ${index} says ${found ?? JSON.stringify(outcome)}`,
        );
    }
  }
  return wrong.slice(0, 20);
}

/** Heads of all running validators once they agree on the newest height and its execution. */
export async function levelHeads(network: Network) {
  return waitFor(
    'all running validators have executed and bound the same height',
    SETTLE_MS,
    async () => {
      const heads = await Promise.all(network.running().map((index) => network.head(index)));
      const [one] = heads;
      const isLevel = heads.every(
        ({ height, executedHeight, digest }) =>
          height === one?.height && digest === one.digest && executedHeight === height,
      );
      return isLevel ? heads : undefined;
    },
    () => network.describe(),
  );
}

/** Height in the receipt of an outcome; undefined when there is none or it refused. */
export function heightOf(outcome: TxOutcome | undefined): number | undefined {
  if (outcome === undefined || !('receipt' in outcome)) return undefined;
  const { receipt } = outcome;
  if (typeof receipt !== 'object' || receipt === null || !('height' in receipt)) return undefined;
  return Number(receipt['height']);
}
