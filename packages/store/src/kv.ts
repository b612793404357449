/** One change of a batch; an undefined value removes the key. */
export type KvWrite = readonly [key: Uint8Array, value: Uint8Array | undefined];
/** A stored key with its value. */
export type KvEntry = readonly [key: Uint8Array, value: Uint8Array];

/** Keys from `gte` up to and without `lt`, ascending or, with `reverse`, descending. */
export type KvRange = {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly limit: number;
  readonly reverse?: boolean;
};

/** An ordered key-value store with atomic batches. */
export type KvStore = {
  readonly get: (key: Uint8Array) => Uint8Array | undefined;
  readonly list: (range: KvRange) => Promise<readonly KvEntry[]>;
  /**
   * Apply all changes or none, in order. With `sync` they are durable when it returns; without, a
   * crash may lose this write and the ones after it.
   */
  readonly write: (
    writes: readonly KvWrite[],
    options?: { readonly sync?: boolean },
  ) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The store as it was at one moment, whatever is written meanwhile. */
export type KvSnapshot = Pick<KvStore, 'get' | 'list' | 'close'>;
