import { HanseError, toHex } from '@hanse/kit';
import type { KvEntry, KvRange, KvStore, KvWrite } from './kv.ts';

/** What a crash leaves of the writes that were not synced. */
export type KvCrashOptions = {
  /**
   * Whether the n-th write since the last synced one survives. LevelDB keeps a prefix, except that
   * damage in its journal can lose one from the middle without a word. Default: none survives.
   */
  readonly keepWrite?: (index: number) => boolean;
};

type Unsynced = { readonly writes: readonly KvWrite[]; readonly undo: readonly KvWrite[] };

/** Key-value store in memory with the failures of LevelDB, for deterministic tests. */
export class MemoryKv implements KvStore {
  /** Entries by the hex of their key, so that text order is byte order. */
  readonly #entries = new Map<string, KvEntry>();
  /** The keys of `#entries`, sorted. */
  readonly #order: string[] = [];
  #unsynced: Unsynced[] = [];
  #failure: string | undefined;

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#entries.get(toHex(key))?.[1].slice();
  }

  async list({ gte, lt, limit, reverse = false }: KvRange): Promise<readonly KvEntry[]> {
    const from = lowerBound(this.#order, toHex(gte));
    const to = Math.max(from, lowerBound(this.#order, toHex(lt)));
    const keys = reverse
      ? this.#order.slice(Math.max(from, to - limit), to).reverse()
      : this.#order.slice(from, Math.min(to, from + limit));
    return keys.flatMap((hex) => {
      const entry = this.#entries.get(hex);
      return entry === undefined ? [] : [[entry[0].slice(), entry[1].slice()] as const];
    });
  }

  async write(
    writes: readonly KvWrite[],
    { sync = false }: { readonly sync?: boolean } = {},
  ): Promise<void> {
    if (this.#failure !== undefined)
      throw new HanseError('SyncFailed', { file: 'memory', reason: this.#failure });
    this.#apply(writes.map(([key, value]) => [key.slice(), value?.slice()]));
    if (sync) this.#unsynced = [];
  }

  async close(): Promise<void> {
    this.#unsynced = [];
  }

  /** Let every later write fail, as a full disk does. */
  failWrites(reason = 'ENOSPC: no space left on device, write'): void {
    this.#failure = reason;
  }

  /** Flip bits of a stored value, as a decaying medium does; false when there is no such byte. */
  flip(key: Uint8Array, offset: number, mask = 1): boolean {
    const value = this.#entries.get(toHex(key))?.[1];
    if (value === undefined || offset >= value.length) return false;
    value[offset] = (value[offset] ?? 0) ^ mask;
    return true;
  }

  /** Cut the power: the store that a restarted process finds. */
  crash({ keepWrite = () => false }: KvCrashOptions = {}): MemoryKv {
    const survivor = new MemoryKv();
    survivor.#apply([...this.#entries.values()]);
    for (const { undo } of [...this.#unsynced].reverse()) survivor.#apply(undo);
    for (const [index, { writes }] of this.#unsynced.entries())
      if (keepWrite(index)) survivor.#apply(writes);
    survivor.#unsynced = [];
    return survivor;
  }

  #apply(writes: readonly KvWrite[]): void {
    const undo: KvWrite[] = [];
    for (const [key, value] of writes) {
      const hex = toHex(key);
      undo.unshift([key, this.#entries.get(hex)?.[1]]);
      this.#set(hex, key, value);
    }
    this.#unsynced.push({ writes, undo });
  }

  #set(hex: string, key: Uint8Array, value: Uint8Array | undefined): void {
    const at = lowerBound(this.#order, hex);
    const isKnown = this.#order[at] === hex;
    if (value === undefined) {
      this.#entries.delete(hex);
      if (isKnown) this.#order.splice(at, 1);
    } else {
      this.#entries.set(hex, [key, value.slice()]);
      if (!isKnown) this.#order.splice(at, 0, hex);
    }
  }
}

/** Index of the first key that is not below `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
