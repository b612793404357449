import { isJsonObject, type Json } from '@hanse/codec';
import type { AnyContract, ArgsOf, NamesOf } from '@hanse/contract';
import { createSuite, type Suite } from '@hanse/crypto';
import { fromHex, HanseError, must, toHex } from '@hanse/kit';
import {
  openEnvelope,
  type BlockDetail,
  type BlockSummary,
  type Call,
  type DidRecord,
  type Evidence,
  type Genesis,
  type Head,
  type Receipt,
  type TxProof,
  type Until,
  type WatchRow,
  type Why,
} from '@hanse/model';
import {
  callOf,
  queryOf,
  type ContractName,
  type MethodArgs,
  type MethodName,
  type MethodResult,
  type QueryArgs,
  type QueryName,
  type QueryResult,
  type TypedQuery,
} from './calls.ts';
import {
  askJson,
  badAnswer,
  bytesOf,
  createConnection,
  type Chain,
  type Connection,
} from './connection.ts';
import { contractClient, deployedCall, type ContractClient } from './contract.ts';
import { deliver, type Settled } from './deliver.ts';
import { readEvents, watchBlocks, type ChainEvent, type EventOptions } from './events.ts';
import type { Signer } from './keys.ts';
import { memoryTrustStore, type TrustStore } from './newest.ts';
import { createOffers, type Deployed } from './offers.ts';
import { memoryOutbox, type Outbox } from './outbox.ts';
import type { Packed } from './pack.ts';
import { ambientPlatform, type Platform } from './platform.ts';
import {
  limitsOf,
  readEvidence,
  readIdentity,
  readRecord,
  runQuery,
  type Answered,
  type Proved,
  type ProvedOptions,
  type ReadOptions,
} from './query.ts';
import {
  submitMany,
  submitOne,
  type Executed,
  type ManyOptions,
  type Sender,
  type Submission,
  type SubmissionResult,
  type SubmitOptions,
  type Unproved,
} from './submit.ts';
import { createTransport } from './transport.ts';
import { buildTx, draftEnvelope, saltOf, type Draft, type SignerName } from './tx.ts';
import { blockUnder, receiptUnder, type VerifiedBlock, type VerifiedReceipt } from './verify.ts';

/** How to reach and trust a chain. */
export type ClientConfig = {
  /** Nodes of the chain, best of different organisations; the first one is preferred. */
  readonly urls: readonly string[];
  /** Hash of the genesis in hexadecimal: the one thing to trust. Without it the first node is believed. */
  readonly genesisHash?: string;
  /** A faster suite than the one in JavaScript. */
  readonly suiteOf?: (id: Genesis['suite']) => Suite;
  /** Who signs when a submission names nobody. */
  readonly signer?: Signer;
  readonly outbox?: Outbox;
  readonly trust?: TrustStore;
  readonly platform?: Partial<Platform>;
};

/** How to draft transactions that someone else signs. */
export type DraftOptions = {
  readonly signers: readonly SignerName[];
  readonly idempotencyKey: string;
  readonly validForMs: number;
  readonly gasLimit?: number;
};

/** A call that waits for the proof, and the same one that does not. */
export type CallFunction = {
  <C extends ContractName, M extends MethodName<C>>(
    contract: C,
    method: M,
    args: MethodArgs<C, M>,
    options?: SubmitOptions & { readonly until?: 'proved' },
  ): Promise<Executed<MethodResult<C, M>>>;
  <C extends ContractName, M extends MethodName<C>>(
    contract: C,
    method: M,
    args: MethodArgs<C, M>,
    options: SubmitOptions & { readonly until: 'final' },
  ): Promise<Unproved<Executed<MethodResult<C, M>>>>;
};

/** A chain as an application sees it. Every method throws HanseError. */
export type Client = {
  readonly urls: readonly string[];
  /** The chain, its genesis checked against the trusted hash. */
  readonly chain: () => Promise<Chain>;
  /** Call a method of a contract in a transaction of its own. */
  readonly call: CallFunction;
  /** Several calls as one transaction: all are written or none is. Results as canonical bytes. */
  readonly transact: (
    calls: readonly Call[],
    options?: SubmitOptions & { readonly until?: Until },
  ) => Promise<Receipt>;
  /**
   * A deployed contract, typed by the contract itself, of which only the type is imported.
   *
   * @example const receivables = client.contract<typeof Receivables>('receivables');
   * await receivables.issue({ id: 'INV-1', buyer, amount: 125_000n, due: '2027-01-31' });
   * const { value } = await receivables.query.payable({ buyer });
   */
  readonly contract: <C extends AnyContract = never>(name: C['name']) => ContractClient<C>;
  /** A call of a deployed contract, for `transact`, `submitMany` and `draft`. */
  readonly contractCall: <C extends AnyContract, N extends NamesOf<C, 'command'>>(
    contract: C['name'],
    method: N,
    args: ArgsOf<C['methods'][N]>,
  ) => Promise<Call>;
  /** The record of a deployed contract and what it offers, proved. Throws UnknownContract. */
  readonly deployed: (name: string, options?: ProvedOptions) => Promise<Deployed>;
  readonly submitMany: (
    submissions: readonly Submission[],
    options?: ManyOptions,
  ) => Promise<readonly SubmissionResult[]>;
  /** Build transactions for signers elsewhere; sign with `signDraft`. */
  readonly draft: (calls: readonly Call[], options: DraftOptions) => Promise<Draft>;
  /** Send an envelope that was signed elsewhere; one result per transaction. */
  readonly send: (
    envelope: Uint8Array,
    options?: SubmitOptions & { readonly until?: Until },
  ) => Promise<readonly Settled[]>;
  readonly query: <C extends ContractName, Q extends QueryName<C>>(
    contract: C,
    query: Q,
    args: QueryArgs<C, Q>,
    options?: ReadOptions,
  ) => Promise<Answered<QueryResult<C, Q>>>;
  /** A query whose schemas the caller brings: for programs that know contracts by their manifests only. */
  readonly queryTyped: <T>(query: TypedQuery<T>, options?: ReadOptions) => Promise<Answered<T>>;
  readonly record: (key: Uint8Array, options?: ProvedOptions) => Promise<Proved<Uint8Array>>;
  readonly identity: (did: string, options?: ProvedOptions) => Promise<Proved<DidRecord>>;
  readonly evidence: (id: Uint8Array, options?: ProvedOptions) => Promise<Proved<Evidence>>;
  /** The proved receipt of a transaction (hexadecimal id), with the bytes that prove it to others. */
  readonly receipt: (
    txid: string,
    options?: ReadOptions,
  ) => Promise<VerifiedReceipt & { readonly proof: TxProof }>;
  /** What the block of a height was and did, proved. */
  readonly provedBlock: (height: number, options?: ReadOptions) => Promise<VerifiedBlock>;
  readonly events: (options?: EventOptions) => AsyncGenerator<ChainEvent>;
  readonly watch: (options?: {
    readonly txids?: boolean;
    readonly signal?: AbortSignal;
  }) => AsyncGenerator<WatchRow>;
  readonly head: (options?: ReadOptions) => Promise<Head>;
  readonly blocks: (
    options?: ReadOptions & { readonly before?: number; readonly limit?: number },
  ) => Promise<readonly BlockSummary[]>;
  readonly block: (height: number, options?: ReadOptions) => Promise<BlockDetail>;
  readonly why: (options?: ReadOptions) => Promise<Why>;
  readonly status: (options?: ReadOptions) => Promise<Json>;
  /** A page of the list of contracts, as in GET /v1/contracts. */
  readonly contracts: (
    options?: ReadOptions & { readonly after?: string; readonly limit?: number },
  ) => Promise<Json>;
};

/**
 * A client of a chain. Nothing is asked before the first method is called.
 *
 * @example const client = createClient({ urls: ['http://127.0.0.1:7600'], genesisHash, signer });
 * await client.call('evidence', 'coSign', { id, statement: 'seen' }, { idempotencyKey: 'case-7' });
 */
export function createClient(config: ClientConfig): Client {
  const platform: Platform = { ...ambientPlatform, ...config.platform };
  const transport = createTransport(config.urls, platform);
  const connection = createConnection({
    platform,
    transport,
    genesisHash: config.genesisHash,
    suiteOf: config.suiteOf ?? createSuite,
    trust: config.trust ?? memoryTrustStore(),
  });
  const sender: Sender = {
    connection,
    outbox: config.outbox ?? memoryOutbox(),
    signer: config.signer,
  };
  return {
    urls: transport.urls,
    chain: connection.chain,
    ...writing(sender),
    ...contracts(sender),
    ...reading(connection),
    ...looking(connection),
  };
}

type Contracts = Pick<Client, 'contract' | 'contractCall' | 'deployed'>;

function contracts(sender: Sender): Contracts {
  const offers = createOffers(sender.connection);
  return {
    contract: <C extends AnyContract>(name: C['name']) => contractClient<C>(sender, offers, name),
    contractCall: async (contract, method, args) =>
      (await deployedCall(offers, contract, method, args)).call,
    deployed: (name, options) => offers.read(name, options),
  };
}

type Writing = Pick<Client, 'call' | 'transact' | 'submitMany' | 'draft' | 'send'>;

function writing(sender: Sender): Writing {
  return {
    call: callFunction(sender),
    transact: (calls, options = {}) => submitOne(sender, calls, options.until ?? 'proved', options),
    submitMany: (submissions, options = {}) => submitMany(sender, submissions, options),
    draft: async (calls, options) => {
      const { suite, chainId } = await sender.connection.chain();
      const { signers, idempotencyKey, validForMs, gasLimit } = options;
      const validUntil = sender.connection.platform.nowMs() + validForMs;
      const salt = saltOf(suite, idempotencyKey, 0);
      const gas = gasLimit === undefined ? {} : { gasLimit };
      return draftEnvelope(suite, [
        buildTx(suite, { chainId, salt, validUntil, signers, calls, ...gas }),
      ]);
    },
    send: (envelope, options = {}) => send(sender.connection, envelope, options),
  };
}

function callFunction(sender: Sender): CallFunction {
  async function call<C extends ContractName, M extends MethodName<C>>(
    contract: C,
    method: M,
    args: MethodArgs<C, M>,
    options: SubmitOptions & { readonly until?: Until } = {},
  ): Promise<unknown> {
    const typed = callOf(contract, method, args);
    const until = options.until ?? 'proved';
    const receipt = await submitOne(sender, [typed.call], until, options);
    const result = typed.readResult(must(receipt.results[0], 'an executed call has a result'));
    const executed = { txid: toHex(receipt.txid), height: receipt.height, receipt, result };
    return until === 'final' ? { unproved: executed } : executed;
  }
  // The overloads of CallFunction say in types what `until` decides at run time.
  return call as CallFunction;
}

const SEND_MS = 60_000;

async function send(
  connection: Connection,
  envelope: Uint8Array,
  options: SubmitOptions & { readonly until?: Until },
): Promise<readonly Settled[]> {
  const { suite, chainId } = await connection.chain();
  const open = openEnvelope(suite, chainId, envelope);
  if (!open.ok) throw new HanseError('Malformed', { object: 'envelope', reason: open.error });
  const items = open.value.txs.map((tx, work): Packed => ({ work, key: '', attempt: 0, tx }));
  const settled: Settled[] = [];
  const timeoutMs = options.timeoutMs ?? SEND_MS;
  await deliver(
    connection,
    { envelope, items },
    {
      until: options.until ?? 'proved',
      timeoutMs,
      deadlineMs: connection.platform.nowMs() + timeoutMs,
      signal: options.signal,
      onTaken: () => undefined,
      onSettled: (item, one) => {
        settled[item.work] = one;
      },
    },
  );
  return settled;
}

type Reading = Pick<
  Client,
  | 'query'
  | 'queryTyped'
  | 'record'
  | 'identity'
  | 'evidence'
  | 'receipt'
  | 'provedBlock'
  | 'events'
  | 'watch'
>;

function reading(connection: Connection): Reading {
  return {
    query: (contract, query, args, options = {}) =>
      runQuery(connection, queryOf(contract, query, args), options),
    queryTyped: (query, options = {}) => runQuery(connection, query, options),
    record: (key, options = {}) => readRecord(connection, key, options),
    identity: (did, options = {}) => readIdentity(connection, did, options),
    evidence: (id, options = {}) => readEvidence(connection, id, options),
    receipt: (txid, options = {}) => readReceipt(connection, txid, options),
    provedBlock: async (height, options = {}) => {
      const path = `/v1/blocks/${height}/proof`;
      const proof = await askJson(connection, {
        method: 'GET',
        path,
        ...limitsOf(connection, options),
      });
      const { final } = proof;
      const header = await connection.header(typeof final === 'string' ? final : '');
      const history = bytesOf(proof['history'], 'history');
      return blockUnder((await connection.chain()).suite, header, { height, history });
    },
    events: (options = {}) => readEvents(connection, options),
    watch: (options = {}) => watchBlocks(connection, options),
  };
}

async function readReceipt(
  connection: Connection,
  txid: string,
  options: ReadOptions,
): Promise<VerifiedReceipt & { readonly proof: TxProof }> {
  const id = fromHex(txid);
  if (id?.length !== 32)
    throw new HanseError('UsageError', { message: 'A transaction id has 64 digits.' });
  const path = `/v1/tx/${txid}?until=proved&waitMs=10000&proof=1`;
  const limits = limitsOf(connection, options);
  const answer = await askJson(connection, { method: 'GET', path, attemptMs: 15_000, ...limits });
  const { proof } = answer;
  if (!isJsonObject(proof)) throw badAnswer('the proof asked for is missing');
  const { final, receipt, tx } = proof;
  if (typeof final !== 'string' || typeof receipt !== 'string' || typeof tx !== 'string') {
    throw badAnswer('the proof lacks a part');
  }
  const { suite } = await connection.chain();
  const verified = receiptUnder(suite, await connection.header(final), {
    txid: id,
    receipt: bytesOf(receipt, 'receipt'),
    tx: bytesOf(tx, 'transaction'),
  });
  return { ...verified, proof: { final, receipt, tx } };
}

type Looking = Pick<Client, 'head' | 'blocks' | 'block' | 'why' | 'status' | 'contracts'>;

/** What one node says, for people to look at. Shapes are the model's; nothing here is relied on. */
function looking(connection: Connection): Looking {
  const get = async <T>(path: string, options: ReadOptions = {}): Promise<T> => {
    const answer = await askJson(connection, {
      method: 'GET',
      path,
      ...limitsOf(connection, options),
    });
    return answer as T;
  };
  return {
    head: (options) => get<Head>('/v1/head', options),
    blocks: async ({ before, limit, ...options } = {}) => {
      const query = new URLSearchParams();
      if (before !== undefined) query.set('before', String(before));
      if (limit !== undefined) query.set('limit', String(limit));
      const page = await get<{ blocks: readonly BlockSummary[] }>(
        `/v1/blocks?${query.toString()}`,
        options,
      );
      return page.blocks;
    },
    block: (height, options) => get<BlockDetail>(`/v1/blocks/${height}`, options),
    why: (options) => get<Why>('/v1/why', options),
    status: (options) => get<Json>('/v1/status', options),
    contracts: ({ after, limit, ...options } = {}) => {
      const minHeight = String(options.minHeight ?? connection.seen.height);
      const query = new URLSearchParams({ minHeight });
      if (after !== undefined) query.set('after', after);
      if (limit !== undefined) query.set('limit', String(limit));
      return get<Json>(`/v1/contracts?${query.toString()}`, options);
    },
  };
}
