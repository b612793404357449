import { assert, compareBytes } from '@hanse/kit';
import { keyText } from './keys.ts';
import type { Kv, KvEntry, KvRange, KvWrite } from './ports.ts';

type Pending = {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  readonly height: number;
};

/**
 * The store with the writes of applied blocks that are not stored yet on top of it. Its size is that
 * of the blocks between `add` and `committed`.
 */
export class WriteBuffer {
  readonly #kv: Kv;
  readonly #pending = new Map<string, Pending>();
  #heights: { readonly height: number; readonly keys: readonly string[] }[] = [];

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.#pending.size > 0) {
      const pending = this.#pending.get(keyText(key));
      if (pending !== undefined) return pending.value;
    }
    return this.#kv.get(key);
  }

  /** Put the batch of a block on top. */
  add(height: number, writes: readonly KvWrite[]): void {
    const last = this.#heights.at(-1);
    assert(last === undefined || last.height < height, 'batches come in order of height');
    const keys: string[] = [];
    for (const [key, value] of writes) {
      const text = keyText(key);
      this.#pending.set(text, { key, value, height });
      keys.push(text);
    }
    this.#heights.push({ height, keys });
  }

  /** The batches up to a height are stored: read them from there. */
  committed(height: number): void {
    let done = 0;
    for (const batch of this.#heights) {
      if (batch.height > height) break;
      for (const text of batch.keys) {
        const pending = this.#pending.get(text);
        if (pending !== undefined && pending.height <= height) this.#pending.delete(text);
      }
      done++;
    }
    this.#heights = this.#heights.slice(done);
  }

  /** Entries of a range at the moment of the call. */
  async list(range: KvRange): Promise<readonly KvEntry[]> {
    const pending = [...this.#pending.values()]
      .filter(({ key }) => compareBytes(key, range.gte) >= 0 && compareBytes(key, range.lt) < 0)
      .sort((a, b) => compareBytes(a.key, b.key));
    // Each pending entry can hide one stored row at most.
    const stored = await this.#kv.list({ ...range, limit: range.limit + pending.length });
    return merge(stored, pending).slice(0, range.limit);
  }
}

function merge(stored: readonly KvEntry[], pending: readonly Pending[]): readonly KvEntry[] {
  const out: KvEntry[] = [];
  let at = 0;
  for (const { key, value } of pending) {
    for (let row = stored[at]; row !== undefined; row = stored[at]) {
      const order = compareBytes(row[0], key);
      if (order > 0) break;
      if (order < 0) out.push(row);
      at++;
    }
    if (value !== undefined) out.push([key, value]);
  }
  return [...out, ...stored.slice(at)];
}
