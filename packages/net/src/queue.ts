import { limits } from '@hanse/kit';
import { frameBytes, putFrame } from './frames.ts';

/** Votes and certificates, or everything that may be large. */
export type Priority = 'vote' | 'bulk';

/** Bounds of what waits for one peer. */
export type QueueLimits = { readonly voteBytesMax: number; readonly bulkBytesMax: number };

type Lane = { items: Uint8Array[]; head: number; sizeBytes: number };

/** Messages that wait for one peer, votes apart from bulk. Pure. */
export class SendQueue {
  readonly #limits: QueueLimits;
  readonly #votes: Lane = { items: [], head: 0, sizeBytes: 0 };
  readonly #bulk: Lane = { items: [], head: 0, sizeBytes: 0 };
  #droppedMessages = 0;

  constructor(
    bounds: QueueLimits = {
      voteBytesMax: limits.peerVoteQueueBytesMax,
      bulkBytesMax: limits.peerSendQueueBytesMax,
    },
  ) {
    this.#limits = bounds;
  }

  /** Bulk messages dropped so far. */
  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  get sizeBytes(): number {
    return this.#votes.sizeBytes + this.#bulk.sizeBytes;
  }

  get isEmpty(): boolean {
    return this.sizeBytes === 0;
  }

  get hasVotes(): boolean {
    return this.#votes.sizeBytes > 0;
  }

  /** Add a message. False when votes are over their bound: the peer does not read. */
  push(message: Uint8Array, priority: Priority): boolean {
    if (priority === 'vote') {
      if (this.#votes.sizeBytes + frameBytes(message.length) > this.#limits.voteBytesMax)
        return false;
      add(this.#votes, message);
      return true;
    }
    add(this.#bulk, message);
    while (this.#bulk.sizeBytes > this.#limits.bulkBytesMax && take(this.#bulk) !== undefined)
      this.#droppedMessages++;
    return true;
  }

  /**
   * Take messages as the bytes of one write: all votes, then bulk while the write stays within
   * `bulkUntilBytes`. The first message may exceed it alone.
   */
  take(bulkUntilBytes: number): Uint8Array {
    const taken: Uint8Array[] = [];
    let sizeBytes = 0;
    for (let vote = take(this.#votes); vote !== undefined; vote = take(this.#votes)) {
      taken.push(vote);
      sizeBytes += frameBytes(vote.length);
    }
    for (let next = peek(this.#bulk); next !== undefined; next = peek(this.#bulk)) {
      const grownBytes = sizeBytes + frameBytes(next.length);
      if (bulkUntilBytes <= 0 || (grownBytes > bulkUntilBytes && sizeBytes > 0)) break;
      take(this.#bulk);
      taken.push(next);
      sizeBytes = grownBytes;
    }
    const out = new Uint8Array(sizeBytes);
    let at = 0;
    for (const message of taken) at = putFrame(out, at, 'message', message);
    return out;
  }
}

function add(lane: Lane, message: Uint8Array): void {
  lane.items.push(message);
  lane.sizeBytes += frameBytes(message.length);
}

function peek(lane: Lane): Uint8Array | undefined {
  return lane.items[lane.head];
}

function take(lane: Lane): Uint8Array | undefined {
  const message = lane.items[lane.head];
  if (message === undefined) return undefined;
  lane.head++;
  lane.sizeBytes -= frameBytes(message.length);
  // Compact when half is consumed, so that memory follows the size and taking stays amortised O(1).
  if (lane.head * 2 > lane.items.length) {
    lane.items = lane.items.slice(lane.head);
    lane.head = 0;
  }
  return message;
}
