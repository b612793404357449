/** Keys from `low` on, below `high`, behind `after`: above it, or below it in falling order. */
export type KeyRange = {
  readonly low: string;
  readonly high: string;
  readonly after?: string | undefined;
};

/** A map in order of its keys, which are strings with one character for each byte. */
export class Sorted<V> {
  readonly #keys: string[] = [];
  readonly #values = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Set or, with undefined, remove; returns what was there. */
  set(key: string, value: V | undefined): V | undefined {
    const before = this.#values.get(key);
    if (value === undefined) {
      if (this.#values.delete(key)) this.#keys.splice(this.#place(key), 1);
    } else {
      if (!this.#values.has(key)) this.#keys.splice(this.#place(key), 0, key);
      this.#values.set(key, value);
    }
    return before;
  }

  /** Up to `limit` keys of a range, in rising or falling order. */
  range({ low, high, after }: KeyRange, limit: number, isReverse: boolean): string[] {
    const begin = this.#place(low);
    const end = this.#place(high);
    if (isReverse) {
      const stop = after === undefined ? end : Math.min(end, this.#place(after));
      return this.#keys.slice(Math.max(begin, stop - limit), Math.max(begin, stop)).reverse();
    }
    // Behind a key is before the shortest one above it.
    const start = after === undefined ? begin : Math.max(begin, this.#place(`${after}\0`));
    return this.#keys.slice(start, Math.min(end, start + limit));
  }

  /** Where a key is, or would be. */
  #place(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
