import { equalBytes, silentLog, type Log } from '@hanse/kit';
import {
  faultsOf,
  quorumOf,
  type Block,
  type Certificate,
  type Executed,
  type Header,
  type Vote,
} from '@hanse/model';
import { Requests } from './requests.ts';
import { BlockTree } from './tree.ts';
import type {
  ConsensusConfig,
  Effect,
  FinalPoint,
  PeerReport,
  Restored,
  TimerName,
} from './types.ts';
import { VotePool } from './votes.ts';

/** The first proposal of a view. */
export type Proposal = {
  readonly block: Block;
  readonly vote: Vote;
  readonly just: readonly Certificate[];
  /** Whether its time was within bounds when it first came. */
  readonly isTimely: boolean;
};

/** Own votes of one view, from the moment they are decided. */
export type OwnVotes = {
  notarize?: Uint8Array;
  nullify?: boolean;
  finalize?: Uint8Array;
};

/** What a validator last said about itself. */
export type Report = { -readonly [K in keyof PeerReport]: PeerReport[K] };

/** Everything the rules look at and change. Only rules of this package see it. */
export type State = {
  readonly config: ConsensusConfig;
  readonly self: number;
  /** Number of validators, of tolerated faults, and of votes in a certificate. */
  readonly n: number;
  readonly f: number;
  readonly quorum: number;
  readonly log: Log;

  nowMs: number;
  effects: Effect[];
  isStopped: boolean;

  view: number;
  enteredMs: number;
  /** The certificate that let this node enter its view. */
  entry: Certificate | undefined;
  /** Since when the timers of this view run; undefined while there is nothing to wait for. */
  armedMs: number | undefined;
  nextRetryMs: number | undefined;
  /** Why no vote was cast in this view yet. */
  waitingFor: string | undefined;
  /** Whether a vote or proposal of this step carried the own progress. */
  progressSent: boolean;
  progressDueMs: number | undefined;
  lastProgressMs: number;
  lastProgress: string;

  lastFinal: FinalPoint;
  /** Highest final height whose payload is not empty. */
  unbound: number;
  executed: Executed;
  /** Own results by height, above what the last final header binds. */
  readonly results: Map<number, Executed>;
  /** Results that notarized headers bind and this node has not reached yet. */
  readonly claims: Map<number, Executed>;

  readonly blocks: BlockTree;
  readonly proposals: Map<number, Proposal>;
  readonly votes: VotePool;
  readonly notarizations: Map<number, Certificate>;
  readonly nullifications: Map<number, Certificate>;
  readonly finalizations: Map<number, Certificate>;
  /** Blocks this node builds on, by view. */
  readonly certified: Map<number, Block>;
  /** Notarized views this node never builds on. */
  readonly refused: Set<number>;
  readonly own: Map<number, OwnVotes>;

  readonly reports: readonly Report[];
  readonly requests: Requests;
  /** Tries left to ask a peer about a height or view that it claims. */
  readonly claimTries: Map<number, { claim: string; left: number }>;
  readonly helped: Map<number, { second: number; left: number; lastMs: number }>;
  /** Invalid signatures of peers in the current second. */
  readonly strikes: Map<number, { second: number; count: number }>;
  readonly timers: Map<TimerName, number>;
};

/** State of a node that continues from `restored`; certificates and votes are not in it yet. */
export function createState(config: ConsensusConfig, restored: Restored, nowMs: number): State {
  const n = config.set.validators.length;
  const blocks = new BlockTree();
  blocks.add(restored.lastFinal.block, true).held = true;
  for (const block of restored.blocks) blocks.add(block, true);
  return {
    config,
    self: config.self,
    n,
    f: faultsOf(n),
    quorum: quorumOf(n),
    log: config.log ?? silentLog,
    nowMs,
    effects: [],
    isStopped: false,
    view: restored.lastFinal.block.header.view + 1,
    enteredMs: nowMs,
    entry: restored.lastFinal.certificate,
    armedMs: undefined,
    nextRetryMs: undefined,
    waitingFor: undefined,
    progressSent: false,
    progressDueMs: undefined,
    lastProgressMs: nowMs,
    lastProgress: '',
    lastFinal: restored.lastFinal,
    unbound: restored.unbound,
    executed: restored.executed,
    results: new Map([[restored.executed.height, restored.executed]]),
    claims: new Map(),
    blocks,
    proposals: new Map(),
    votes: new VotePool(),
    notarizations: new Map(),
    nullifications: new Map(),
    finalizations: new Map(),
    certified: new Map(),
    refused: new Set(),
    own: new Map(),
    reports: config.set.validators.map(() => ({
      view: 0,
      finalHeight: 0,
      executedHeight: 0,
      voteView: 0,
      voteMs: nowMs,
    })),
    requests: new Requests(),
    claimTries: new Map(),
    helped: new Map(),
    strikes: new Map(),
    timers: new Map(),
  };
}

/** View of the last final block. */
export function finalView(s: State): number {
  return s.lastFinal.block.header.view;
}

/** Height of the last final block. */
export function finalHeight(s: State): number {
  return s.lastFinal.block.header.height;
}

/** Own votes of a view. */
export function ownVotes(s: State, view: number): OwnVotes {
  const known = s.own.get(view);
  if (known !== undefined) return known;
  const votes: OwnVotes = {};
  s.own.set(view, votes);
  return votes;
}

/** The parent a header names, if this node builds on it: final or certified. */
export function knownParent(s: State, header: Header): Block | undefined {
  const { parentView, parentDigest } = header;
  const parent = parentView === finalView(s) ? s.lastFinal.block : s.certified.get(parentView);
  return parent !== undefined && equalBytes(parent.digest, parentDigest) ? parent : undefined;
}

/** Every validator but this one, starting after it. */
export function peersOf(s: State): readonly number[] {
  return Array.from({ length: s.n - 1 }, (_, i) => (s.self + 1 + i) % s.n);
}

/** One of `candidates` but never this node, another one for each attempt; any peer if there is none. */
export function rotate(
  s: State,
  candidates: readonly number[],
  attempt: number,
): number | undefined {
  const others = candidates.filter((one, i) => one !== s.self && candidates.indexOf(one) === i);
  const all = others.length > 0 ? others : peersOf(s);
  return all[attempt % Math.max(1, all.length)];
}
