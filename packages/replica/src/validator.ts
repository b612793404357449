import { decode, encode } from '@hanse/codec';
import { Consensus, timerNames, type Effect } from '@hanse/consensus';
import { assert, limits, toHex } from '@hanse/kit';
import {
  chainIdOf,
  genesisBlock,
  genesisValidators,
  messageSchema,
  openBatch,
  sealBatch,
  verifyBatchAuthor,
  type Batch,
  type Block,
  type Certificate,
  type Message,
  type ValidatorSet,
  type Vote,
} from '@hanse/model';
import { Lanes, Pool, type Admitted, type BatchWant, type SubmitOutcome } from '@hanse/pool';
import type { Archive } from './archive.ts';
import { ExecutionQueue } from './execution.ts';
import type { Execution, ValidatorConfig, ValidatorPorts } from './ports.ts';
import { recover } from './recover.ts';
import { Server } from './serve.ts';

const FLUSH_DELAY_MS = 1;
/** How often batches that peers report and this node lacks are asked for, in assumed network delays. */
const BEHIND_DELTAS = 4;

/**
 * One validator: consensus, pool and lanes as one machine, with effects performed over ports. Its
 * methods are the only inputs; nothing happens between them except the completion of port promises.
 */
export class Validator {
  readonly archive: Archive;
  readonly lanes: Lanes;
  readonly pool: Pool;
  readonly consensus: Consensus;
  readonly #ports: ValidatorPorts;
  readonly #set: ValidatorSet;
  readonly #chainId: Uint8Array;
  readonly #self: number;
  readonly #execution: ExecutionQueue;
  readonly #server: Server;
  /** Effects that wait for everything appended before them to be durable, oldest first. */
  #gated: (() => void)[] = [];
  #syncing = false;
  #dirty = false;
  #stopped = false;
  #turn = 0;
  readonly #deltaMs: number;
  readonly #isLaneClosed: boolean;
  /** Batches whose signatures are being checked, by digest. */
  readonly #verifying = new Map<string, number>();

  /** Bring a validator up from its log. Nothing is sent before `start`. */
  static async open(
    config: ValidatorConfig,
    ports: ValidatorPorts,
    archive: Archive,
  ): Promise<Validator> {
    return new Validator(config, ports, archive, await recover(config, ports.suite, archive));
  }

  private constructor(
    config: ValidatorConfig,
    ports: ValidatorPorts,
    archive: Archive,
    recovered: Awaited<ReturnType<typeof recover>>,
  ) {
    const { suite, clock } = ports;
    const { genesis, self } = config;
    this.#ports = ports;
    this.#self = self;
    this.#deltaMs = genesis.parameters.deltaMs;
    this.#isLaneClosed = config.lostUpTo > 0;
    this.#set = genesisValidators(genesis);
    this.#chainId = chainIdOf(suite, genesis);
    this.archive = archive;
    const laneCount = this.#set.validators.length;
    this.lanes = new Lanes({
      laneCount,
      self,
      parameters: genesis.parameters,
      epoch: this.#set.epoch,
    });
    this.lanes.restore(recovered.restored.lastFinal.block.payload, recovered.batches);
    this.pool = new Pool({
      suite,
      chainId: this.#chainId,
      lane: self,
      epoch: this.#set.epoch,
      lanes: this.lanes,
    });
    this.consensus = new Consensus(
      {
        suite,
        chainId: this.#chainId,
        set: this.#set,
        self,
        parameters: genesis.parameters,
        payload: this.lanes,
        abstainUpTo: config.lostUpTo,
        log: ports.trace,
      },
      recovered.restored,
      clock.nowMs(),
    );
    this.#execution = new ExecutionQueue({
      archive,
      lanes: this.lanes,
      start: recovered.executedBlock ?? genesisBlock(suite, genesis),
      execute: ports.execute,
      done: (block, execution) => this.#executed(block, execution),
      fatal: ports.observer.fatal,
    });
    for (const block of recovered.unexecuted) this.#execution.add(block);
    this.#server = new Server({
      archive,
      suite,
      clock,
      send: (to, message) => this.#send(to, message),
    });
  }

  /** Begin: rebroadcast own votes, arm timers, execute what is final already. */
  start(): void {
    this.#perform(this.consensus.start(this.#ports.clock.nowMs()));
    this.#execution.start();
    this.#scheduleSeal();
    this.#fetchBehind();
  }

  /** Stop reacting. Promises under way end without effect. */
  stop(): void {
    this.#stopped = true;
  }

  /** A frame from an authenticated peer. */
  frame(from: number, bytes: Uint8Array): void {
    if (this.#stopped) return;
    const message = decode(messageSchema, bytes);
    if (!message.ok) return this.#ports.observer.misbehaved(from, message.error);
    this.#receive(from, message.value);
  }

  /** A link to a peer is up again. */
  connected(peer: number): void {
    if (!this.#stopped)
      this.#perform(this.consensus.step({ kind: 'connected', peer }, this.#ports.clock.nowMs()));
  }

  /** A named timer fired. */
  timer(name: string): void {
    if (this.#stopped) return;
    if (name === 'flush') return this.#flush();
    if (name === 'seal') return this.#seal();
    if (name === 'behind') return this.#fetchBehind();
    const consensusTimer = timerNames.find((one) => one === name);
    assert(consensusTimer !== undefined, `an unknown timer ${name}`);
    this.#perform(
      this.consensus.step({ kind: 'timer', name: consensusTimer }, this.#ports.clock.nowMs()),
    );
  }

  /** Take admitted envelopes into the pool; each is taken or refused as a whole. */
  submit(items: readonly Admitted[]): readonly SubmitOutcome[] {
    const nowMs = this.#ports.clock.nowMs();
    if (this.#isLaneClosed) return items.map(() => laneClosed);
    const outcomes = items.map((item) => this.pool.submit(item, nowMs));
    this.#seal();
    return outcomes;
  }

  #receive(from: number, message: Message): void {
    switch (message.kind) {
      case 'batch':
        return this.#takeBatch(from, message.value.batch);
      case 'batchRequest':
      case 'batchByDigest':
      case 'blockRequest':
      case 'finalRequest':
        void this.#server.answer(from, message).catch(this.#ports.observer.fatal);
        return;
      default:
        return this.#perform(
          this.consensus.step({ kind: 'message', from, message }, this.#ports.clock.nowMs()),
        );
    }
  }

  /** Check what is cheap at once, the signatures elsewhere, then make the batch part of its lane. */
  #takeBatch(from: number, bytes: Uint8Array): void {
    const { suite, observer } = this.#ports;
    const opened = openBatch(suite, bytes);
    if (!opened.ok) return observer.misbehaved(from, `batch: ${opened.error}`);
    const batch = opened.value;
    const { lane } = batch.header;
    const key = toHex(batch.digest);
    if (this.#verifying.has(key) || this.lanes.byDigest(batch.digest) !== undefined) return;
    if (!this.lanes.inWindow(batch.header)) return;
    if (!verifyBatchAuthor(suite, this.#chainId, this.#set, batch))
      return observer.misbehaved(from, 'batch is not signed by the author of its lane');
    let pending = 0;
    for (const other of this.#verifying.values()) if (other === lane) pending++;
    if (pending >= limits.laneWindowBatchesMax) return;
    this.#verifying.set(key, lane);
    void this.#verify(batch, key).catch(observer.fatal);
  }

  async #verify(batch: Batch, key: string): Promise<void> {
    const result = await this.#ports.verifyBatch(batch);
    this.#verifying.delete(key);
    if (this.#stopped) return;
    if (!result.ok)
      return this.#ports.observer.misbehaved(batch.header.lane, `batch contents: ${result.error}`);
    this.archive.appendBatch(batch);
    this.#addToLane(batch);
  }

  #addToLane(batch: Batch): void {
    const added = this.lanes.add(batch);
    if (added.kind === 'gap') this.#request(added.want, [batch.header.lane]);
    if (added.kind === 'fork') this.#ports.observer.evidence(added.evidence);
    this.#markDirty();
  }

  /**
   * Rule *W6*: own batches are sealed while the sealing rule says so, and each is durable before anybody
   * sees it. Comes back when there may be more to seal.
   */
  #seal(): void {
    const { suite, clock, signer } = this.#ports;
    for (;;) {
      const sealed = this.pool.seal(clock.nowMs());
      if (sealed === undefined) break;
      const batch = sealBatch(suite, sealed.header, sealed.envelopes, signer.batch);
      this.pool.sealed(batch);
      this.archive.appendBatch(batch);
      this.#afterSync(() => {
        this.#addToLane(batch);
        this.#broadcast({ kind: 'batch', value: { batch: batch.bytes } });
      });
    }
    this.#scheduleSeal();
  }

  #scheduleSeal(): void {
    const at = this.pool.nextSealAtMs();
    this.#ports.setTimer(
      'seal',
      at === undefined ? undefined : Math.max(0, at - this.#ports.clock.nowMs()),
    );
  }

  /** Ask for batches that peers hold and this node lacks; one reporter at a time, another one next time. */
  #fetchBehind(): void {
    this.#turn++;
    for (const { lane, fromSeq, toSeq, from } of this.lanes.behind()) {
      const peer = from[this.#turn % Math.max(1, from.length)];
      if (peer !== undefined && peer !== this.#self)
        this.#send(peer, { kind: 'batchRequest', value: { lane, fromSeq, toSeq } });
    }
    this.#ports.setTimer('behind', BEHIND_DELTAS * this.#deltaMs);
  }

  /** Tell consensus about new batches once per millisecond, not once per batch. */
  #markDirty(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#ports.setTimer('flush', FLUSH_DELAY_MS);
  }

  #flush(): void {
    this.#dirty = false;
    this.#perform(this.consensus.step({ kind: 'payloadChanged' }, this.#ports.clock.nowMs()));
    this.#scheduleSeal();
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: Effect): void {
    switch (effect.kind) {
      case 'persist':
        if (effect.record.kind === 'block') this.archive.appendBlock(effect.record.block);
        else this.archive.appendCertificate(effect.record.certificate);
        return;
      case 'vote':
        return this.#castVote(effect.vote);
      case 'send':
        return this.#send(effect.to, effect.message);
      case 'broadcast':
        return this.#broadcast(effect.message);
      case 'timer':
        return this.#ports.setTimer(effect.name, effect.delayMs);
      case 'final':
        return this.#final(effect.block, effect.certificate);
      case 'wantBatches':
        for (const want of effect.wants) this.#request(want, effect.from);
        return;
      case 'evidence':
        return this.#ports.observer.evidence(effect.evidence);
      case 'diverged':
        this.#stopped = true;
        return this.#ports.observer.diverged(effect.height);
    }
  }

  /** Rule *W1*: a vote is signed and durable before it is seen by anybody, its own pool included. */
  #castVote(intent: Omit<Vote, 'signature' | 'signer'>): void {
    const cast = async (): Promise<void> => {
      const vote: Vote = {
        ...intent,
        signer: this.#self,
        signature: await this.#ports.signer.vote(intent),
      };
      this.archive.appendVote(vote);
      this.#afterSync(() => {
        this.#ports.signer.logged(vote.view);
        this.#perform(this.consensus.step({ kind: 'voted', vote }, this.#ports.clock.nowMs()));
      });
    };
    void cast().catch(this.#ports.observer.fatal);
  }

  /** Rules *W4* and *B1 durable first*: finality is durable before anybody is told and before the block is executed. */
  #final(block: Block, certificate: Certificate | undefined): void {
    this.archive.appendFinal(block);
    this.lanes.finalized(block.payload);
    this.#afterSync(() => {
      this.#ports.observer.final(block, certificate);
      this.#execution.add(block);
    });
  }

  #executed(block: Block, execution: Execution): void {
    if (this.#stopped) return;
    this.lanes.release(block.payload);
    const nowMs = this.#ports.clock.nowMs();
    this.pool.settled([...execution.txids, ...execution.voids.map(({ txid }) => txid)], nowMs);
    this.pool.expire(nowMs);
    this.#ports.observer.executed(block, execution);
    this.#perform(
      this.consensus.step(
        { kind: 'executed', executed: execution.executed },
        this.#ports.clock.nowMs(),
      ),
    );
    this.#seal();
  }

  /** Run `effect` once everything appended so far is durable; all that waits shares one sync. */
  #afterSync(effect: () => void): void {
    this.#gated.push(effect);
    if (!this.#syncing) void this.#syncLoop().catch(this.#ports.observer.fatal);
  }

  async #syncLoop(): Promise<void> {
    this.#syncing = true;
    while (this.#gated.length > 0) {
      const due = this.#gated;
      this.#gated = [];
      await this.archive.sync();
      for (const effect of due) if (!this.#stopped) effect();
    }
    this.#syncing = false;
  }

  #request(want: BatchWant, from: readonly number[]): void {
    const message: Message = {
      kind: 'batchRequest',
      value: { lane: want.lane, fromSeq: want.fromSeq, toSeq: want.toSeq },
    };
    for (const peer of from) if (peer !== this.#self) this.#send(peer, message);
  }

  #send(to: number, message: Message): void {
    assert(to !== this.#self, 'a validator does not send to itself');
    this.#ports.send(to, encode(messageSchema, message), priorityOf(message));
  }

  #broadcast(message: Message): void {
    const bytes = encode(messageSchema, message);
    for (let peer = 0; peer < this.#set.validators.length; peer++) {
      if (peer !== this.#self) this.#ports.send(peer, bytes, priorityOf(message));
    }
  }
}

const laneClosed: SubmitOutcome = {
  status: 'refused',
  code: 'NotReady',
  params: {
    reason: 'This validator lost its log and follows the others; it takes no transactions.',
  },
};

function priorityOf(message: Message): 'vote' | 'bulk' {
  return message.kind === 'batch' || message.kind === 'finals' ? 'bulk' : 'vote';
}
