import { BoundedQueue, assert, limits } from '@hanse/kit';

/** One waiting thing of a signer; `size` is what its turn pays for. */
export type Queued<T> = { readonly signer: string; readonly size: number; readonly item: T };

type Turn<T> = {
  readonly signer: string;
  queue: BoundedQueue<Queued<T>>;
  credit: number;
  size: number;
};

/** Credit a signer gets per turn, in units of `size`. */
const QUANTUM = 16_384;

/**
 * First come, first served within a signer; between signers turns by deficit round robin (Shreedhar
 * and Varghese 1995), so that a signer with much to say costs others no more than its turn.
 */
export class FairQueue<T> {
  readonly #turns = new Map<string, Turn<T>>();
  #line = newQueue<Turn<T>>();
  #count = 0;
  #size = 0;

  /** Number of items. */
  get count(): number {
    return this.#count;
  }

  /** Sum of all sizes. */
  get size(): number {
    return this.#size;
  }

  /** Sum of the sizes of one signer. */
  sizeOf(signer: string): number {
    return this.#turns.get(signer)?.size ?? 0;
  }

  /** Add behind what the signer already waits with. The caller keeps the count within its bound. */
  push(queued: Queued<T>): void {
    const { signer, size } = queued;
    const turn = this.#turns.get(signer) ?? this.#join(signer);
    assert(turn.queue.push(queued), 'the pool bounds what waits');
    turn.size += size;
    this.#count++;
    this.#size += size;
  }

  /** Take the item whose turn it is, if `accept` says so; undefined when there is none or it does not fit. */
  take(accept: (item: T) => boolean): T | undefined {
    for (;;) {
      const turn = this.#line.peek();
      const head = turn?.queue.peek();
      if (turn === undefined || head === undefined) return undefined;
      if (turn.credit < head.size) {
        // To the end of the line with more credit; alone in line it gets what it needs at once.
        turn.credit = this.#turns.size === 1 ? head.size : turn.credit + QUANTUM;
        this.#line.shift();
        this.#line.push(turn);
        continue;
      }
      if (!accept(head.item)) return undefined;
      this.#consume(turn, head);
      return head.item;
    }
  }

  /** Drop every item that `keep` does not want; gives the dropped ones. */
  filter(keep: (item: T) => boolean): readonly T[] {
    const dropped: T[] = [];
    const line = newQueue<Turn<T>>();
    for (let turn = this.#line.shift(); turn !== undefined; turn = this.#line.shift()) {
      const kept = newQueue<Queued<T>>();
      for (let queued = turn.queue.shift(); queued !== undefined; queued = turn.queue.shift()) {
        if (keep(queued.item)) {
          kept.push(queued);
          continue;
        }
        dropped.push(queued.item);
        this.#subtract(turn, queued);
      }
      turn.queue = kept;
      if (kept.size > 0) line.push(turn);
      else this.#turns.delete(turn.signer);
    }
    this.#line = line;
    return dropped;
  }

  #join(signer: string): Turn<T> {
    const turn: Turn<T> = { signer, queue: newQueue(), credit: 0, size: 0 };
    this.#turns.set(signer, turn);
    assert(this.#line.push(turn), 'the pool bounds what waits');
    return turn;
  }

  #consume(turn: Turn<T>, head: Queued<T>): void {
    turn.queue.shift();
    turn.credit -= head.size;
    this.#subtract(turn, head);
    if (turn.queue.size > 0) return;
    // A signer without a queue keeps no credit, or it could save up for a burst.
    this.#turns.delete(turn.signer);
    this.#line.shift();
  }

  #subtract(turn: Turn<T>, { size }: Queued<T>): void {
    turn.size -= size;
    this.#size -= size;
    this.#count--;
  }
}

function newQueue<T>(): BoundedQueue<T> {
  return new BoundedQueue<T>(limits.poolPendingTxsMax);
}
