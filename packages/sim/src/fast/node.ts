import {
  Consensus,
  timerNames,
  type BatchWant,
  type ConsensusEvent,
  type Effect,
  type Restored,
  type TimerName,
} from '@hanse/consensus';
import {
  isEmptyPayload,
  type Block,
  type Certificate,
  type Executed,
  type FinalBlock,
  type Message,
} from '@hanse/model';
import { FakeLanes, LANE_WINDOW } from './batches.ts';
import { Disk, type DiskRecord } from './disk.ts';
import { nextResult } from './execution.ts';
import { decodeBatch, encodeBatch } from './messages.ts';
import { toyVote } from './toysuite.ts';
import type { World } from './world.ts';

const FINALS_PER_ANSWER = 64;
const BATCHES_PER_ANSWER = 16;
const REPAIR_MS = 150;

/** How a node differs from an honest one. Everything else about it is the production reducer. */
export type Faults = {
  /** Replaces what the node is about to send to one peer. */
  readonly tamper?: (node: FastNode, to: number, message: Message) => readonly Message[];
  /** Sees what arrives, before the reducer does. */
  readonly observe?: (node: FastNode, from: number, message: Message) => void;
  /** Reports wrong results from this height on. */
  readonly miscalculatesFrom?: number;
  /** Answers no request of peers. */
  readonly isSilentServer?: boolean;
  /** Answers requests of peers in its own way. */
  readonly answer?: (node: FastNode, request: Message) => readonly Message[];
};

/** One validator: reducer, log, lanes and execution over virtual time. */
export class FastNode {
  readonly index: number;
  readonly world: World;
  readonly faults: Faults | undefined;
  readonly disk: Disk;
  /** Own clock minus true time. */
  skewMs = 0;
  isUp = false;
  isDiverged = false;
  consensus: Consensus | undefined;
  lanes: FakeLanes;
  /** Final blocks delivered in this life, and what they rest on. */
  finals: { readonly block: Block; readonly certificate: Certificate | undefined }[] = [];
  executedHeight = 0;
  /** Highest height ever executed, crashes or not. */
  highestExecuted = 0;
  /** Newest own batch that was sent. */
  sealed = 0;
  /** Counts lives: what was planned in an earlier one does not happen. */
  life = 0;
  #timers = new Map<TimerName, number>();
  #timerSerial = 0;
  #gated: (() => void)[] = [];
  #isSyncing = false;
  #isSealing = false;
  #isExecuting = false;
  #toldHeight = 0;
  #isFlushDue = false;
  #isRepairDue = false;

  constructor(world: World, index: number, faults?: Faults) {
    this.world = world;
    this.index = index;
    this.faults = faults;
    this.disk = new Disk(world.genesisResult);
    this.lanes = new FakeLanes(world.n, index);
  }

  get isHonest(): boolean {
    return this.faults === undefined;
  }

  /** This node's wall clock. */
  clockMs(): number {
    return Math.floor(this.world.clockMs() + this.skewMs);
  }

  /** Start from what the disk holds. */
  start(): void {
    const { world } = this;
    this.isUp = true;
    this.lanes = new FakeLanes(world.n, this.index);
    this.finals = [];
    for (const record of this.disk.records) {
      if (record.kind === 'batch') this.lanes.add(record.lane, record.seq);
      // A delivery cut short is in the log twice, by height.
      if (record.kind === 'final') this.finals[record.block.header.height - 1] = record;
    }
    // Finals after the last one with a certificate belong to a delivery that was cut short.
    while (this.finals.length > 0 && this.finals.at(-1)?.certificate === undefined)
      this.finals.pop();
    this.#toldHeight = this.finals.length;
    this.executedHeight = Math.min(this.disk.results.length - 1, this.finals.length);
    this.disk.results.length = this.executedHeight + 1;
    const config = {
      suite: world.suite,
      chainId: world.chainId,
      set: world.set,
      self: this.index,
      parameters: world.parameters,
      payload: this.lanes,
    };
    this.consensus = new Consensus(config, this.#restored(), this.clockMs());
    this.#perform(this.consensus.start(this.clockMs()));
    this.#execute();
  }

  /** Lose power. */
  crash(): void {
    this.isUp = false;
    this.life++;
    this.consensus = undefined;
    this.#timers.clear();
    this.#gated = [];
    this.#isSyncing = false;
    this.#isSealing = false;
    this.#isExecuting = false;
    this.#isFlushDue = false;
    this.#isRepairDue = false;
    this.disk.crash(this.world.rng);
  }

  /** A message from a peer. */
  deliver(from: number, message: Message): void {
    if (!this.isUp) return;
    this.faults?.observe?.(this, from, message);
    switch (message.kind) {
      case 'batch':
        return this.#takeBatch(message.value.batch);
      case 'batchRequest':
      case 'finalRequest':
        return this.faults?.isSilentServer === true ? undefined : this.#serve(from, message);
      default:
        this.step({ kind: 'message', from, message });
        this.#planRepair();
    }
  }

  step(event: ConsensusEvent): void {
    if (!this.isUp || this.consensus === undefined || this.isDiverged) return;
    this.#perform(this.consensus.step(event, this.clockMs()));
  }

  /** The author seals its next batch, if its window has room. */
  seal(): void {
    if (!this.isUp || this.isDiverged) return;
    const base = this.finals.at(-1)?.block.payload[this.index]?.seq ?? 0;
    const seq = (this.lanes.held()[this.index] ?? 0) + 1;
    if (seq > base + LANE_WINDOW || this.#isSealing) return;
    this.#isSealing = true;
    this.disk.append({ kind: 'batch', lane: this.index, seq });
    // W6: durable before anybody sees it.
    this.#afterSync(() => {
      this.#isSealing = false;
      this.lanes.add(this.index, seq);
      this.sealed = seq;
      this.#flushSoon();
      this.#broadcast({ kind: 'batch', value: { batch: encodeBatch(this.index, seq) } });
    });
  }

  /** Whether every final payload is bound by a final header. */
  isAllBound(): boolean {
    return this.#unbound() <= (this.finals.at(-1)?.block.header.executed.height ?? 0);
  }

  /** A link came up. */
  connected(peer: number): void {
    this.step({ kind: 'connected', peer });
  }

  send(to: number, message: Message): void {
    for (const one of this.faults?.tamper?.(this, to, message) ?? [message])
      this.world.network.send(this, to, one);
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: Effect): void {
    const { world } = this;
    switch (effect.kind) {
      case 'persist': {
        const { record } = effect;
        this.disk.append(record);
        if (record.kind === 'certificate') world.checker.certificate(this, record.certificate);
        else world.checker.block(record.block);
        return;
      }
      case 'vote': {
        const vote = toyVote(world.set, world.chainId, this.index, effect.vote);
        this.disk.append({ kind: 'vote', vote });
        this.#afterSync(() => this.step({ kind: 'voted', vote }));
        return;
      }
      case 'send':
        return this.send(effect.to, effect.message);
      case 'broadcast':
        return this.#broadcast(effect.message);
      case 'timer':
        return this.#setTimer(effect.name, effect.delayMs);
      case 'final':
        return this.#final(effect.block, effect.certificate);
      case 'wantBatches':
        for (const want of effect.wants)
          for (const peer of effect.from) this.#requestBatches(peer, want);
        return;
      case 'evidence':
        return world.checker.evidence(this, effect.evidence);
      case 'diverged':
        this.isDiverged = true;
        return world.checker.diverged(this, effect.height);
    }
  }

  #final(block: Block, certificate: Certificate | undefined): void {
    this.disk.append({ kind: 'final', block, certificate });
    this.finals.push({ block, certificate });
    this.world.checker.final(this, block, certificate);
    const { height } = block.header;
    // W4: executed and told only once its finality is durable.
    this.#afterSync(() => this.#tell(height));
  }

  #tell(height: number): void {
    this.#toldHeight = height;
    this.#execute();
  }

  /** Execute durable final blocks one after another. */
  #execute(): void {
    const next = this.finals[this.executedHeight]?.block;
    if (
      this.#isExecuting ||
      this.isDiverged ||
      next === undefined ||
      next.header.height > this.#toldHeight
    )
      return;
    this.#isExecuting = true;
    this.world.checker.executing(this, next);
    this.#after(this.world.chaos.executionMs(), () => {
      this.#isExecuting = false;
      const previous = this.disk.results[this.executedHeight] ?? this.world.genesisResult;
      const isWrong =
        this.faults?.miscalculatesFrom !== undefined &&
        next.header.height >= this.faults.miscalculatesFrom;
      const executed: Executed = nextResult(this.world.suite, previous, next, isWrong);
      this.executedHeight++;
      this.disk.results.push(executed);
      this.highestExecuted = Math.max(this.highestExecuted, executed.height);
      this.step({ kind: 'executed', executed });
      this.#execute();
    });
  }

  #takeBatch(bytes: Uint8Array): void {
    const { lane, seq } = decodeBatch(bytes);
    const base = this.finals.at(-1)?.block.payload[lane]?.seq ?? 0;
    if (seq <= base || seq > base + 2 * LANE_WINDOW || !this.lanes.add(lane, seq)) return;
    this.disk.append({ kind: 'batch', lane, seq });
    this.#flushSoon();
    this.#planRepair();
  }

  /** Tell the reducer about batches once per millisecond. */
  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#after(1, () => {
      this.#isFlushDue = false;
      this.step({ kind: 'payloadChanged' });
    });
  }

  /** Ask authors for batches that peers report and this node lacks. */
  #planRepair(): void {
    if (this.#isRepairDue || !this.lanes.mayBeBehind) return;
    this.lanes.mayBeBehind = this.lanes.behind().length > 0;
    if (!this.lanes.mayBeBehind) return;
    this.#isRepairDue = true;
    this.#after(REPAIR_MS, () => {
      this.#isRepairDue = false;
      for (const want of this.lanes.behind()) this.#requestBatches(want.lane, want);
      this.#planRepair();
    });
  }

  #requestBatches(peer: number, { lane, fromSeq, toSeq }: BatchWant): void {
    if (peer !== this.index)
      this.send(peer, { kind: 'batchRequest', value: { lane, fromSeq, toSeq } });
  }

  #serve(from: number, request: Message): void {
    for (const message of this.faults?.answer?.(this, request) ?? []) this.send(from, message);
    if (request.kind === 'batchRequest') {
      const { lane, fromSeq, toSeq } = request.value;
      for (let seq = fromSeq; seq <= Math.min(toSeq, fromSeq + BATCHES_PER_ANSWER - 1); seq++) {
        if (this.lanes.has(lane, seq))
          this.send(from, { kind: 'batch', value: { batch: encodeBatch(lane, seq) } });
      }
    } else if (request.kind === 'finalRequest') {
      const { fromHeight } = request.value;
      const found = this.finals.slice(fromHeight - 1, fromHeight - 1 + FINALS_PER_ANSWER);
      while (found.length > 0 && found.at(-1)?.certificate === undefined) found.pop();
      const blocks: FinalBlock[] = found.map(({ block, certificate }) => ({
        block: block.bytes,
        certificate,
      }));
      if (blocks.length > 0) this.send(from, { kind: 'finals', value: { blocks } });
    }
  }

  #broadcast(message: Message): void {
    for (let to = 0; to < this.world.n; to++) if (to !== this.index) this.send(to, message);
  }

  #setTimer(name: TimerName, delayMs: number | undefined): void {
    const serial = ++this.#timerSerial;
    this.#timers.set(name, serial);
    if (delayMs === undefined) return;
    this.#after(delayMs, () => {
      if (this.#timers.get(name) !== serial) return;
      this.world.note('timer', this.index, timerNames.indexOf(name));
      this.step({ kind: 'timer', name });
    });
  }

  /** Run `effect` once everything appended so far is durable; all that waits shares one sync. */
  #afterSync(effect: () => void): void {
    this.#gated.push(effect);
    if (!this.#isSyncing) this.#sync();
  }

  #sync(): void {
    const due = this.#gated;
    this.#gated = [];
    this.#isSyncing = due.length > 0;
    if (due.length === 0) return;
    const target = this.disk.records.length;
    this.#after(this.world.chaos.syncMs(), () => {
      this.disk.synced = Math.max(this.disk.synced, target);
      this.world.note('sync', this.index, target);
      for (const effect of due) if (this.isUp) effect();
      this.#sync();
    });
  }

  #after(delayMs: number, run: () => void): void {
    const { life } = this;
    this.world.events.after(delayMs, () => {
      if (this.isUp && this.life === life) run();
    });
  }

  #restored(): Restored {
    const last = this.finals.at(-1) ?? { block: this.world.genesis, certificate: undefined };
    const floor = last.block.header.view;
    const above: DiskRecord[] = this.disk.records.slice(this.#firstOpenRecord(floor));
    const certificates = above.flatMap((one) =>
      one.kind === 'certificate' && one.certificate.view > floor ? [one.certificate] : [],
    );
    const ownVotes = above.flatMap((one) =>
      one.kind === 'vote' && one.vote.view > floor ? [one.vote] : [],
    );
    const blocks = above.flatMap((one) =>
      one.kind === 'block' && one.block.header.view > floor ? [one.block] : [],
    );
    const executed = this.disk.results[this.executedHeight] ?? this.world.genesisResult;
    return { lastFinal: last, blocks, certificates, ownVotes, executed, unbound: this.#unbound() };
  }

  /** Records of views above the floor may lie before its final record, but not by thousands. */
  #firstOpenRecord(floor: number): number {
    const at = this.disk.records.findLastIndex(
      (one) => one.kind === 'final' && one.block.header.view + 200 < floor,
    );
    return Math.max(0, at);
  }

  #unbound(): number {
    for (let i = this.finals.length - 1; i >= 0; i--) {
      const block = this.finals[i]?.block;
      const parent = i === 0 ? this.world.genesis : this.finals[i - 1]?.block;
      if (
        block !== undefined &&
        parent !== undefined &&
        !isEmptyPayload(block.payload, parent.payload)
      )
        return i + 1;
    }
    return 0;
  }
}
