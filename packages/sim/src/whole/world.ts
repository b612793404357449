import { createPrng } from '@hanse/codec';
import { assert } from '@hanse/kit';

type Scheduled = { readonly atMs: number; readonly order: number; readonly run: () => void };

/** Virtual time, chance and the queue of everything that will happen. One seed, one history. */
export class World {
  readonly #next: () => number;
  readonly #queue: Scheduled[] = [];
  #order = 0;
  #nowMs: number;
  #events = 0;

  constructor(options: { readonly seed: number; readonly startMs: number }) {
    this.#next = createPrng(options.seed);
    this.#nowMs = options.startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get events(): number {
    return this.#events;
  }

  /** A whole number from 0 up to and without `bound`. */
  below(bound: number): number {
    assert(bound > 0, 'a bound above zero');
    return this.#next() % bound;
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(10_000) < percent * 100;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    assert(item !== undefined, 'something to pick from');
    return item;
  }

  bytes(sizeBytes: number): Uint8Array {
    return Uint8Array.from({ length: sizeBytes }, () => this.below(256));
  }

  /** Run something after a delay; things due at one moment run in the order they were asked for. */
  after(delayMs: number, run: () => void): void {
    this.#push({ atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run });
  }

  /**
   * Run everything up to a moment. `step` is called after each event, once all promises it settled
   * have run: nothing in the simulated node waits for anything but virtual events.
   */
  async runUntil(untilMs: number, step: () => void): Promise<void> {
    for (
      let next = this.#queue[0];
      next !== undefined && next.atMs <= untilMs;
      next = this.#queue[0]
    ) {
      this.#pop();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#events++;
      next.run();
      await new Promise((resolve) => setImmediate(resolve));
      step();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #push(item: Scheduled): void {
    const heap = this.#queue;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, heap[parent])) break;
      heap[at] = heap[parent] ?? item;
      at = parent;
    }
    heap[at] = item;
  }

  #pop(): void {
    const heap = this.#queue;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child] ?? last;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Scheduled | undefined, b: Scheduled | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
