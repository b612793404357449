import type { Block, Certificate, Executed, Vote } from '@hanse/model';
import type { Rng } from './random.ts';

/** A record of a node's log. */
export type DiskRecord =
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'batch'; readonly lane: number; readonly seq: number }
  | {
      readonly kind: 'final';
      readonly block: Block;
      readonly certificate: Certificate | undefined;
    };

const STATE_HEIGHTS_LOST_MAX = 4;

/** One log, first in first out, and the executed state beside it. */
export class Disk {
  readonly records: DiskRecord[] = [];
  synced = 0;
  /** Results on disk, by height. Only final blocks are executed, so they are never ahead of the log. */
  readonly results: Executed[];

  constructor(genesis: Executed) {
    this.results = [genesis];
  }

  append(record: DiskRecord): void {
    this.records.push(record);
  }

  /** Whether the log holds a vote durably. */
  holdsVote(vote: Vote): boolean {
    for (let i = this.synced - 1; i >= 0; i--) {
      const record = this.records[i];
      if (
        record?.kind === 'vote' &&
        record.vote.view === vote.view &&
        record.vote.kind === vote.kind
      )
        return true;
    }
    return false;
  }

  /** Lose power: what was synced stays, and any part of the rest that came before what is lost. */
  crash(rng: Rng): void {
    const unsynced = this.records.length - this.synced;
    this.records.length = this.synced + (rng.chance(0.5) ? 0 : rng.below(unsynced + 1));
    this.synced = this.records.length;
    const lost = rng.below(STATE_HEIGHTS_LOST_MAX + 1);
    this.results.length = Math.max(1, this.results.length - lost);
  }
}
