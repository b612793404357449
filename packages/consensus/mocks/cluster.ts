import { createSuite, type SignatureScheme, type Suite } from '@hanse/crypto';
import { concatBytes, must, utf8 } from '@hanse/kit';
import {
  emptyPayload,
  ENGINE_VERSION,
  PROTOCOL_VERSION,
  sealBlock,
  u64Bytes,
  voteSignBytes,
  ZERO_HASH,
  type Block,
  type Executed,
  type Message,
  type Parameters,
  type Payload,
  type ValidatorSet,
  type Vote,
} from '@hanse/model';
import { Consensus } from '../src/consensus.ts';
import type {
  ConsensusConfig,
  ConsensusEvent,
  Effect,
  PayloadPort,
  Restored,
  TimerName,
} from '../src/types.ts';

/** Wall time at which every test begins. */
export const START_MS = 1_700_000_000_000;

/** Signatures that only say who signed what, so that tests are quick. */
const toyScheme: SignatureScheme = {
  publicKeyOf: (secretKey) => secretKey,
  sign: (key, message) => toySignature(key.publicKey, message),
  verify: (publicKey, message, signature) =>
    toySignature(publicKey, message).every((byte, i) => byte === signature[i]),
  checkPublicKey: () => true,
};

export const suite: Suite = createSuite('intl', { ed25519: toyScheme });
export const chainId: Uint8Array = suite.hash(utf8('a chain for tests'));
export const parameters: Parameters = {
  deltaMs: 100,
  minBlockIntervalMs: 10,
  heartbeatMs: 60_000,
  blockBytesMax: 1_000_000,
  blockGasMax: 1_000_000,
  executionLagBlocksMax: 8,
};

function toySignature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const hash = suite.hash(concatBytes(publicKey, message));
  return concatBytes(hash, hash);
}

/** A set of `n` validators. */
export function setOf(n: number): ValidatorSet {
  const validators = Array.from({ length: n }, (_, index) => ({
    did: `did:hanse:v${index}`,
    organisation: `did:hanse:o${index}`,
    alg: 'ed25519' as const,
    publicKey: concatBytes(u64Bytes(index), new Uint8Array(24)),
  }));
  return { epoch: 0, validators };
}

/** A signed vote of validator `signer`. */
export function signed(
  set: ValidatorSet,
  signer: number,
  intent: Pick<Vote, 'kind' | 'view' | 'digest'> & { readonly epoch?: number },
): Vote {
  const vote = { epoch: 0, ...intent };
  const publicKey = must(set.validators[signer], 'signer').publicKey;
  return { ...vote, signer, signature: toySignature(publicKey, voteSignBytes(chainId, vote)) };
}

/** Results of a height in tests: a function of the height alone. */
export function resultOf(height: number): Executed {
  if (height === 0) return { height, stateRoot: ZERO_HASH, historyRoot: ZERO_HASH };
  return {
    height,
    stateRoot: suite.hash(utf8(`state ${height}`)),
    historyRoot: suite.hash(utf8(`history ${height}`)),
  };
}

/** The genesis block of `n` validators. */
export function genesisOf(n: number): Block {
  return blockOf({}, emptyPayload(n));
}

/** A block; what is not given is as in a genesis block. */
export function blockOf(header: Partial<Block['header']>, payload: Payload): Block {
  return sealBlock(
    suite,
    {
      protocolVersion: PROTOCOL_VERSION,
      engineVersion: ENGINE_VERSION,
      chainId,
      epoch: 0,
      view: 0,
      height: 0,
      parentView: 0,
      parentDigest: ZERO_HASH,
      time: START_MS - 1_000,
      proposer: 0,
      executed: resultOf(0),
      outboxRoot: ZERO_HASH,
      justRoot: ZERO_HASH,
      nextSetHash: ZERO_HASH,
      ...header,
    },
    payload,
  );
}

/** Lanes whose batches all nodes share at once. */
export class SharedLanes {
  readonly tips: number[];
  /** Sequence numbers from which on batches are withheld, per lane. */
  readonly withheldFrom: number[];

  constructor(n: number) {
    this.tips = Array.from({ length: n }, () => 0);
    this.withheldFrom = Array.from({ length: n }, () => Number.POSITIVE_INFINITY);
  }

  digest(lane: number, seq: number): Uint8Array {
    return seq === 0 ? ZERO_HASH : suite.hash(utf8(`${lane}/${seq}`));
  }

  port(): PayloadPort {
    return {
      held: () => this.tips.map((tip, lane) => Math.min(tip, (this.withheldFrom[lane] ?? 0) - 1)),
      reported: () => {},
      connected: () => {},
      hasWork: (parent) => parent.some(({ seq }, lane) => seq < (this.tips[lane] ?? 0)),
      build: (parent) =>
        parent.map(({ seq }, lane) => {
          const to = Math.max(seq, this.tips[lane] ?? 0);
          return { seq: to, digest: this.digest(lane, to) };
        }),
      check: (parent, payload) => {
        if (payload.some(({ seq }, lane) => seq < (parent[lane]?.seq ?? 0)))
          return { kind: 'invalid', reason: 'a lane goes back' };
        const wants = payload.flatMap(({ seq, digest }, lane) => {
          const isMissing = seq >= (this.withheldFrom[lane] ?? 0) && seq > (parent[lane]?.seq ?? 0);
          return isMissing ? [{ lane, fromSeq: seq, toSeq: seq, digest }] : [];
        });
        return wants.length > 0 ? { kind: 'missing', wants } : { kind: 'held' };
      },
    };
  }
}

/** One reducer with its effects sorted; nothing happens until a test says so. */
export class Bench {
  readonly set: ValidatorSet;
  readonly self: number;
  readonly lanes: SharedLanes;
  readonly consensus: Consensus;
  readonly timers = new Map<TimerName, number>();
  /** Everything the reducer asked for, oldest first. */
  effects: Effect[] = [];
  nowMs = START_MS;

  constructor(
    n: number,
    self: number,
    options: {
      readonly restored?: Partial<Restored>;
      readonly lanes?: SharedLanes;
      readonly config?: Partial<ConsensusConfig>;
    } = {},
  ) {
    this.set = setOf(n);
    this.self = self;
    this.lanes = options.lanes ?? new SharedLanes(n);
    const config = { suite, chainId, set: this.set, self, parameters, payload: this.lanes.port() };
    const restored: Restored = {
      lastFinal: { block: genesisOf(n), certificate: undefined },
      blocks: [],
      certificates: [],
      ownVotes: [],
      executed: resultOf(0),
      unbound: 0,
      ...options.restored,
    };
    this.consensus = new Consensus({ ...config, ...options.config }, restored, this.nowMs);
    this.take(this.consensus.start(this.nowMs));
  }

  /** Give the reducer an event; the effects of this step. */
  step(event: ConsensusEvent): readonly Effect[] {
    return this.take(this.consensus.step(event, this.nowMs));
  }

  /** Give it a message from a peer. */
  hear(from: number, message: Message): readonly Effect[] {
    return this.step({ kind: 'message', from, message });
  }

  /** Give it a vote from its signer. */
  hearVote(
    signer: number,
    intent: Pick<Vote, 'kind' | 'view' | 'digest'> & { readonly epoch?: number },
  ): readonly Effect[] {
    return this.hear(signer, {
      kind: 'vote',
      value: { vote: signed(this.set, signer, intent), progress: this.progress() },
    });
  }

  /** Let time pass and fire the timers that are due, in order. */
  pass(ms: number): readonly Effect[] {
    const untilMs = this.nowMs + ms;
    const all: Effect[] = [];
    for (;;) {
      const due = [...this.timers].filter(([, at]) => at <= untilMs).sort((a, b) => a[1] - b[1])[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.nowMs = Math.max(this.nowMs, due[1]);
      all.push(...this.step({ kind: 'timer', name: due[0] }));
    }
    this.nowMs = untilMs;
    return all;
  }

  /** Votes it has asked to sign, as `kind view`. */
  get votes(): readonly string[] {
    return this.effects.flatMap((one) =>
      one.kind === 'vote' ? [`${one.vote.kind} ${one.vote.view}`] : [],
    );
  }

  /** Progress of somebody who holds everything. */
  progress(): Extract<Message, { readonly kind: 'progress' }>['value'] {
    return { held: [...this.lanes.tips], executedHeight: 0, view: 1, finalHeight: 0 };
  }

  private take(effects: readonly Effect[]): readonly Effect[] {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.kind !== 'timer') continue;
      if (effect.delayMs === undefined) this.timers.delete(effect.name);
      else this.timers.set(effect.name, this.nowMs + effect.delayMs);
    }
    return effects;
  }
}

/** Reducers that hear each other after one delay; disks and execution take no time. */
export class Cluster {
  readonly nodes: readonly Bench[];
  readonly lanes: SharedLanes;
  /** Final blocks by node. */
  readonly finals: readonly Block[][];
  /** Messages that arrive after the next delay. */
  #mail: { readonly from: number; readonly to: number; readonly message: Message }[] = [];
  /** Which messages pass. */
  isCut: (from: number, to: number) => boolean = () => false;
  messages = 0;
  readonly #done: number[];

  constructor(n: number) {
    this.lanes = new SharedLanes(n);
    this.nodes = Array.from({ length: n }, (_, self) => new Bench(n, self, { lanes: this.lanes }));
    this.finals = this.nodes.map(() => []);
    this.#done = this.nodes.map(() => 0);
    this.#settle();
  }

  /** A new batch appears in a lane, everywhere at once. */
  submit(lane: number): void {
    this.lanes.tips[lane] = (this.lanes.tips[lane] ?? 0) + 1;
    for (const node of this.nodes) node.step({ kind: 'payloadChanged' });
    this.#settle();
  }

  /** One network delay of `ms`: everything under way arrives. */
  delay(ms = 10): void {
    for (const node of this.nodes) node.pass(ms);
    this.#settle();
    const arriving = this.#mail;
    this.#mail = [];
    for (const { from, to, message } of arriving) {
      if (this.isCut(from, to)) continue;
      this.messages++;
      if (message.kind === 'finalRequest') this.#serve(to, from, message.value.fromHeight);
      else this.nodes[to]?.hear(from, message);
    }
    this.#settle();
  }

  /** The archive of a node answers for its reducer. */
  #serve(self: number, to: number, fromHeight: number): void {
    const certificates = this.nodes[self]?.effects.flatMap((one) =>
      one.kind === 'final' ? [one.certificate] : [],
    );
    const blocks = (this.finals[self] ?? [])
      .map(({ bytes }, i) => ({ block: bytes, certificate: certificates?.[i] }))
      .slice(fromHeight - 1);
    while (blocks.length > 0 && blocks.at(-1)?.certificate === undefined) blocks.pop();
    if (blocks.length > 0)
      this.#mail.push({ from: self, to, message: { kind: 'finals', value: { blocks } } });
  }

  /** Perform effects until none is left: votes are durable and blocks executed at once. */
  #settle(): void {
    let isBusy = true;
    while (isBusy) {
      isBusy = false;
      for (const node of this.nodes) {
        for (let at = this.#done[node.self] ?? 0; at < node.effects.length; at++) {
          this.#done[node.self] = at + 1;
          isBusy = true;
          this.#perform(node, must(node.effects[at], 'effect'));
        }
      }
    }
  }

  #perform(node: Bench, effect: Effect): void {
    if (effect.kind === 'vote') {
      node.step({ kind: 'voted', vote: signed(node.set, node.self, effect.vote) });
    } else if (effect.kind === 'send') {
      this.#mail.push({ from: node.self, to: effect.to, message: effect.message });
    } else if (effect.kind === 'broadcast') {
      for (const { self } of this.nodes)
        if (self !== node.self)
          this.#mail.push({ from: node.self, to: self, message: effect.message });
    } else if (effect.kind === 'final') {
      this.finals[node.self]?.push(effect.block);
      node.step({ kind: 'executed', executed: resultOf(effect.block.header.height) });
    }
  }
}
