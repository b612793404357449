import { assert, limits, must, toHex } from '@hanse/kit';
import { readInterface, type Interface } from './interface.ts';
import type { Isolate, Program } from './ports.ts';

/** A contract's code, ready to run, and what its manifest says. */
export type LoadedProgram = { readonly program: Program; readonly face: Interface };

/**
 * Programs by the hash of their code. They are made from the state again whenever they are not at hand, so
 * nothing that can be observed depends on what was kept.
 */
export class Programs {
  readonly #isolate: Isolate;
  readonly #kept = new Map<string, LoadedProgram>();

  constructor(isolate: Isolate) {
    this.#isolate = isolate;
  }

  /** The program of code that was deployed; `code` reads it from the state. */
  get(codeHash: Uint8Array, code: () => Uint8Array): LoadedProgram {
    const id = toHex(codeHash);
    const kept = this.#kept.get(id) ?? this.#load(code());
    // The one used last is the newest in the map's order.
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    if (this.#kept.size > limits.programsCachedMax) {
      this.#kept.delete(must(this.#kept.keys().next().value, 'the oldest program'));
    }
    return kept;
  }

  #load(code: Uint8Array): LoadedProgram {
    // At deployment it took less than a transaction's gas, and it takes the same each time.
    const loaded = this.#isolate.load(code, limits.gasPerTxMax);
    assert(loaded.kind === 'loaded', 'code that was deployed loads');
    const face = readInterface(loaded.program.manifest);
    assert(face.ok, 'the manifest of code that was deployed was checked');
    return { program: loaded.program, face: face.value };
  }
}
