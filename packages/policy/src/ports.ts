import type { ErrorName } from '@hanse/kit';
import type { Event, Signer } from '@hanse/model';

/** Why something is refused: a name of the error catalogue and what fills its sentences. */
export type ErrorRefusal = {
  readonly code: ErrorName;
  readonly params: Readonly<Record<string, string>>;
};

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
  readonly list: (
    range: StateRange,
  ) => Promise<readonly (readonly [key: Uint8Array, value: Uint8Array])[]>;
};

/** The state a transaction executes on. Its writes vanish when it is refused. */
export type StateAccess = StateRead & {
  readonly set: (key: Uint8Array, value: Uint8Array) => void;
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

/** Outcome of one transaction; results and events are empty when it is refused. */
export type Execution = {
  readonly status: 'ok' | ErrorRefusal;
  readonly gas: number;
  readonly results: readonly Uint8Array[];
  readonly events: readonly Event[];
};
