import type { Suite } from '@hanse/crypto';
import { assert, limits, type ErrorName, type ErrorParams } from '@hanse/kit';
import type { Batch, BatchHeader, LaneTip } from '@hanse/model';
import { FairQueue } from './fair.ts';
import type { Lanes } from './lanes.ts';
import { Pace } from './pace.ts';
import { sealDueAtMs } from './seal.ts';
import { TxidSet } from './txids.ts';
import type { Admitted } from './verify.ts';

/** Refusal of a submission: a name of the error catalogue with its parameters. */
export type PoolRefusal = {
  readonly status: 'refused';
  readonly code: ErrorName;
  readonly params: ErrorParams;
};
/** What became of a submission. */
export type SubmitOutcome = { readonly status: 'taken' } | PoolRefusal;

/** What a pool is made for. */
export type PoolConfig = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  /** This validator's lane. */
  readonly lane: number;
  readonly epoch: number;
  readonly lanes: Lanes;
};

/** An own batch before it is signed. */
export type Sealing = {
  readonly header: Omit<BatchHeader, 'envelopesRoot' | 'sizeBytes'>;
  readonly envelopes: readonly Uint8Array[];
};

type Waiting = { readonly admitted: Admitted; readonly fresh: readonly Uint8Array[] };
type InFlight = {
  readonly seq: number;
  readonly sizeBytes: number;
  readonly txids: readonly Uint8Array[];
};

/** Rule *own share*: the part of a lane's window that its author fills. */
const OWN_SHARE = 0.5;
const ENVELOPES_PER_BATCH_MAX = 16_384;
/** Every transaction weighs at least this, so that one bound holds bytes and count. */
const WEIGHT_PER_TX = Math.ceil(limits.poolPendingBytesMax / limits.poolPendingTxsMax);
const AFTER_MS_MIN = 50;
const AFTER_MS_MAX = 5_000;
/** Transactions that may always wait, so that a first burst is taken whole. */
const PENDING_TXS_MIN = 2_000;
const QUEUEING_DELAY_MS_MAX = 2_000;

/** Envelopes that wait for a block on this validator, and the sealing of its own lane. */
export class Pool {
  readonly #config: PoolConfig;
  readonly #batchBytesMax: number;
  readonly #batchGasMax: number;
  readonly #waiting = new FairQueue<Waiting>();
  #waitingBytes = 0;
  /** Transactions that wait or are in an own batch that was not executed yet. */
  readonly #pending = new TxidSet();
  #sealedTip: LaneTip | undefined;
  /** Own batches sealed here and not executed, ascending. */
  #inFlight: InFlight[] = [];
  #sealing: InFlight | undefined;
  /** No waiting envelope expires before this. */
  #nextExpiryMs = Number.POSITIVE_INFINITY;
  #firstWaitingAtMs = 0;
  /** Weight that leaves the pool, and transactions that are executed, per millisecond. */
  readonly #sealPace = new Pace();
  readonly #settlePace = new Pace();

  constructor(config: PoolConfig) {
    this.#config = config;
    const { blockBytesMax, blockGasMax } = config.lanes.parameters;
    this.#batchBytesMax = Math.min(limits.batchBytesMax, blockBytesMax);
    this.#batchGasMax = blockGasMax;
  }

  /** Take an envelope that was verified, or say why not. A refusal changes nothing. */
  submit(admitted: Admitted, nowMs: number): SubmitOutcome {
    const fresh = admitted.txids.filter((txid) => !this.#pending.has(txid));
    if (fresh.length === 0) return { status: 'taken' };
    const refusal =
      this.#boundRefusal(admitted) ??
      timeRefusal(admitted, nowMs) ??
      this.#roomRefusal(admitted, nowMs);
    if (refusal !== undefined) return refusal;
    if (this.#waiting.count === 0) this.#firstWaitingAtMs = nowMs;
    const waiting: Waiting = { admitted, fresh };
    this.#waiting.push({ signer: admitted.signer, size: weightOf(admitted), item: waiting });
    this.#waitingBytes += admitted.bytes.length;
    for (const txid of fresh) this.#pending.add(txid);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, admitted.validUntilMax);
    return { status: 'taken' };
  }

  /** The next own batch when one is due; it must be given to `sealed` once it is signed. */
  seal(nowMs: number): Sealing | undefined {
    assert(this.#sealing === undefined, 'one batch is sealed at a time');
    const dueAtMs = this.nextSealAtMs();
    if (dueAtMs === undefined || nowMs < dueAtMs) return undefined;
    const taken = this.#take(nowMs);
    if (taken.length === 0) return undefined;
    const { chainId, epoch, lane } = this.#config;
    const tip = this.#tip();
    const txids = taken.flatMap(({ fresh }) => fresh);
    this.#sealing = {
      seq: tip.seq + 1,
      sizeBytes: sum(taken, ({ admitted }) => admitted.bytes.length),
      txids,
    };
    return {
      header: {
        chainId,
        epoch,
        lane,
        seq: tip.seq + 1,
        prevDigest: tip.digest,
        txCount: sum(taken, ({ admitted }) => admitted.txids.length),
        gasSum: sum(taken, ({ admitted }) => admitted.gasSum),
      },
      envelopes: taken.map(({ admitted }) => admitted.bytes),
    };
  }

  /** The batch that `seal` gave was signed: the next one follows it. */
  sealed(batch: Batch): void {
    assert(this.#sealing?.seq === batch.header.seq, 'the sealed batch is the one that was given');
    this.#inFlight.push(this.#sealing);
    this.#sealing = undefined;
    this.#sealedTip = { seq: batch.header.seq, digest: batch.digest };
  }

  /** When `seal` is worth calling next: undefined while nothing waits or the own share is full. */
  nextSealAtMs(): number | undefined {
    if (this.#waiting.count === 0) return undefined;
    const { batches, bytes } = this.#unfinalized();
    const isFull =
      batches >= OWN_SHARE * limits.laneWindowBatchesMax ||
      bytes >= OWN_SHARE * limits.laneWindowBytes;
    if (isFull) return undefined;
    return sealDueAtMs({
      waitingBytes: this.#waitingBytes,
      firstWaitingAtMs: this.#firstWaitingAtMs,
      unfinalizedBatches: batches,
    });
  }

  /**
   * Rule *queueing delay*: what is taken waits for everything before it, so no more is taken than is
   * executed within a short time at the recent pace. Asked before anything is spent on a post.
   */
  congestion(nowMs: number): PoolRefusal | undefined {
    const limit = Math.max(
      PENDING_TXS_MIN,
      Math.floor(this.#settlePace.at(nowMs) * QUEUEING_DELAY_MS_MAX),
    );
    const held = this.#pending.size;
    if (held <= limit) return undefined;
    const afterMs = Math.max(AFTER_MS_MIN, QUEUEING_DELAY_MS_MAX / 4);
    return refused('PoolFull', { held, limit, unit: 'transactions', afterMs });
  }

  /** Transactions that were executed or voided: the ledger answers for them from now on. */
  settled(txids: readonly Uint8Array[], nowMs: number): void {
    const before = this.#pending.size;
    for (const txid of txids) this.#pending.delete(txid);
    this.#settlePace.add(before - this.#pending.size, nowMs);
    // What an own batch held beyond that were duplicates, which are never settled by name.
    const { releasedSeq } = this.#config.lanes.ownWindow();
    while (this.#inFlight[0] !== undefined && this.#inFlight[0].seq <= releasedSeq) {
      for (const txid of this.#inFlight.shift()?.txids ?? []) this.#pending.delete(txid);
    }
  }

  /** Drop envelopes all of whose transactions expired; gives the ids of what is gone. */
  expire(nowMs: number): readonly Uint8Array[] {
    if (nowMs <= this.#nextExpiryMs) return [];
    let next = Number.POSITIVE_INFINITY;
    const dropped = this.#waiting.filter(({ admitted }) => {
      const isAlive = admitted.validUntilMax >= nowMs;
      if (isAlive) next = Math.min(next, admitted.validUntilMax);
      return isAlive;
    });
    this.#nextExpiryMs = next;
    for (const waiting of dropped) this.#forget(waiting);
    return dropped.flatMap(({ fresh }) => fresh);
  }

  /** Everything that waits, taken out in sealing order; for the pool of the next epoch. */
  drain(): readonly Admitted[] {
    const out: Admitted[] = [];
    for (
      let next = this.#waiting.take(() => true);
      next !== undefined;
      next = this.#waiting.take(() => true)
    ) {
      this.#forget(next);
      out.push(next.admitted);
    }
    return out;
  }

  /** What waits and what is under way; for metrics and the sentence why nothing moves. */
  usage(): {
    readonly envelopes: number;
    readonly bytes: number;
    readonly pendingTxs: number;
    readonly inFlightBatches: number;
  } {
    return {
      envelopes: this.#waiting.count,
      bytes: this.#waitingBytes,
      pendingTxs: this.#pending.size,
      inFlightBatches: this.#inFlight.length,
    };
  }

  /** End of the own lane: what is sealed may not have reached the lanes yet. */
  #tip(): LaneTip {
    const held = this.#config.lanes.ownTip();
    return this.#sealedTip !== undefined && this.#sealedTip.seq > held.seq ? this.#sealedTip : held;
  }

  #unfinalized(): { readonly batches: number; readonly bytes: number } {
    const { batches, bytes } = this.#config.lanes.ownWindow();
    const heldSeq = this.#config.lanes.ownTip().seq;
    const coming = this.#inFlight.filter(({ seq }) => seq > heldSeq);
    return {
      batches: batches + coming.length,
      bytes: bytes + sum(coming, ({ sizeBytes }) => sizeBytes),
    };
  }

  #take(nowMs: number): readonly Waiting[] {
    const taken: Waiting[] = [];
    let sizeBytes = 0;
    let gasSum = 0;
    while (sizeBytes < limits.batchSealBytes && taken.length < ENVELOPES_PER_BATCH_MAX) {
      const next = this.#waiting.take(
        ({ admitted }) =>
          sizeBytes + admitted.bytes.length <= this.#batchBytesMax &&
          gasSum + admitted.gasSum <= this.#batchGasMax,
      );
      if (next === undefined) break;
      this.#waitingBytes -= next.admitted.bytes.length;
      // Expired, or settled while it waited: another validator ordered it first.
      if (
        next.admitted.validUntilMax < nowMs ||
        !next.fresh.some((txid) => this.#pending.has(txid))
      ) {
        for (const txid of next.fresh) this.#pending.delete(txid);
        continue;
      }
      sizeBytes += next.admitted.bytes.length;
      gasSum += next.admitted.gasSum;
      taken.push(next);
    }
    // The rest has waited for its turn already; it is due by its size or after one more delay.
    this.#firstWaitingAtMs = nowMs;
    this.#sealPace.add(
      sum(taken, ({ admitted }) => weightOf(admitted)),
      nowMs,
    );
    return taken;
  }

  #forget({ admitted, fresh }: Waiting): void {
    this.#waitingBytes -= admitted.bytes.length;
    for (const txid of fresh) this.#pending.delete(txid);
  }

  #boundRefusal({ bytes, gasSum }: Admitted): PoolRefusal | undefined {
    const sizeLimit = Math.min(limits.envelopeBytesMax, this.#batchBytesMax);
    if (bytes.length > sizeLimit)
      return refused('OverLimit', {
        name: 'envelope bytes',
        value: bytes.length,
        limit: sizeLimit,
      });
    if (gasSum > this.#batchGasMax)
      return refused('OverLimit', {
        name: 'envelope gas',
        value: gasSum,
        limit: this.#batchGasMax,
      });
    return undefined;
  }

  /** Rule *share of the pool*: a dynamic threshold (Choudhury and Hahne 1998), no list of quotas. */
  #roomRefusal(admitted: Admitted, nowMs: number): PoolRefusal | undefined {
    const weight = weightOf(admitted);
    const limit = limits.poolPendingBytesMax;
    const hasRoom = (): boolean =>
      this.#waiting.sizeOf(admitted.signer) + weight <= limit - this.#waiting.size;
    if (hasRoom()) return undefined;
    if (this.expire(nowMs).length > 0 && hasRoom()) return undefined;
    return refused('PoolFull', {
      held: this.#waiting.size,
      limit,
      unit: 'bytes',
      afterMs: this.#afterMs(nowMs),
    });
  }

  /** When a caller should come back: once a tenth of the pool has left at the recent pace. */
  #afterMs(nowMs: number): number {
    const weightPerMs = this.#sealPace.at(nowMs);
    const afterMs =
      weightPerMs === 0 ? AFTER_MS_MAX : Math.ceil(limits.poolPendingBytesMax / 10 / weightPerMs);
    return Math.min(AFTER_MS_MAX, Math.max(AFTER_MS_MIN, afterMs));
  }
}

/** Judged on this node's clock; execution judges again on block time. */
function timeRefusal(
  { validUntilMin, validUntilMax }: Admitted,
  nowMs: number,
): PoolRefusal | undefined {
  if (validUntilMin < nowMs) return refused('Expired', { validUntil: validUntilMin, now: nowMs });
  if (validUntilMax > nowMs + limits.txLifetimeMsMax + limits.timePrecisionMs) {
    return refused('TooFarAhead', {
      validUntil: validUntilMax,
      now: nowMs,
      limit: limits.txLifetimeMsMax,
    });
  }
  return undefined;
}

function weightOf({ bytes, txids }: Admitted): number {
  return Math.max(bytes.length, txids.length * WEIGHT_PER_TX);
}

function refused(code: ErrorName, params: ErrorParams): PoolRefusal {
  return { status: 'refused', code, params };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
