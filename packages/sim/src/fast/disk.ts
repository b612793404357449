import { toHex } from '@hanse/kit';
import type { Block, Certificate, Executed, Vote, VoteKind } from '@hanse/model';
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
  /** Where the first record of each name lies. */
  readonly #places = new Map<string, number>();

  constructor(genesis: Executed) {
    this.results = [genesis];
  }

  append(record: DiskRecord): void {
    const name = nameOf(record);
    if (!this.#places.has(name)) this.#places.set(name, this.records.length);
    this.records.push(record);
  }

  holdsVote(kind: VoteKind, view: number): boolean {
    return this.#isDurable(`vote/${kind}/${view}`);
  }

  holdsCertificate(kind: VoteKind, view: number): boolean {
    return this.#isDurable(`certificate/${kind}/${view}`);
  }

  holdsBlock(digest: Uint8Array): boolean {
    return this.#isDurable(`block/${toHex(digest)}`);
  }

  holdsBatch(lane: number, seq: number): boolean {
    return this.#isDurable(`batch/${lane}/${seq}`);
  }

  holdsFinal(height: number): boolean {
    return this.#isDurable(`final/${height}`);
  }

  /** Lose power: what was synced stays, and any part of the rest that came before what is lost. */
  crash(rng: Rng): void {
    const unsynced = this.records.length - this.synced;
    this.records.length = this.synced + (rng.chance(0.5) ? 0 : rng.below(unsynced + 1));
    this.synced = this.records.length;
    for (const [name, place] of this.#places) if (place >= this.synced) this.#places.delete(name);
    const lost = rng.below(STATE_HEIGHTS_LOST_MAX + 1);
    this.results.length = Math.max(1, this.results.length - lost);
  }

  #isDurable(name: string): boolean {
    return (this.#places.get(name) ?? Number.POSITIVE_INFINITY) < this.synced;
  }
}

function nameOf(record: DiskRecord): string {
  switch (record.kind) {
    case 'block':
      return `block/${toHex(record.block.digest)}`;
    case 'certificate':
      return `certificate/${record.certificate.kind}/${record.certificate.view}`;
    case 'vote':
      return `vote/${record.vote.kind}/${record.vote.view}`;
    case 'batch':
      return `batch/${record.lane}/${record.seq}`;
    case 'final':
      return `final/${record.block.header.height}`;
  }
}
