import type { Suite } from '@hanse/crypto';
import type { Clock, Log, Result } from '@hanse/kit';
import type { Batch, Block, Certificate, Executed, Genesis, Vote } from '@hanse/model';

/** What execution of one block gave, as the rest of the validator needs it. */
export type Execution = {
  readonly executed: Executed;
  /** Ids of executed transactions, in receipt order. */
  readonly txids: readonly Uint8Array[];
  /** Ids of transactions that were ordered but consumed nothing, with the reason. */
  readonly voids: readonly {
    readonly txid: Uint8Array;
    readonly code: string;
    readonly params: Readonly<Record<string, string>>;
  }[];
  /** How many of the receipts are refusals. */
  readonly refused: number;
};

/** The signer: it guards against double signing on its own and may live elsewhere. */
export type SignerPort = {
  readonly vote: (vote: Omit<Vote, 'signature' | 'signer'>) => Promise<Uint8Array>;
  readonly batch: (message: Uint8Array) => Uint8Array;
  /** Own votes up to this view are durable in the log. */
  readonly logged: (view: number) => void;
};

/** What becomes known as it happens; called only for what is durable. */
export type ObserverPort = {
  readonly final: (block: Block, certificate: Certificate | undefined) => void;
  readonly executed: (block: Block, execution: Execution) => void;
  readonly evidence: (evidence: unknown) => void;
  /** Results of a quorum contradict this node's: it has stopped. */
  readonly diverged: (height: number) => void;
  /** A fault after which the process must end: a failed sync, a refusing signer, damaged storage. */
  readonly fatal: (error: unknown) => void;
  /** A peer sent what no honest peer sends. */
  readonly misbehaved: (peer: number, reason: string) => void;
};

/** Everything outside the validator. */
export type ValidatorPorts = {
  readonly suite: Suite;
  readonly clock: Clock;
  readonly trace: Log;
  readonly signer: SignerPort;
  readonly observer: ObserverPort;
  /** Set (replacing) or cancel a named timer; it calls `Validator.timer`. */
  readonly setTimer: (name: string, delayMs: number | undefined) => void;
  readonly send: (peer: number, bytes: Uint8Array, priority: 'vote' | 'bulk') => void;
  /** Check all signatures and counts of a batch; off the main thread in production. */
  readonly verifyBatch: (batch: Batch) => Promise<Result<unknown, string>>;
  /** Execute the next final block with its batches in order. */
  readonly execute: (block: Block, batches: readonly Uint8Array[]) => Promise<Execution>;
};

/** What a validator is told at start. */
export type ValidatorConfig = {
  readonly genesis: Genesis;
  readonly self: number;
  /** What the state has executed so far. */
  readonly executed: Executed;
  /**
   * Highest view in which this validator may have voted before its log was lost; 0 while the log is
   * whole. It does not vote up to there, and its lane stays closed: batches it sent are unknown too.
   */
  readonly lostUpTo: number;
};
