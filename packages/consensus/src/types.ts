import type { Suite } from '@hanse/crypto';
import type { Log } from '@hanse/kit';
import type {
  Block,
  Certificate,
  Executed,
  Message,
  Parameters,
  Payload,
  ValidatorSet,
  Vote,
} from '@hanse/model';

/** Batches of one lane that a payload needs and this node lacks; `digest` is that of `toSeq`. */
export type BatchWant = {
  readonly lane: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly digest: Uint8Array;
};

/** Whether the batches of a payload are here, come in over time, or can never follow the parent's. */
export type PayloadCheck =
  | { readonly kind: 'held' }
  | { readonly kind: 'missing'; readonly wants: readonly BatchWant[] }
  | { readonly kind: 'invalid'; readonly reason: string };

/** What consensus asks of the lanes. Answers must depend on nothing but what was stored before. */
export type PayloadPort = {
  /** Highest verified and durable sequence number without gap, per lane. */
  readonly held: () => readonly number[];
  /** What a peer says it holds. Messages overtake each other: the highest word since `connected` counts. */
  readonly reported: (from: number, held: readonly number[]) => void;
  /** A link to a peer is new: it may have restarted and hold less than it said. */
  readonly connected: (peer: number) => void;
  /** Whether a block after this payload could advance a lane that a quorum holds. */
  readonly hasWork: (parent: Payload) => boolean;
  /** Payload of a block after `parent`, within the chain's bounds; equal to it when nothing is held. */
  readonly build: (parent: Payload, optimistic: boolean) => Payload;
  readonly check: (parent: Payload, payload: Payload) => PayloadCheck;
};

/** What stays the same for the life of a reducer. */
export type ConsensusConfig = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly set: ValidatorSet;
  /** Own index in the set. */
  readonly self: number;
  readonly parameters: Parameters;
  readonly payload: PayloadPort;
  /** Views up to this one are not voted in: the log of earlier votes is lost. */
  readonly abstainUpTo?: number;
  readonly log?: Log;
};

/** A final block with the certificate that names it; only the genesis block has none. */
export type FinalPoint = { readonly block: Block; readonly certificate: Certificate | undefined };

/** What a reducer starts from: the log of this node, or the genesis block and nothing else. */
export type Restored = {
  readonly lastFinal: FinalPoint;
  /** Blocks, certificates and own votes above the last final view. */
  readonly blocks: readonly Block[];
  readonly certificates: readonly Certificate[];
  readonly ownVotes: readonly Vote[];
  /** What this node has executed, at most up to the last final block. */
  readonly executed: Executed;
  /** Highest final height whose payload is not empty, or 0. */
  readonly unbound: number;
};

/** Names of the timers; each only wakes the reducer. */
export const timerNames = [
  'propose',
  'certify',
  'retry',
  'heartbeat',
  'work',
  'fetch',
  'progress',
] as const;
export type TimerName = (typeof timerNames)[number];

/** Everything that can happen to a reducer. */
export type ConsensusEvent =
  | { readonly kind: 'message'; readonly from: number; readonly message: Message }
  | { readonly kind: 'timer'; readonly name: TimerName }
  /** An own vote is signed and durable, and so is all that was to be persisted before it. */
  | { readonly kind: 'voted'; readonly vote: Vote }
  /** Lanes hold more than before. */
  | { readonly kind: 'payloadChanged' }
  /** This node has executed a final height. */
  | { readonly kind: 'executed'; readonly executed: Executed }
  /** A link to a peer is up again; what was under way on the old one may be lost. */
  | { readonly kind: 'connected'; readonly peer: number };

/** A vote to be signed. */
export type VoteIntent = Pick<Vote, 'kind' | 'epoch' | 'view' | 'digest'>;

/** Proof that a validator broke a rule, or its signed claim of wrong results. */
export type Evidence =
  /** N/N, F/F or X/F of one signer in one view. */
  | { readonly kind: 'conflicting-votes'; readonly first: Vote; readonly second: Vote }
  /** The proposer signed a header whose results differ from this node's. */
  | {
      readonly kind: 'wrong-result';
      readonly vote: Vote;
      readonly block: Block;
      readonly own: Executed;
    };

/** What the host must do, in order. */
export type Effect =
  /** Append to the log. */
  | { readonly kind: 'persist'; readonly record: PersistRecord }
  /** Sign, append after all earlier records, sync, then report `voted`. */
  | { readonly kind: 'vote'; readonly vote: VoteIntent }
  | { readonly kind: 'send'; readonly to: number; readonly message: Message }
  /** Send to every validator but this one. */
  | { readonly kind: 'broadcast'; readonly message: Message }
  /** Set the timer, replacing the one of its name, or cancel it. */
  | { readonly kind: 'timer'; readonly name: TimerName; readonly delayMs: number | undefined }
  /** The next final block; execute and tell it once all earlier records are durable. */
  | { readonly kind: 'final'; readonly block: Block; readonly certificate: Certificate | undefined }
  /** Fetch batches from these peers; asked again until they are here. */
  | {
      readonly kind: 'wantBatches';
      readonly wants: readonly BatchWant[];
      readonly from: readonly number[];
    }
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /** A quorum's results contradict this node's: it has stopped for good. */
  | { readonly kind: 'diverged'; readonly height: number };

/** A record of the write-ahead log. */
export type PersistRecord =
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'certificate'; readonly certificate: Certificate };

/** Where the protocol stands on this node, for people who ask why. */
export type ConsensusStatus = {
  readonly view: number;
  readonly leader: number;
  readonly finalHeight: number;
  readonly finalView: number;
  readonly executedHeight: number;
  readonly boundHeight: number;
  /** What this node waits for before it votes in its view, or undefined when it waits for nothing. */
  readonly waitingFor: string | undefined;
  /** Factor on all timers; 1 while the chain makes blocks. */
  readonly backoff: number;
  /** Whether the timers of the view run, that is, whether anything is to be done. */
  readonly busy: boolean;
  /** Validators without a vote in the recent views. */
  readonly silent: readonly number[];
  readonly peers: readonly PeerReport[];
  readonly stopped: boolean;
};

/** What one validator last said about itself. */
export type PeerReport = {
  readonly view: number;
  readonly finalHeight: number;
  readonly executedHeight: number;
  /** Highest view in which a vote of it was seen. */
  readonly voteView: number;
  /** When a vote of it was last seen, in milliseconds of this node's clock. */
  readonly voteMs: number;
};
