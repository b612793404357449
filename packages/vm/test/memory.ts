import { toHex } from '@hanse/kit';
import type { StateAccess } from '../src/index.ts';

/** A state in memory that counts what is asked of it. */
export class MemoryState implements StateAccess {
  readonly height = 0;
  reads = 0;
  readonly #records = new Map<string, Uint8Array>();

  readonly get = (key: Uint8Array): Uint8Array | undefined => {
    this.reads++;
    return this.#records.get(toHex(key));
  };

  readonly set = (key: Uint8Array, value: Uint8Array): void => {
    this.#records.set(toHex(key), value);
  };

  readonly delete = (key: Uint8Array): void => {
    this.#records.delete(toHex(key));
  };

  readonly bucketEntries = (): number => 0;

  /** Number of records. */
  get size(): number {
    return this.#records.size;
  }
}
