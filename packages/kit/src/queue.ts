import { assert } from './assert.ts';

/** First-in first-out queue with a hard bound; a full queue refuses instead of growing. */
export class BoundedQueue<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #head = 0;

  constructor(capacity: number) {
    assert(Number.isSafeInteger(capacity) && capacity > 0, 'queue capacity must be positive');
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Add at the end; false when the queue is full and nothing was added. */
  push(item: T): boolean {
    if (this.size >= this.#capacity) return false;
    this.#items.push(item);
    return true;
  }

  /** Look at the oldest item without taking it. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Take the oldest item. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#head++;
    // Compact when half is consumed, so that memory follows the size and shift stays amortised O(1).
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
