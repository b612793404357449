import { decode, type Schema } from '@hanse/codec';
import { assert, limits } from '@hanse/kit';
import type { StateAccess } from './access.ts';
import { gasTable, writeGas } from './gas.ts';
import type { RunMeter } from './ports.ts';
import { refuse } from './refusal.ts';

/** Records of the state, each read and write charged before it is done. */
export class Records {
  readonly #state: StateAccess;
  readonly #meter: RunMeter;

  constructor(state: StateAccess, meter: RunMeter) {
    this.#state = state;
    this.#meter = meter;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#meter.charge(gasTable.read);
    const value = this.#state.get(key);
    if (value !== undefined) this.#meter.charge(gasTable.readByte * value.length);
    return value;
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const entries = this.#state.bucketEntries(key);
    this.#meter.charge(writeGas(value.length, entries));
    if (value.length > limits.valueBytesMax) {
      const params = { name: 'bytes of the record', value: value.length };
      refuse('OverLimit', { ...params, limit: limits.valueBytesMax });
    }
    if (entries >= limits.bucketEntriesMax) {
      const params = { name: 'records of one bucket', value: entries + 1 };
      refuse('OverLimit', { ...params, limit: limits.bucketEntriesMax });
    }
    this.#state.set(key, value);
  }

  delete(key: Uint8Array): void {
    this.#meter.charge(writeGas(0, this.#state.bucketEntries(key)));
    this.#state.delete(key);
  }
}

/**
 * A decoder of records of one kind that remembers what it decoded. A state hands out the same array as long
 * as it has it at hand, and a record takes longer to decode than to find.
 */
export function recordReader<T extends object>(schema: Schema<T>): (bytes: Uint8Array) => T {
  const known = new WeakMap<Uint8Array, T>();
  return (bytes) => {
    const before = known.get(bytes);
    if (before !== undefined) return before;
    const value = decode(schema, bytes);
    assert(value.ok, 'a record of the state decodes');
    known.set(bytes, value.value);
    return value.value;
  };
}
