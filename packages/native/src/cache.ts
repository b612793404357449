import { assert } from '@hanse/kit';

/** A bounded cache: when full, the value used longest ago leaves. */
export class Cache<V> {
  private readonly entries = new Map<string, V>();
  private readonly entriesMax: number;

  constructor(entriesMax: number) {
    assert(Number.isSafeInteger(entriesMax) && entriesMax > 0, 'a cache holds at least one entry');
    this.entriesMax = entriesMax;
  }

  get size(): number {
    return this.entries.size;
  }

  /** The cached value, or the one `make` gives. Undefined is not cached. */
  getOrMake(key: string, make: () => V | undefined): V | undefined {
    const found = this.entries.get(key);
    if (found !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, found);
      return found;
    }
    const made = make();
    if (made === undefined) return undefined;
    if (this.entries.size >= this.entriesMax) {
      const oldest = this.entries.keys().next();
      if (oldest.done !== true) this.entries.delete(oldest.value);
    }
    this.entries.set(key, made);
    return made;
  }
}
