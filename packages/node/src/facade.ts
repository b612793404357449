import type { EventFilter, FacadeAnswer, FacadeQuery, NodeFacade } from '@hanse/api';
import { decode, type Json, type Schema } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { HanseError, limits, must, toBase64Url, toHex, type Clock } from '@hanse/kit';
import {
  formatCursor,
  genesisSchema,
  parseCursor,
  quorumOf,
  receiptSchema,
  systemContracts,
  type Block,
  type BlockDetail,
  type ContractInterface,
  type BlockProof,
  type BlockSummary,
  type Certificate,
  type EventRow,
  type Genesis,
  type Head,
  type RecordAnswer,
  type SubmitResult,
  type TxOutcome,
  type Until,
  type ValidatorStatus,
  type WatchRow,
  type Why,
} from '@hanse/model';
import type { Validator } from '@hanse/replica';
import type { BlockTxReader } from './blocktxs.ts';
import { DeployedContracts } from './deployed.ts';
import type { Feed } from './feed.ts';
import type { QueryThread } from './queries.ts';
import type { WorkerClient } from './rpc.ts';
import type { EventWire, KnownTx, StateMethods } from './state.ts';
import {
  detailOf,
  finalProofText,
  openReceipt,
  problemOf,
  summaryOf,
  textParams,
} from './views.ts';
import type { Waiters } from './waiters.ts';
import type { VerifyPool } from './workers.ts';
import { whySentence } from './why.ts';

const EVENT_ROWS = 200;
/** Posts and batches whose signatures wait or are being checked. */
const VERIFY_QUEUE_MAX = 24;
const EVENT_HEIGHTS = 2_000;
const RECORD_PROOF_TRIES = 5;

/** What the running node knows, kept up to date by its composition. */
export type NodeFacts = {
  /** Latest final block, and the latest one with a certificate of its own. */
  tip: Block;
  proved: { readonly block: Block; readonly certificate: Certificate } | undefined;
  executedHeight: number;
  diverged: boolean;
  readonly peers: readonly PeerFacts[];
};

/** One validator as this node hears it. */
export type PeerFacts = {
  readonly name: string;
  readonly self: boolean;
  connected: boolean;
  heardAtMs: number | undefined;
};

/** One executed block, for streams. */
export type ExecutedNews = {
  readonly block: Block;
  readonly txids: readonly Uint8Array[];
  readonly refused: number;
};

/** What the facade answers from. */
export type FacadeParts = {
  readonly suite: Suite;
  readonly clock: Clock;
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly facts: NodeFacts;
  readonly validator: Validator;
  readonly state: WorkerClient<StateMethods>;
  readonly queries: Pick<QueryThread, 'call'>;
  readonly verify: Pick<VerifyPool, 'call' | 'pending'>;
  readonly waiters: Waiters;
  readonly executedFeed: Feed<ExecutedNews>;
  readonly provedFeed: Feed<number>;
  readonly blockTxs: BlockTxReader;
};

/** The node as the HTTP interface sees it. */
export function createFacade(parts: FacadeParts): NodeFacade {
  const deployed = new DeployedContracts(parts.queries);
  return {
    submit: (envelopes) => submit(parts, envelopes),
    outcome: (txid, until, waitMs, proof) => outcome(parts, { txid, until, waitMs, proof }),
    head: () => Promise.resolve(headOf(parts)),
    genesis: () => Promise.resolve(genesisSchema.toJson(parts.genesis)),
    blocks: (before, limit) => blocks(parts, before, limit),
    block: (height) => block(parts, height),
    blockProof: (height) => blockProof(parts, height),
    query: (request) => query(parts, request),
    contract: (name, options) =>
      options?.isFresh === true ? deployed.read(name) : deployed.get(name),
    record: (key, proof, minHeight) => record(parts, { key, proof, minHeight }),
    events: (from, filter, follow, signal) =>
      events({ ...parts, deployed }, { from, filter, follow, signal }),
    watch: (txids, signal) => watch(parts, txids, signal),
    why: () => Promise.resolve(why(parts)),
    status: () => Promise.resolve(status(parts)),
  };
}

/** Signatures in the verify worker, keys and duplicates in the state worker, bounds in the pool. */
async function submit(
  parts: FacadeParts,
  envelopes: readonly Uint8Array[],
): Promise<{ results: readonly SubmitResult[]; height: number }> {
  if (parts.facts.diverged)
    throw new HanseError('NotReady', {
      reason: 'This node stopped because its results differ from the quorum’s.',
    });
  refuseWhenCongested(parts);
  const verified = await parts.verify.call('envelopes', { envelopes });
  const good = verified.flatMap((one, index) => (one.kind === 'valid' ? [{ index, ...one }] : []));
  const replies = await parts.state.call('admit', {
    envelopes: good.map(({ index }) => must(envelopes[index], 'an envelope per result')),
    nowMs: parts.clock.nowMs(),
  });
  const results: SubmitResult[] = verified.map((one) =>
    one.kind === 'refused'
      ? { status: 'refused', problem: problemOf(one.refusal) }
      : { status: 'taken', txids: one.admitted.txids.map(toHex) },
  );
  // What was executed as a whole is answered like what is taken, and not ordered again.
  const admitted = good.filter((_, i) => replies[i] === 'admitted');
  good.forEach(({ index }, i) => {
    const reply = replies[i];
    if (typeof reply === 'object')
      results[index] = { status: 'refused', problem: problemOf(reply) };
  });
  const items = admitted.map(({ index, admitted: summary }) => ({
    ...summary,
    bytes: must(envelopes[index], 'an envelope per result'),
  }));
  parts.validator.submit(items).forEach((taken, i) => {
    const index = admitted[i]?.index;
    if (index !== undefined && taken.status === 'refused')
      results[index] = {
        status: 'refused',
        problem: problemOf({ code: taken.code, params: textParams(taken.params) }),
      };
  });
  return { results, height: parts.facts.executedHeight };
}

/** Refuse a whole post before its signatures cost anything: work beyond capacity is refused, not queued. */
function refuseWhenCongested({ validator, verify, clock }: FacadeParts): void {
  const congestion = validator.pool.congestion(clock.nowMs());
  if (congestion !== undefined) throw new HanseError(congestion.code, congestion.params);
  if (verify.pending < VERIFY_QUEUE_MAX) return;
  const params = { held: verify.pending, limit: VERIFY_QUEUE_MAX, unit: 'posts', afterMs: 500 };
  throw new HanseError('PoolFull', params);
}

type OutcomeRequest = {
  readonly txid: Uint8Array;
  readonly until: Until;
  readonly waitMs: number;
  readonly proof: boolean;
};

async function outcome(parts: FacadeParts, request: OutcomeRequest): Promise<TxOutcome> {
  const { txid, until, waitMs } = request;
  let known = await lookup(parts, txid);
  if (known.kind === 'unknown') {
    if (waitMs === 0)
      return {
        state: 'pending',
        problem: problemOf({
          code: 'TxUnknown',
          params: { txid: toHex(txid), height: String(parts.facts.executedHeight) },
        }),
      };
    const settled = await parts.waiters.wait(toHex(txid), until, waitMs);
    if (settled.kind === 'void')
      return { state: 'void', height: settled.height, problem: problemOf(settled) };
    if (settled.kind === 'executed') known = await lookup(parts, txid);
  }
  if (known.kind === 'void')
    return { state: 'void', height: known.height, problem: problemOf(known) };
  if (known.kind === 'unknown') return late(request);
  if (until === 'proved' && known.height > provedHeight(parts)) {
    const settled = waitMs === 0 ? undefined : await parts.waiters.waitProved(known.height, waitMs);
    if (settled?.kind !== 'executed')
      return waitMs === 0 ? answer(parts, known, request, 'final') : late(request);
  }
  return answer(parts, known, request, known.height <= provedHeight(parts) ? 'proved' : 'final');
}

function late({ txid, until, waitMs }: OutcomeRequest): TxOutcome {
  return {
    state: 'pending',
    problem: problemOf({
      code: 'NotFinalInTime',
      params: { txid: toHex(txid), until, waitMs: String(waitMs) },
    }),
  };
}

async function lookup(parts: FacadeParts, txid: Uint8Array): Promise<KnownTx> {
  return must((await parts.state.call('known', { txids: [txid] }))[0], 'an answer per transaction');
}

async function answer(
  parts: FacadeParts,
  known: Extract<KnownTx, { kind: 'executed' }>,
  request: OutcomeRequest,
  state: 'final' | 'proved',
): Promise<TxOutcome> {
  const receipt = openReceipt(known.receipt);
  const base = {
    state,
    receipt: receiptSchema.toJson(receipt),
    receiptBytes: toBase64Url(known.receipt),
  };
  const { proved } = parts.facts;
  if (!request.proof || state !== 'proved' || proved === undefined) return base;
  const [proof] = await parts.state.call('proveReceipts', {
    txids: [request.txid],
    boundHeight: proved.block.header.executed.height,
  });
  const tx = (await parts.blockTxs.at(known.height)).get(toHex(request.txid));
  if (proof === undefined || tx === undefined) return base;
  return {
    ...base,
    proof: {
      final: finalProofText(proved.block, proved.certificate),
      receipt: toBase64Url(proof),
      tx: toBase64Url(tx.bytes),
    },
  };
}

function provedHeight(parts: FacadeParts): number {
  return parts.facts.proved?.block.header.executed.height ?? 0;
}

function headOf(parts: FacadeParts): Head {
  const { facts, genesis, chainId } = parts;
  return {
    chainId: toHex(chainId),
    network: genesis.network,
    suite: genesis.suite,
    height: facts.tip.header.height,
    digest: toHex(facts.tip.digest),
    time: facts.tip.header.time,
    executedHeight: facts.executedHeight,
    provedHeight: provedHeight(parts),
    validators: validators(parts),
  };
}

function validators(parts: FacadeParts): readonly ValidatorStatus[] {
  const { facts, genesis, clock } = parts;
  const progress = parts.validator.consensus.status.peers;
  return genesis.validators.map((validator, index) => {
    const peer = facts.peers[index];
    const self = peer?.self ?? false;
    const heard = peer?.heardAtMs;
    return {
      index,
      did: validator.did,
      name: peer?.name ?? `validator ${index}`,
      organisation: validator.organisation,
      self,
      connected: self || (peer?.connected ?? false),
      ...(self || heard === undefined ? {} : { silentMs: Math.max(0, clock.nowMs() - heard) }),
      executedHeight: self ? facts.executedHeight : (progress[index]?.executedHeight ?? 0),
      finalHeight: self ? facts.tip.header.height : (progress[index]?.finalHeight ?? 0),
    };
  });
}

async function blocks(
  parts: FacadeParts,
  before: number | undefined,
  limit: number,
): Promise<readonly BlockSummary[]> {
  const newest = Math.min(
    before === undefined ? parts.facts.tip.header.height : before - 1,
    parts.facts.tip.header.height,
  );
  const rows: BlockSummary[] = [];
  for (let height = newest; height > 0 && rows.length < limit; height--) {
    const found = await parts.validator.archive.finalBlock(height);
    if (found === undefined) break;
    const receipts =
      height > parts.facts.executedHeight
        ? []
        : (await parts.state.call('receipts', { height })).map(openReceipt);
    const refused = receipts.filter((receipt) => receipt.status.kind === 'refused').length;
    rows.push(summaryOf(found.block, { transactions: receipts.length, refused }));
  }
  return rows;
}

async function block(parts: FacadeParts, height: number): Promise<BlockDetail> {
  const found = height === 0 ? undefined : await parts.validator.archive.finalBlock(height);
  if (found === undefined)
    throw new HanseError('RecordUnknown', {
      object: 'block',
      id: height,
      height: parts.facts.tip.header.height,
    });
  const receipts =
    height > parts.facts.executedHeight
      ? []
      : (await parts.state.call('receipts', { height })).map(openReceipt);
  const txs = new Map([...(await parts.blockTxs.at(height))].map(([txid, tx]) => [txid, tx.value]));
  return detailOf(found.block, found.certificate, receipts, txs);
}

async function blockProof(parts: FacadeParts, height: number): Promise<BlockProof> {
  const { proved } = parts.facts;
  if (proved === undefined || height > provedHeight(parts))
    throw new HanseError('HeightNotReached', { height: provedHeight(parts), minHeight: height });
  const history = await parts.state.call('proveHistory', {
    height,
    boundHeight: proved.block.header.executed.height,
  });
  return { final: finalProofText(proved.block, proved.certificate), history: toBase64Url(history) };
}

async function query(
  parts: FacadeParts,
  { contract, query: name, args, minHeight }: FacadeQuery,
): Promise<FacadeAnswer> {
  await reach(parts, minHeight);
  const reply = await parts.queries.call({ contract, query: name, args });
  return { ...reply, ageMs: Math.max(0, parts.clock.nowMs() - parts.facts.tip.header.time) };
}

async function record(
  parts: FacadeParts,
  request: { readonly key: Uint8Array; readonly proof: boolean; readonly minHeight: number },
): Promise<RecordAnswer> {
  const { key, proof, minHeight } = request;
  await reach(parts, minHeight);
  const row = (value: Uint8Array | undefined, height: number): RecordAnswer => ({
    key: toHex(key),
    value: value === undefined ? null : toBase64Url(value),
    height,
  });
  if (!proof) {
    const found = await parts.state.call('record', { key, proveAt: undefined });
    return row(found.value, found.height);
  }
  // The state moves on while we ask; under load the bound height may leave the retained window.
  for (let tries = 0; ; tries++) {
    if (provedHeight(parts) < minHeight)
      await parts.waiters.waitProved(minHeight, limits.apiWaitMsMax);
    const { proved } = parts.facts;
    if (proved === undefined || provedHeight(parts) < minHeight)
      throw new HanseError('HeightNotReached', { height: provedHeight(parts), minHeight });
    try {
      const found = await parts.state.call('record', { key, proveAt: provedHeight(parts) });
      const bytes = must(found.proof, 'a proof was asked for');
      return {
        ...row(found.value, found.height),
        proof: {
          final: finalProofText(proved.block, proved.certificate),
          record: toBase64Url(bytes),
        },
      };
    } catch (error) {
      if (tries >= RECORD_PROOF_TRIES) throw error;
    }
  }
}

/** Wait a little for a height: a client that read its own receipt elsewhere may be ahead of this node. */
async function reach(parts: FacadeParts, minHeight: number): Promise<void> {
  if (parts.facts.executedHeight >= minHeight) return;
  const signal = AbortSignal.timeout(2_000);
  for await (const news of parts.executedFeed.listen(signal))
    if (news.block.header.height >= minHeight) return;
  if (parts.facts.executedHeight < minHeight)
    throw new HanseError('HeightNotReached', { height: parts.facts.executedHeight, minHeight });
}

type EventRequest = {
  readonly from: string | undefined;
  readonly filter: EventFilter;
  readonly follow: boolean;
  readonly signal: AbortSignal;
};

async function* events(
  parts: FacadeParts & { readonly deployed: DeployedContracts },
  { from, filter, follow, signal }: EventRequest,
): AsyncGenerator<EventRow> {
  let place = (from === undefined ? undefined : parseCursor(from)) ?? { height: 1, index: -1 };
  while (!signal.aborted) {
    const page = await parts.state.call('events', {
      ...place,
      rows: EVENT_ROWS,
      heights: EVENT_HEIGHTS,
    });
    for (const row of page.rows)
      if (matches(filter, row)) yield await eventRow(parts.deployed, row);
    const moved = page.next.height !== place.height || page.next.index !== place.index;
    place = page.next;
    if (moved) continue;
    if (!follow) return;
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    for await (const news of parts.executedFeed.listen(waiting))
      if (news.block.header.height >= place.height) break;
    if (!signal.aborted && waiting.aborted) yield { cursor: formatCursor(place) };
  }
}

function matches(filter: EventFilter, row: EventWire): boolean {
  return (
    (filter.contract === undefined || filter.contract === row.contract) &&
    (filter.name === undefined || filter.name === row.name)
  );
}

async function eventRow(deployed: DeployedContracts, row: EventWire): Promise<EventRow> {
  const { height, index, txid, contract, name, data } = row;
  return {
    cursor: formatCursor({ height, index }),
    height,
    txid: toHex(txid),
    contract,
    name,
    data: await eventJson(deployed, row),
    dataBytes: toBase64Url(data),
  };
}

async function* watch(
  parts: FacadeParts,
  txids: boolean,
  signal: AbortSignal,
): AsyncGenerator<WatchRow> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const rows: WatchRow[] = [];
  let wake: (() => void) | undefined;
  const push = (row: WatchRow): void => {
    if (rows.length < 1_000) rows.push(row);
    wake?.();
  };
  const pump = async (): Promise<void> => {
    for await (const { block: one, txids: ids, refused } of parts.executedFeed.listen(both)) {
      push({
        kind: 'final',
        ...summaryOf(one, { transactions: ids.length, refused }),
        ...(txids ? { txids: ids.map(toHex) } : {}),
      });
    }
  };
  const pumpProved = async (): Promise<void> => {
    for await (const height of parts.provedFeed.listen(both)) push({ kind: 'proved', height });
  };
  const pumps = Promise.all([pump(), pumpProved()]);
  both.addEventListener('abort', () => wake?.());
  try {
    while (!both.aborted) {
      const row = rows.shift();
      if (row !== undefined) yield row;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    ended.abort();
    await pumps;
  }
}

function why(parts: FacadeParts): Why {
  const { facts, clock, genesis } = parts;
  return whySentence({
    validators: validators(parts),
    quorum: quorumOf(genesis.validators.length),
    height: facts.tip.header.height,
    sinceBlockMs: Math.max(0, clock.nowMs() - facts.tip.header.time),
    pendingTransactions: parts.validator.pool.usage().pendingTxs,
    diverged: facts.diverged,
    busy: parts.validator.consensus.status.busy,
    withoutVote: parts.validator.consensus.status.silent,
  });
}

function status(parts: FacadeParts): Json {
  const { consensus, pool } = parts.validator;
  return {
    height: parts.facts.tip.header.height,
    executedHeight: parts.facts.executedHeight,
    provedHeight: provedHeight(parts),
    view: consensus.status.view,
    pendingTransactions: pool.usage().pendingTxs,
    pendingBytes: pool.usage().bytes,
    waitingRequests: parts.waiters.size,
    memoryBytes: process.memoryUsage.rss(),
  };
}

/**
 * JSON view of an event by the schema its contract declares. Events only gain values by upgrades, so that
 * what a known version cannot read is read by a newer one, and old events by each of them.
 */
async function eventJson(
  deployed: DeployedContracts,
  { contract, name, data }: EventWire,
): Promise<Json> {
  const natives: Readonly<Record<string, ContractInterface>> = systemContracts;
  const native = Object.hasOwn(natives, contract) ? natives[contract] : undefined;
  if (native !== undefined) return viewEvent(native, name, data) ?? null;
  const known = viewEvent((await deployed.get(contract)).offers, name, data);
  return known ?? viewEvent((await deployed.read(contract)).offers, name, data) ?? null;
}

function viewEvent(
  { events: schemas }: ContractInterface,
  name: string,
  data: Uint8Array,
): Json | undefined {
  // The interface types its schemas by shape only; each is a schema of some value.
  const schema = Object.hasOwn(schemas, name) ? (schemas[name] as Schema<unknown>) : undefined;
  const value = schema === undefined ? undefined : decode(schema, data);
  return value?.ok === true ? schema?.toJson(value.value) : undefined;
}
