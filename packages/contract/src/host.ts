/**
 * Who calls a contract, and when: what a run is given beside its arguments. The names are those of the
 * chain's own record of a call.
 */
export type CallInfo = {
  /** DID that acts: the transaction's first signer, or the contract that calls. */
  readonly caller: string;
  /** Organisation that answers for the caller; empty when there is none. */
  readonly organisation: string;
  readonly roles: readonly string[];
  readonly duties: readonly string[];
  readonly signers: readonly {
    readonly did: string;
    readonly organisation: string;
    readonly duties: readonly string[];
  }[];
  /** Name of the contract that calls, empty when a transaction does. */
  readonly via: string;
  readonly height: number;
  /** Block time, Unix milliseconds. */
  readonly time: number;
  readonly txid: Uint8Array;
};

/** What is on the chain about a deposited document. Missing values are left out. */
export type Deposit = {
  readonly byteHash: Uint8Array;
  readonly sizeBytes: number;
  readonly mediaType: string;
  readonly fieldsRoot: Uint8Array;
  readonly fieldCount: number;
  readonly capture: {
    readonly device: string;
    readonly software: string;
    readonly softwareVersion: string;
    readonly capturedAt: number;
    readonly timeSource: string;
    readonly method: string;
  };
  /** DID of the depositor, and of the organisation that answers for it. */
  readonly depositor: string;
  readonly organisation: string;
  readonly txid: Uint8Array;
  readonly height: number;
  readonly time: number;
  readonly supersededBy?: Uint8Array | undefined;
};

/** Rows in order, and where the next page goes on. */
export type HostPage = {
  readonly rows: readonly unknown[];
  readonly next?: Uint8Array | undefined;
};

/**
 * What a contract asks of whoever runs it. Tables, events and indexes are named by their position in the
 * manifest; values are plain: numbers, bigint, text, `Uint8Array`, lists, objects with the fields by name and
 * without those that are missing. Whoever runs it checks every value against its shape, and a refusal of the
 * host ends the transaction whatever the contract catches.
 */
export type Host = {
  /** `key` has the key's fields; others in it are ignored. */
  readonly get: (table: number, key: unknown) => unknown;
  /** Write a row: `insert` refuses a key that exists, `update` one that does not. */
  readonly put: (table: number, row: unknown, mode: 'insert' | 'update' | 'put') => void;
  /** Whether there was such a row. */
  readonly remove: (table: number, key: unknown) => boolean;
  /**
   * `index` -1 is the order of the key. `prefix` holds values of the first fields; `from` and `to` bound the
   * field behind them, both included.
   */
  readonly scan: (
    table: number,
    index: number,
    prefix: readonly unknown[],
    after: Uint8Array | undefined,
    limit: number,
    reverse: boolean,
    from: unknown,
    to: unknown,
  ) => HostPage;
  readonly emit: (event: number, data: unknown) => void;
  readonly call: (contract: string, method: string, args: unknown) => unknown;
  readonly deposit: (id: Uint8Array) => Deposit | undefined;
  readonly hash: (bytes: Uint8Array) => Uint8Array;
};
