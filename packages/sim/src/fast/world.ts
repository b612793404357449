import type { Suite } from '@hanse/crypto';
import { utf8 } from '@hanse/kit';
import {
  emptyPayload,
  ENGINE_VERSION,
  PROTOCOL_VERSION,
  sealBlock,
  ZERO_HASH,
  type Block,
  type Executed,
  type Message,
  type Parameters,
  type ValidatorSet,
} from '@hanse/model';
import { createActor } from './actors/index.ts';
import { Checker } from './checker.ts';
import { EventQueue } from './events.ts';
import { describe } from './messages.ts';
import { Network } from './network.ts';
import { FastNode } from './node.ts';
import { Rng } from './random.ts';
import { DELTA_MS, type Scenario } from './scenario.ts';
import { createToySuite, toySet } from './toysuite.ts';

const START_MS = 1_700_000_000_000;
const suite = createToySuite();

/** A line of a timeline, made only when somebody reads it. */
type Trace = () => {
  readonly node: number;
  readonly from?: number;
  readonly message?: Message;
  readonly text?: string;
};

/** Everything of one simulation: nodes, links, disks, time, chance and the checker that watches them. */
export class World {
  readonly suite: Suite = suite;
  readonly n: number;
  readonly set: ValidatorSet;
  readonly chainId: Uint8Array = suite.hash(utf8('fast tier'));
  readonly genesis: Block;
  readonly genesisResult: Executed = { height: 0, stateRoot: ZERO_HASH, historyRoot: ZERO_HASH };
  readonly parameters: Parameters = {
    deltaMs: DELTA_MS,
    minBlockIntervalMs: 10,
    heartbeatMs: 60_000,
    blockBytesMax: 8_388_608,
    blockGasMax: 2_000_000_000,
    executionLagBlocksMax: 8,
  };
  readonly scenario: Scenario;
  readonly rng: Rng;
  readonly events = new EventQueue();
  readonly network: Network;
  readonly checker: Checker;
  readonly timeline: string[] = [];
  readonly #nodes: readonly (readonly FastNode[])[];
  readonly #isTraced: boolean;
  #twinMask = 0;
  #hashA = 0x811c9dc5;
  #hashB = 0x1b873593;

  constructor(seed: number, scenario: Scenario, isTraced: boolean) {
    this.scenario = scenario;
    this.n = scenario.n;
    this.set = toySet(scenario.n);
    this.rng = new Rng(seed, 1);
    this.#isTraced = isTraced;
    this.genesis = this.#genesisBlock();
    this.network = new Network(this);
    this.checker = new Checker(this);
    this.#nodes = Array.from({ length: scenario.n }, (_, index) => this.#createNodes(index));
  }

  get honest(): readonly FastNode[] {
    return this.#nodes.flat().filter((node) => node.isHonest);
  }

  get all(): readonly FastNode[] {
    return this.#nodes.flat();
  }

  /** What runs under a validator index: one node, or two for a twin. */
  nodesAt(index: number): readonly FastNode[] {
    return this.#nodes[index] ?? [];
  }

  /** True time as a wall clock shows it. */
  clockMs(): number {
    return START_MS + Math.floor(this.events.nowMs);
  }

  /** Which peers see which of a pair of twins changes over time. */
  shuffleTwins(): void {
    this.#twinMask = this.rng.below(2 ** this.n);
  }

  /** Whether a message between these two passes; only twins hide from some peers. */
  isTwinLink(from: FastNode, to: FastNode): boolean {
    return this.#isSeen(from, to.index) && this.#isSeen(to, from.index);
  }

  get chaos(): { readonly syncMs: () => number; readonly executionMs: () => number } {
    const { rng, scenario } = this;
    return {
      syncMs: () => rng.between(0.05, scenario.syncMs),
      executionMs: () => rng.between(0.1, 0.2 + scenario.executionMs),
    };
  }

  /** Mix what happened into the event hash. */
  note(kind: 'message' | 'timer' | 'sync' | 'crash', a: number, b: number): void {
    const time = Math.floor(this.events.nowMs * 1_000);
    for (const word of [kind.length, a, b, time]) {
      this.#hashA = Math.imul(this.#hashA ^ word, 0x01000193);
      this.#hashB = Math.imul(this.#hashB + word + (this.#hashA >>> 13), 0x85ebca6b);
    }
  }

  /** Hash over every event so far: equal for two runs that did the same. */
  get eventHash(): string {
    return [this.#hashA, this.#hashB]
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }

  trace(line: Trace): void {
    if (!this.#isTraced) return;
    const { node, from, message, text } = line();
    const what = message === undefined ? (text ?? '') : `<- v${from ?? 0}  ${describe(message)}`;
    this.timeline.push(`${this.events.nowMs.toFixed(1).padStart(9)}  v${node}  ${what}`);
  }

  #isSeen(node: FastNode, peer: number): boolean {
    const twins = this.nodesAt(node.index);
    if (twins.length < 2) return true;
    return ((this.#twinMask >> peer) & 1) === (twins[0] === node ? 0 : 1);
  }

  #createNodes(index: number): readonly FastNode[] {
    const actor = this.scenario.faulty.find((one) => one.index === index)?.actor;
    const nodes =
      actor === undefined ? [new FastNode(this, index)] : createActor(this, index, actor);
    if (actor === undefined)
      for (const node of nodes)
        node.skewMs = this.rng.between(-this.scenario.skewMs, this.scenario.skewMs);
    return nodes;
  }

  #genesisBlock(): Block {
    const { chainId, genesisResult } = this;
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
        executed: genesisResult,
        outboxRoot: ZERO_HASH,
        justRoot: ZERO_HASH,
        nextSetHash: ZERO_HASH,
      },
      emptyPayload(this.n),
    );
  }
}
