/** Something that will happen at a virtual time. */
type Pending = { readonly atMs: number; readonly order: number; readonly run: () => void };

/** Virtual time: pending events in time order, ties in the order they were planned. */
export class EventQueue {
  nowMs = 0;
  /** Events that have happened. */
  count = 0;
  #order = 0;
  readonly #heap: Pending[] = [];

  /** Plan an event `delayMs` from now. */
  after(delayMs: number, run: () => void): void {
    const pending = { atMs: this.nowMs + delayMs, order: this.#order++, run };
    let at = this.#heap.length;
    this.#heap.push(pending);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || isBefore(parent, pending)) break;
      this.#heap[at] = parent;
      at = above;
    }
    this.#heap[at] = pending;
  }

  /** Let the next event happen if it is due by `untilMs`; false when there is none. */
  step(untilMs: number): boolean {
    const next = this.#heap[0];
    if (next === undefined || next.atMs > untilMs) {
      this.nowMs = Math.max(this.nowMs, untilMs);
      return false;
    }
    this.#removeFirst();
    this.nowMs = next.atMs;
    this.count++;
    next.run();
    return true;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    const size = this.#heap.length;
    if (last === undefined || size === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const left = this.#heap[below];
      const right = this.#heap[below + 1];
      if (left === undefined) break;
      let child = left;
      if (right !== undefined && isBefore(right, left)) {
        below++;
        child = right;
      }
      if (isBefore(last, child)) break;
      this.#heap[at] = child;
      at = below;
    }
    this.#heap[at] = last;
  }
}

function isBefore(a: Pending, b: Pending): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
