import { assert, limits } from '@hanse/kit';
import { keyText } from './keys.ts';
import type { StateAccess } from './ports.ts';
import type { State, StateWrite } from './state.ts';

/**
 * The state while a block executes: what the block wrote lies over the state before it, and what the
 * transaction at hand wrote lies over both until it is kept or dropped.
 */
export class Overlay implements StateAccess {
  readonly height: number;
  readonly #state: State;
  readonly #block = new Map<string, StateWrite>();
  readonly #tx = new Map<string, StateWrite>();

  /** `height` is that of the state before the block. */
  constructor(state: State, height: number) {
    this.#state = state;
    this.height = height;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const text = keyText(key);
    const written = this.#tx.get(text) ?? this.#block.get(text);
    return written === undefined ? this.#state.get(key, text) : written.value;
  }

  set(key: Uint8Array, value: Uint8Array): void {
    assert(value.length <= limits.valueBytesMax, `a value has ${value.length} bytes`);
    this.#write(key, value);
  }

  delete(key: Uint8Array): void {
    this.#write(key, undefined);
  }

  bucketEntries(key: Uint8Array): number {
    return this.#state.bucketEntries(key);
  }

  /** Keep what the transaction wrote. */
  keep(): void {
    for (const [text, write] of this.#tx) this.#block.set(text, write);
    this.#tx.clear();
  }

  /** Forget what the transaction wrote. */
  drop(): void {
    this.#tx.clear();
  }

  /** What the block wrote, each key once. */
  writes(): Iterable<StateWrite> {
    assert(this.#tx.size === 0, 'the last transaction is kept or dropped');
    return this.#block.values();
  }

  #write(key: Uint8Array, value: Uint8Array | undefined): void {
    assert(key.length > 0 && key.length <= limits.keyBytesMax, `a key has ${key.length} bytes`);
    const text = keyText(key);
    this.#tx.set(text, { key, text, value });
  }
}
