import type { Json } from '@hanse/codec';
import type {
  BlockDetail,
  BlockProof,
  BlockSummary,
  ContractRecord,
  DeployedInterface,
  EventRow,
  Head,
  RecordAnswer,
  SubmitResult,
  TxOutcome,
  Until,
  WatchRow,
  Why,
} from '@hanse/model';

/** Which events a stream wants; an absent part matches everything. */
export type EventFilter = { readonly contract?: string; readonly name?: string };

/** What a query asks, its arguments as canonical bytes. */
export type FacadeQuery = {
  readonly contract: string;
  readonly query: string;
  readonly args: Uint8Array;
  /** Height the answering state must have reached. */
  readonly minHeight: number;
};

/** What a query answers, the result as canonical bytes. */
export type FacadeAnswer = {
  readonly result: Uint8Array;
  readonly height: number;
  readonly ageMs: number;
  /** Hash of the code that answered; undefined for native contracts. */
  readonly codeHash: Uint8Array | undefined;
};

/** A deployed contract: its record, and its manifest as schemas. */
export type FacadeContract = {
  readonly record: ContractRecord;
  readonly offers: DeployedInterface;
};

/**
 * What the HTTP interface needs of a node. Refusals are thrown as HanseError; anything else thrown
 * is reported as `Internal`. Heights count from 0, times are Unix milliseconds.
 */
export type NodeFacade = {
  /** Take envelopes into the pool, each as a whole; results in the same order. */
  readonly submit: (
    envelopes: readonly Uint8Array[],
  ) => Promise<{ readonly results: readonly SubmitResult[]; readonly height: number }>;
  /**
   * What became of a transaction, waiting at most `waitMs`. `pending` carries `TxUnknown` when
   * nothing was waited for and `NotFinalInTime` when the wait ended.
   */
  readonly outcome: (
    txid: Uint8Array,
    until: Until,
    waitMs: number,
    proof: boolean,
  ) => Promise<TxOutcome>;
  readonly head: () => Promise<Head>;
  /** JSON view of the genesis. */
  readonly genesis: () => Promise<Json>;
  /** Blocks below a height (the newest without one), newest first, at most `limit`. */
  readonly blocks: (before: number | undefined, limit: number) => Promise<readonly BlockSummary[]>;
  readonly block: (height: number) => Promise<BlockDetail>;
  readonly blockProof: (height: number) => Promise<BlockProof>;
  readonly query: (request: FacadeQuery) => Promise<FacadeAnswer>;
  /**
   * A deployed contract as this node has read it, perhaps some blocks ago, unless `isFresh`. Throws
   * UnknownContract, for native ones too.
   */
  readonly contract: (
    name: string,
    options?: { readonly isFresh: boolean },
  ) => Promise<FacadeContract>;
  readonly record: (key: Uint8Array, proof: boolean, minHeight: number) => Promise<RecordAnswer>;
  /**
   * Events after a cursor (from the first without one), in order. Ends at the newest unless
   * `follow`; ends when `signal` aborts.
   */
  readonly events: (
    from: string | undefined,
    filter: EventFilter,
    follow: boolean,
    signal: AbortSignal,
  ) => AsyncIterable<EventRow>;
  /** Blocks as they become final and proved, from now on, until `signal` aborts. */
  readonly watch: (txids: boolean, signal: AbortSignal) => AsyncIterable<WatchRow>;
  readonly why: () => Promise<Why>;
  /** Flat figures of this node for operators. */
  readonly status: () => Promise<Json>;
};
