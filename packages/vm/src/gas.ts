import { limits } from '@hanse/kit';
import type { RunMeter } from './ports.ts';
import { refuse } from './refusal.ts';

/**
 * What the host's part of contracts costs; the code itself is charged step by step where it runs. One
 * unit is about ten nanoseconds of the slowest validator to be expected. Records cost what they cost the
 * native contracts.
 */
export const gasTable = {
  /** Preparing a run: a pristine image of memory, and the look-up of contract and method. */
  call: 6_000,
  /** A method of the two system contracts. */
  native: 1_000,
  argByte: 2,
  resultByte: 2,
  /** Finding organisation, roles and duties of one signer. */
  signer: 2_000,
  /** Entering any function of the host. */
  host: 100,
  read: 500,
  readByte: 2,
  write: 4_000,
  writeByte: 10,
  /** For each record that shares the bucket beyond the target: the bucket is hashed anew. */
  crowdedEntry: 20,
  event: 500,
  eventByte: 4,
  hash: 200,
  hashByte: 2,
  /** Preparing code that is deployed, before it is loaded. */
  codeByte: 10,
  /** Checking a manifest and comparing it with the one before. */
  manifestByte: 50,
} as const;

/** Counts the gas of one call of a transaction, or of a query. */
export class GasMeter implements RunMeter {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  get left(): number {
    return this.#limit - this.#used;
  }

  /** Use gas, or refuse the transaction: then all of the limit counts as used. */
  charge(amount: number): void {
    this.#used += amount;
    if (this.#used <= this.#limit) return;
    this.#used = this.#limit;
    refuse('OutOfGas', { limit: this.#limit });
  }
}

/** Gas of a write of so many bytes into a bucket with so many records. */
export function writeGas(sizeBytes: number, bucketEntries: number): number {
  const crowd = Math.max(0, bucketEntries - limits.bucketTargetEntries);
  return gasTable.write + gasTable.writeByte * sizeBytes + gasTable.crowdedEntry * crowd;
}
