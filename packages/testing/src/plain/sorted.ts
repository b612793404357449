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

  /**
   * Up to `limit` keys with a prefix, behind the key `after`; in falling order behind it means below it.
   */
  range(prefix: string, after: string | undefined, limit: number, isReverse: boolean): string[] {
    const out: string[] = [];
    const step = isReverse ? -1 : 1;
    for (let i = this.#start(prefix, after, isReverse); out.length < limit; i += step) {
      const key = this.#keys[i];
      if (key === undefined || !key.startsWith(prefix)) break;
      out.push(key);
    }
    return out;
  }

  #start(prefix: string, after: string | undefined, isReverse: boolean): number {
    if (isReverse) {
      // Keys with the prefix end where the prefix followed by the highest character would be.
      const end = after ?? `${prefix}\u{ffff}`;
      return this.#place(end) - 1;
    }
    if (after === undefined) return this.#place(prefix);
    const at = this.#place(after);
    return this.#keys[at] === after ? at + 1 : at;
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
