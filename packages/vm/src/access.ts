import type { Result } from '@hanse/kit';
import type { Call, Event, Signer } from '@hanse/model';
import type { ErrorRefusal } from './refuse.ts';

/** A state to read from. Values are never changed in place. */
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
  readonly list: (
    range: StateRange,
  ) => Promise<readonly (readonly [key: Uint8Array, value: Uint8Array])[]>;
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

/** One call of a transaction to a contract of this package. */
export type HostedCall = {
  readonly state: StateAccess;
  readonly context: ExecutionContext;
  readonly call: Call;
  /** Gas of the transaction that is left for it. */
  readonly gasLeft: number;
  /** Number of events that the transaction may still have. */
  readonly eventsLeft: number;
};

/** Outcome of such a call. A refusal ends the transaction. */
export type HostedOutcome = {
  /** What it used, refused or not; never more than was left. */
  readonly gas: number;
  readonly outcome: Result<
    { readonly result: Uint8Array; readonly events: readonly Event[] },
    ErrorRefusal
  >;
};

/** Contracts that members deploy, and the two system contracts that are about them. */
export type Vm = {
  readonly execute: (call: HostedCall) => HostedOutcome;
  readonly query: (
    read: StateQuery,
    contract: string,
    query: string,
    args: Uint8Array,
  ) => Promise<Result<Uint8Array, ErrorRefusal>>;
  /** Load a contract's code before its first call, so that nobody waits for it; nothing if there is none. */
  readonly prepare: (read: StateRead, contract: string) => void;
};
