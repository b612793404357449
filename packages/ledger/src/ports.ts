import type { SignatureAlg } from '@hanse/crypto';
import type { ErrorName, Result } from '@hanse/kit';
import type { Event, Genesis, Signer, Tx } from '@hanse/model';

/** One stored pair. */
export type KvEntry = readonly [key: Uint8Array, value: Uint8Array];

/** One change of the store; undefined removes the key. */
export type KvWrite = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** Keys from `gte` up to but without `lt`, in byte order, `limit` at most. */
export type KvRange = {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly limit: number;
};

/**
 * The store, as the ledger reads it. A list is a snapshot of the moment it is asked for. Writes go
 * out in batches that are stored whole or not at all, in order.
 */
export type Kv = {
  readonly get: (key: Uint8Array) => Uint8Array | undefined;
  readonly list: (range: KvRange) => readonly KvEntry[] | Promise<readonly KvEntry[]>;
};

/** Where in a contract something was refused: its name and the place in its code, innermost first. */
export type RefusalFrame = { readonly contract: string; readonly at: string };

/** Why something is refused: a name of the error catalogue and what fills its sentences. */
export type ErrorRefusal = {
  readonly code: ErrorName;
  readonly params: Readonly<Record<string, string>>;
  readonly frames?: readonly RefusalFrame[];
};

/** A state to read from. Values are never changed: whoever needs another one writes a new array. */
export type StateRead = {
  /** Height whose execution gave this state. */
  readonly height: number;
  readonly get: (key: Uint8Array) => Uint8Array | undefined;
};

/** A page of records whose keys begin with `prefix`, behind the key `after`. */
export type StateRange = {
  readonly prefix: Uint8Array;
  readonly after: Uint8Array | undefined;
  readonly limit: number;
};

/** A state for queries. */
export type StateQuery = StateRead & {
  /** Block time of the height, in Unix milliseconds. */
  readonly time: number;
  readonly list: (range: StateRange) => Promise<readonly KvEntry[]>;
};

/** The state a transaction executes on. Its writes vanish when it is refused. */
export type StateAccess = StateRead & {
  readonly set: (key: Uint8Array, value: Uint8Array) => void;
  readonly delete: (key: Uint8Array) => void;
  /** Number of records that share the key's bucket before the block: work that a write costs. */
  readonly bucketEntries: (key: Uint8Array) => number;
};

/** What a transaction can know about where it executes. */
export type ExecutionContext = {
  readonly height: number;
  /** Block time in Unix milliseconds. */
  readonly time: number;
  readonly txid: Uint8Array;
  readonly signers: readonly Signer[];
};

/** Outcome of one transaction. */
export type Execution = {
  readonly status: 'ok' | ErrorRefusal;
  readonly gas: number;
  /** One result per call; empty when refused. */
  readonly results: readonly Uint8Array[];
  /** Empty when refused. */
  readonly events: readonly Event[];
};

/** What calls mean: the native contracts. Deterministic; it throws only when the node must stop. */
export type Executor = {
  /** Records of height 0. */
  readonly genesis: (
    genesis: Genesis,
  ) => readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
  /** Whether a key may sign for a signer in the block after this state, or why not. */
  readonly authorize: (
    read: StateRead,
    signer: Signer,
    alg: SignatureAlg,
    publicKey: Uint8Array,
  ) => ErrorRefusal | undefined;
  readonly execute: (state: StateAccess, context: ExecutionContext, tx: Tx) => Execution;
  readonly query: (
    read: StateQuery,
    contract: string,
    query: string,
    args: Uint8Array,
  ) => Promise<Result<Uint8Array, ErrorRefusal>>;
};
