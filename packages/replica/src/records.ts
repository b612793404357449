import { t, type Infer } from '@hanse/codec';

/** Kinds of records in a validator's log. Numbers are part of the file format. */
export const recordKinds = { block: 1, certificate: 2, vote: 3, batch: 4, final: 5 } as const;

/** Marks a block as final and delivered; what it says follows from the certificates before it. */
export const finalRecordSchema = t.struct({ height: t.u64, view: t.u64, digest: t.hash });
export type FinalRecord = Infer<typeof finalRecordSchema>;

/** Where a record lies in the log. */
export type Position = { readonly segment: number; readonly offset: number };

/** Bytes of a position. */
export const positionSchema = t.struct({ segment: t.u32, offset: t.u64 });

/** The log, as the validator needs it. */
export type LogPort = {
  /** Add a record behind all others; it is durable after the next sync. */
  readonly append: (kind: number, payload: Uint8Array) => Position;
  /** Make everything appended so far durable. A failure must end the process. */
  readonly sync: () => Promise<void>;
  /** Payload of a record, checked; throws LogCorrupt. */
  readonly read: (position: Position) => Promise<Uint8Array>;
};

/** An entry of the index. `KvWrite` with undefined removes one. */
export type KvEntry = readonly [key: Uint8Array, value: Uint8Array];
export type KvWrite = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** The key-value store of the index, as the archive needs it. */
export type IndexPort = {
  readonly get: (key: Uint8Array) => Uint8Array | undefined;
  readonly list: (range: {
    readonly gte: Uint8Array;
    readonly lt: Uint8Array;
    readonly limit: number;
  }) => Promise<readonly KvEntry[]> | readonly KvEntry[];
  readonly write: (writes: readonly KvWrite[]) => Promise<void>;
};
