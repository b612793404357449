import { limits } from '@hanse/kit';
import type { ErrorRefusal } from './ports.ts';
import { refusal, Refused } from './refuse.ts';

/**
 * What things cost. Gas bounds the work of a block; it is not paid for. One unit is about ten
 * nanoseconds of the slowest validator to be expected.
 */
export const gasTable = {
  call: 1_000,
  argByte: 2,
  read: 500,
  readByte: 2,
  write: 4_000,
  writeByte: 10,
  /** For each record that shares the bucket beyond the target: the bucket is hashed anew. */
  crowdedEntry: 20,
  event: 500,
  eventByte: 4,
  resultByte: 2,
  /** Checking that a public key is a point of the right group. */
  keyCheck: 10_000,
} as const;

/** Counts gas up to a transaction's limit. */
export class GasMeter {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** What is left. */
  get left(): number {
    return this.#limit - this.#used;
  }

  /** Use gas, or refuse the transaction: then all of its limit counts as used. */
  charge(amount: number): void {
    this.#used += amount;
    if (this.#used > this.#limit) throw new Refused(this.exhausted());
  }

  /** The refusal of what needs more gas than there is: all of the limit counts as used. */
  exhausted({ frames }: Pick<ErrorRefusal, 'frames'> = {}): ErrorRefusal {
    this.#used = this.#limit;
    const out = refusal('OutOfGas', { limit: this.#limit });
    return frames === undefined ? out : { ...out, frames };
  }
}

/** Gas of a write of so many bytes into a bucket with so many records. */
export function writeGas(sizeBytes: number, bucketEntries: number): number {
  const crowd = Math.max(0, bucketEntries - limits.bucketTargetEntries);
  return gasTable.write + gasTable.writeByte * sizeBytes + gasTable.crowdedEntry * crowd;
}
