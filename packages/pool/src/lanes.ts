import { assert, compareBytes, equalBytes, limits, must, toHex } from '@hanse/kit';
import {
  faultsOf,
  quorumOf,
  ZERO_HASH,
  type Batch,
  type BatchHeader,
  type LaneTip,
  type Parameters,
  type Payload,
} from '@hanse/model';
import { Lane } from './lane.ts';
import { sweep } from './sweep.ts';
import type { Added, BatchWant, Behind, PayloadCheck } from './types.ts';
import { Watermarks } from './watermarks.ts';

/** What the lanes of one epoch are made for. */
export type LanesConfig = {
  readonly laneCount: number;
  /** This validator's index, and so its own lane. */
  readonly self: number;
  readonly parameters: Pick<Parameters, 'blockBytesMax' | 'blockGasMax'>;
  readonly epoch: number;
};

/** Views without a miss after which a lane may be proposed beyond what a quorum reports. */
const CLEAN_VIEWS = 64;

/** The batches of all lanes of an epoch: what consensus orders and execution consumes. */
export class Lanes {
  readonly parameters: LanesConfig['parameters'];
  readonly #config: LanesConfig;
  readonly #quorum: number;
  readonly #lanes: readonly Lane[];
  readonly #marks: Watermarks;
  /** Number of payloads checked, and its value when each lane was last missed. */
  #checks = 0;
  #lastChecked: Payload | undefined;
  readonly #missedAt: (number | undefined)[];

  constructor(config: LanesConfig) {
    const { laneCount, self } = config;
    assert(
      laneCount > 0 && laneCount <= limits.validatorsMax && self < laneCount,
      'lanes of a validator set',
    );
    this.#config = config;
    this.parameters = config.parameters;
    this.#quorum = quorumOf(laneCount);
    this.#lanes = Array.from(
      { length: laneCount },
      (_, lane) => new Lane(lane, { seq: 0, digest: ZERO_HASH }),
    );
    this.#marks = new Watermarks(laneCount);
    this.#missedAt = Array.from({ length: laneCount }, () => undefined);
  }

  /** Begin at the positions of the last final block with what the log holds above them, in any order. */
  restore(base: Payload, batches: readonly Batch[]): void {
    assert(base.length === this.#lanes.length, 'a payload names every lane');
    this.finalized(base);
    this.release(base);
    const ascending = [...batches].sort(
      (a, b) => a.header.seq - b.header.seq || compareBytes(a.digest, b.digest),
    );
    for (const batch of ascending) this.add(batch);
  }

  /** Whether a batch with this header would be kept; asked before its signatures are verified. */
  inWindow(header: BatchHeader): boolean {
    const { blockBytesMax, blockGasMax } = this.parameters;
    // A batch that fits no block would count as work for ever.
    if (
      header.epoch !== this.#config.epoch ||
      header.sizeBytes > blockBytesMax ||
      header.gasSum > blockGasMax
    )
      return false;
    return this.#lanes[header.lane]?.inWindow(header) ?? false;
  }

  /** Keep a batch whose signatures and counts were verified. */
  add(batch: Batch): Added {
    const lane = this.#lanes[batch.header.lane];
    if (lane === undefined || !this.inWindow(batch.header)) return { kind: 'outside' };
    const added = lane.add(batch);
    this.#markSelf(batch.header.lane);
    return added;
  }

  /** Highest number held without gap, per lane. */
  held(): readonly number[] {
    return this.#lanes.map((lane) => lane.tip.seq);
  }

  /** A link to a peer is new: what it said before may be of an earlier life. */
  connected(peer: number): void {
    if (peer !== this.#config.self) this.#marks.forget(peer);
  }

  /** A peer told what it holds. It is believed about itself only. */
  reported(from: number, held: readonly number[]): void {
    if (from !== this.#config.self && from < this.#lanes.length) this.#marks.report(from, held);
  }

  /** Whether a leader could advance some lane: a quorum holds more than the parent orders. */
  hasWork(parent: Payload): boolean {
    return parent.some((tip, index) => this.#targetSeq(index, tip, false) > tip.seq);
  }

  /**
   * Rule *fair cut*: the payload this node would propose after its parent's; one batch per lane in turn while
   * the block has room, beginning with another lane each time.
   */
  build(parent: Payload, optimistic: boolean): Payload {
    assert(parent.length === this.#lanes.length, 'a payload names every lane');
    const tips = [...parent];
    const targets = tips.map((tip, index) => this.#targetSeq(index, tip, optimistic));
    let bytesLeft = this.parameters.blockBytesMax;
    let gasLeft = this.parameters.blockGasMax;
    const start = parent.reduce((sum, tip) => (sum + tip.seq) % parent.length, 0);
    const open = targets.map((_, turn) => (start + turn) % parent.length);
    while (open.length > 0) {
      for (const index of open.slice()) {
        const batch = this.#lanes[index]?.get(tipAt(tips, index).seq + 1);
        const { sizeBytes, gasSum, seq } = batch?.header ?? {
          sizeBytes: 0,
          gasSum: 0,
          seq: Number.POSITIVE_INFINITY,
        };
        if (
          batch === undefined ||
          seq > (targets[index] ?? 0) ||
          sizeBytes > bytesLeft ||
          gasSum > gasLeft
        ) {
          open.splice(open.indexOf(index), 1);
          continue;
        }
        bytesLeft -= sizeBytes;
        gasLeft -= gasSum;
        tips[index] = { seq, digest: batch.digest };
      }
    }
    return tips;
  }

  /** Whether a payload may follow its parent's, and whether all its batches are here. */
  check(parent: Payload, payload: Payload): PayloadCheck {
    if (payload !== this.#lastChecked) this.#checks++;
    this.#lastChecked = payload;
    const checked = this.#checkLanes(parent, payload);
    if (checked.kind !== 'missing') return checked;
    for (const { lane } of checked.wants) this.#missedAt[lane] = this.#checks;
    return checked;
  }

  /** The batches between two payloads in execution order, or undefined when some are not in memory. */
  batchesBetween(parent: Payload, payload: Payload, view: number): readonly Batch[] | undefined {
    const perLane: (readonly Batch[])[] = [];
    for (const [index, lane] of this.#lanes.entries()) {
      const path = lane.path(tipAt(parent, index), tipAt(payload, index));
      if (path.kind !== 'path') return undefined;
      perLane.push(path.batches);
    }
    return sweep(perLane, view);
  }

  /** A block with this payload is final: windows move on. Its batches stay until `release`. */
  finalized(payload: Payload): void {
    for (const [index, lane] of this.#lanes.entries()) {
      lane.finalized(tipAt(payload, index));
      this.#markSelf(index);
    }
  }

  /** The block with this payload was executed. */
  release(payload: Payload): void {
    for (const [index, lane] of this.#lanes.entries()) lane.release(tipAt(payload, index).seq);
  }

  /** Batch of the held chain, or final and not released. */
  get(lane: number, seq: number): Batch | undefined {
    return this.#lanes[lane]?.get(seq);
  }

  /** Batch with this digest, forks included. */
  byDigest(digest: Uint8Array): Batch | undefined {
    const key = toHex(digest);
    for (const lane of this.#lanes) {
      const batch = lane.byDigest(key);
      if (batch !== undefined) return batch;
    }
    return undefined;
  }

  /** Where the own lane ends. */
  ownTip(): LaneTip {
    return this.#own.tip;
  }

  /** Room that the own lane's un-finalized batches take, and the number up to which it was executed. */
  ownWindow(): { readonly batches: number; readonly bytes: number; readonly releasedSeq: number } {
    return { ...this.#own.window, releasedSeq: this.#own.releasedSeq };
  }

  /**
   * Ranges that f + 1 validators or the author itself report and this node lacks: at least one honest
   * validator can serve them. Without asking, a batch that its author sent to few is never ordered.
   */
  behind(): readonly Behind[] {
    const enough = faultsOf(this.#lanes.length) + 1;
    return this.#lanes.flatMap((lane, index) => {
      const { seq } = lane.tip;
      const from = this.#marks.above(index, seq);
      if (from.length < enough && !from.includes(index)) return [];
      const toSeq = Math.min(
        this.#marks.highest(index, from),
        seq + limits.fetchBatchesPerRequestMax,
        lane.base.seq + limits.laneWindowBatchesMax,
      );
      return toSeq > seq ? [{ lane: index, fromSeq: seq + 1, toSeq, from }] : [];
    });
  }

  /** Per lane: ordered finally, held here, held by a quorum; for the sentence why nothing moves. */
  status(): readonly {
    readonly finalSeq: number;
    readonly heldSeq: number;
    readonly quorumSeq: number;
  }[] {
    return this.#lanes.map((lane, index) => ({
      finalSeq: lane.base.seq,
      heldSeq: lane.tip.seq,
      quorumSeq: Math.min(this.#marks.quorum(index, this.#quorum), lane.tip.seq),
    }));
  }

  get #own(): Lane {
    return must(this.#lanes[this.#config.self], 'the own lane exists');
  }

  #markSelf(lane: number): void {
    this.#marks.set(this.#config.self, lane, this.#lanes[lane]?.tip.seq ?? 0);
  }

  /** Rule *availability*: how far this node would order a lane, never below its parent. */
  #targetSeq(index: number, parent: LaneTip, optimistic: boolean): number {
    const lane = this.#lanes[index];
    const onChain = lane?.tipAt(parent.seq);
    // A parent on a fork: the lane waits until finality decides which chain is held.
    if (lane === undefined || onChain === undefined || !equalBytes(onChain.digest, parent.digest))
      return parent.seq;
    const missedAt = this.#missedAt[index];
    const isClean = missedAt === undefined || this.#checks - missedAt >= CLEAN_VIEWS;
    const seq =
      optimistic && isClean
        ? lane.tip.seq
        : Math.min(lane.tip.seq, this.#marks.quorum(index, this.#quorum));
    return Math.max(parent.seq, seq);
  }

  #checkLanes(parent: Payload, payload: Payload): PayloadCheck {
    if (payload.length !== this.#lanes.length || parent.length !== payload.length)
      return { kind: 'invalid', reason: `payload of ${payload.length} lanes` };
    const wants: BatchWant[] = [];
    const { blockBytesMax, blockGasMax } = this.parameters;
    let sizeBytes = 0;
    let gasSum = 0;
    for (const [index, lane] of this.#lanes.entries()) {
      const from = tipAt(parent, index);
      const to = tipAt(payload, index);
      if (to.seq < from.seq) return { kind: 'invalid', reason: `lane ${index} goes back` };
      if (to.seq > from.seq + limits.laneWindowBatchesMax)
        return { kind: 'invalid', reason: `lane ${index} advances by more than a window` };
      const path = lane.path(from, to);
      if (path.kind === 'invalid') return path;
      if (path.kind === 'missing') {
        wants.push(lane.want(path, from));
        continue;
      }
      for (const { header } of path.batches) {
        sizeBytes += header.sizeBytes;
        gasSum += header.gasSum;
      }
    }
    if (sizeBytes > blockBytesMax)
      return { kind: 'invalid', reason: `${sizeBytes} bytes, limit ${blockBytesMax}` };
    if (gasSum > blockGasMax)
      return { kind: 'invalid', reason: `gas ${gasSum}, limit ${blockGasMax}` };
    return wants.length > 0 ? { kind: 'missing', wants } : { kind: 'held' };
  }
}

function tipAt(payload: Payload, lane: number): LaneTip {
  return must(payload[lane], `a payload names lane ${lane}`);
}
