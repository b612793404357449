import { encode, t, type Infer } from '@hanse/codec';
import { merkleRoot, type Suite } from '@hanse/crypto';
import { limits } from '@hanse/kit';

/** Something a contract announces; committed by the events root of its block. */
export const eventSchema = t.struct({
  contract: t.text(32),
  name: t.text(64),
  /** Canonical bytes by the schema the contract declares for the event. */
  data: t.bytes(limits.argsBytesMax),
});

const frameSchema = t.struct({ contract: t.text(32), at: t.text(200) });

/** Why a transaction was refused: a name of the error catalogue with its parameters, or a contract's own. */
export const refusalSchema = t.struct({
  code: t.text(64),
  message: t.text(512),
  params: t.list(t.struct({ name: t.text(32), value: t.text(200) }), 16),
  /** Where in the contract it was refused, innermost first; empty for native contracts. */
  frames: t.list(frameSchema, limits.callDepthMax),
});

/** The outcome of one executed transaction. */
export const receiptSchema = t.struct({
  txid: t.hash,
  height: t.u64,
  /** Position among the receipts of its block. */
  index: t.u32,
  status: t.union({ ok: t.struct({}), refused: refusalSchema }),
  gas: t.u32,
  /** One result per call, canonical bytes by the method's schema; empty when refused. */
  results: t.list(t.bytes(limits.valueBytesMax), limits.callsPerTxMax),
  events: t.list(eventSchema, limits.eventsPerTxMax),
});

/** Leaf of the history range, one per height: what a block was and what it did. */
export const historyLeafSchema = t.struct({
  height: t.u64,
  headerDigest: t.hash,
  stateRoot: t.hash,
  receiptsRoot: t.hash,
  eventsRoot: t.hash,
});

/** Leaf of the events tree of a block. */
export const eventLeafSchema = t.struct({ txid: t.hash, index: t.u32, event: eventSchema });

export type Event = Infer<typeof eventSchema>;
export type Refusal = Infer<typeof refusalSchema>;
export type Receipt = Infer<typeof receiptSchema>;
export type HistoryLeaf = Infer<typeof historyLeafSchema>;

/** Root over the receipts of a block, in order. */
export function receiptsRoot(suite: Suite, receipts: readonly Receipt[]): Uint8Array {
  return merkleRoot(
    suite,
    receipts.map((receipt) => encode(receiptSchema, receipt)),
  );
}

/** Root over the events of a block, in the order of their receipts. */
export function eventsRoot(suite: Suite, receipts: readonly Receipt[]): Uint8Array {
  const leaves = receipts.flatMap(({ txid, events }) =>
    events.map((event, index) => encode(eventLeafSchema, { txid, index, event })),
  );
  return merkleRoot(suite, leaves);
}
