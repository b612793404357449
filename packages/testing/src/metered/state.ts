import { compareBytes, toHex } from '@hanse/kit';
import type { StateAccess, StateQuery } from '@hanse/vm';

type Stored = readonly [key: Uint8Array, value: Uint8Array];

/** The state of a chain in memory. */
export class MemoryState {
  readonly #records = new Map<string, Stored>();

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#records.get(toHex(key))?.[1];
  }

  /** Write a record beside all transactions. */
  set(key: Uint8Array, value: Uint8Array): void {
    this.#records.set(toHex(key), [key, value]);
  }

  /** The state for one transaction on this height, and how to keep what it wrote. */
  begin(height: number): { readonly access: StateAccess; readonly commit: () => void } {
    const written = new Map<string, Stored | undefined>();
    const access: StateAccess = {
      height: height - 1,
      get: (key) => {
        const id = toHex(key);
        return (written.has(id) ? written.get(id) : this.#records.get(id))?.[1];
      },
      set: (key, value) => void written.set(toHex(key), [key, value]),
      delete: (key) => void written.set(toHex(key), undefined),
      bucketEntries: () => 1,
    };
    return { access, commit: () => this.#commit(written) };
  }

  /** The state for queries. */
  query(height: number, time: number): StateQuery {
    return {
      height,
      time,
      get: (key) => this.get(key),
      list: async ({ prefix, after, limit }) =>
        [...this.#records.values()]
          .filter(([key]) => toHex(key).startsWith(toHex(prefix)))
          .filter(([key]) => after === undefined || compareBytes(key, after) > 0)
          .sort((a, b) => compareBytes(a[0], b[0]))
          .slice(0, limit),
    };
  }

  #commit(written: ReadonlyMap<string, Stored | undefined>): void {
    for (const [id, stored] of written) {
      if (stored === undefined) this.#records.delete(id);
      else this.#records.set(id, stored);
    }
  }
}
