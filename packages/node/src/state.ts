import type { Executed } from '@hanse/model';

/** A refusal between threads: a catalogue name and its parameters. */
export type RefusalWire = {
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;
};

/** Worth ordering, executed already as a whole (its receipts stand), or refused. */
export type AdmitReply = 'admitted' | 'executed' | RefusalWire;

/** Outcome of execution, packed for the trip between threads. */
export type ExecuteReply = {
  readonly executed: Executed;
  /** 32 bytes per executed transaction, in receipt order. */
  readonly txids: Uint8Array;
  readonly voids: readonly (RefusalWire & { readonly txid: Uint8Array })[];
  readonly refused: number;
};

/** What the state knows of a transaction. */
export type KnownTx =
  | { readonly kind: 'executed'; readonly height: number; readonly receipt: Uint8Array }
  | ({ readonly kind: 'void'; readonly height: number } & RefusalWire)
  | { readonly kind: 'unknown' };

/** One event of a block, with its place among all events of that block. */
export type EventWire = {
  readonly height: number;
  readonly index: number;
  readonly txid: Uint8Array;
  readonly contract: string;
  readonly name: string;
  readonly data: Uint8Array;
};

/** Methods of the state worker, which owns the ledger. */
export type StateMethods = {
  /** Open the state, rebuilding what is damaged; says what it has executed. */
  readonly open: (request: {
    readonly dir: string;
    readonly genesis: Uint8Array;
  }) => Promise<Executed>;
  /** Execute the next final block with its batches in order. */
  readonly execute: (request: {
    readonly block: Uint8Array;
    readonly batches: readonly Uint8Array[];
  }) => Promise<ExecuteReply>;
  /** Check envelopes against the newest state. */
  readonly admit: (request: {
    readonly envelopes: readonly Uint8Array[];
    readonly nowMs: number;
  }) => readonly AdmitReply[];
  readonly known: (request: { readonly txids: readonly Uint8Array[] }) => readonly KnownTx[];
  /** Canonical `receiptProofSchema` bytes per transaction, against the history bound at a height. */
  readonly proveReceipts: (request: {
    readonly txids: readonly Uint8Array[];
    readonly boundHeight: number;
  }) => readonly (Uint8Array | undefined)[];
  /** A record at the newest height, or with its canonical `recordProofSchema` bytes at a bound height. */
  readonly record: (request: {
    readonly key: Uint8Array;
    readonly proveAt: number | undefined;
  }) => {
    readonly value: Uint8Array | undefined;
    readonly height: number;
    readonly proof: Uint8Array | undefined;
  };
  /** Canonical `historyProofSchema` bytes of a height, against the history bound at another. */
  readonly proveHistory: (request: {
    readonly height: number;
    readonly boundHeight: number;
  }) => Uint8Array;
  /** Receipts of a height, canonical bytes, in order. */
  readonly receipts: (request: { readonly height: number }) => readonly Uint8Array[];
  /** Events after a place, up to `rows`, over at most `heights` heights; `next` is where to go on. */
  readonly events: (request: {
    readonly height: number;
    readonly index: number;
    readonly rows: number;
    readonly heights: number;
  }) => {
    readonly rows: readonly EventWire[];
    readonly next: { readonly height: number; readonly index: number };
  };
  /** Check everything stored, in slices, while blocks go on being executed. Throws StateCorrupt. */
  readonly scrub: (request: {
    readonly pauseMs: number;
  }) => Promise<{ readonly buckets: number; readonly records: number }>;
  /** Finish writing and close the store. */
  readonly close: (request: Record<string, never>) => Promise<void>;
};
