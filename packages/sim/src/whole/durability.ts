import { decode } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import {
  batchDigest,
  batchHeaderSchema,
  batchSchema,
  certificateSchema,
  voteSchema,
  type Vote,
} from '@hanse/model';
import type { Suite } from '@hanse/crypto';
import { recordKinds, type LogPort } from '@hanse/replica';

/**
 * I6: knows which records of a validator's log a completed sync covers, so that the checks can say
 * whether something was sent before it was durable. It watches the log from outside.
 */
export class Durability {
  readonly #suite: Suite;
  #fresh: string[] = [];
  readonly #durable = new Set<string>();

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  /** A record found in the log at start. */
  found(kind: number, payload: Uint8Array): void {
    const name = this.#name(kind, payload);
    if (name !== undefined) this.#durable.add(name);
  }

  /** The log, watched. */
  watch(log: LogPort): LogPort {
    return {
      append: (kind, payload) => {
        const name = this.#name(kind, payload);
        if (name !== undefined) this.#fresh.push(name);
        return log.append(kind, payload);
      },
      sync: async () => {
        const covered = this.#fresh;
        this.#fresh = [];
        await log.sync();
        for (const name of covered) this.#durable.add(name);
      },
      read: (position) => log.read(position),
    };
  }

  /** W1: whether a vote may be sent. */
  hasVote(vote: Vote): boolean {
    return this.#durable.has(voteName(vote));
  }

  /** W4: whether finality by this certificate may be told. */
  hasFinality(view: number, digest: Uint8Array): boolean {
    return this.#durable.has(`finalize/${view}/${toHex(digest)}`);
  }

  /** W6: whether an own batch may be sent. */
  hasBatch(digest: Uint8Array): boolean {
    return this.#durable.has(`batch/${toHex(digest)}`);
  }

  #name(kind: number, payload: Uint8Array): string | undefined {
    if (kind === recordKinds.vote) {
      const vote = decode(voteSchema, payload);
      return vote.ok ? voteName(vote.value) : undefined;
    }
    if (kind === recordKinds.certificate) {
      const certificate = decode(certificateSchema, payload);
      if (!certificate.ok || certificate.value.kind !== 'finalize') return undefined;
      return `finalize/${certificate.value.view}/${toHex(certificate.value.digest)}`;
    }
    if (kind !== recordKinds.batch) return undefined;
    const batch = decode(batchSchema, payload);
    if (!batch.ok || !decode(batchHeaderSchema, batch.value.header).ok) return undefined;
    return `batch/${toHex(batchDigest(this.#suite, batch.value.header))}`;
  }
}

function voteName({ kind, view, digest }: Vote): string {
  return `vote/${kind}/${view}/${toHex(digest)}`;
}
