const KEY_BYTES = 16;

/**
 * A set of transaction ids in little memory: the first half of an id, as a one-byte string. Two ids
 * that share it are taken for one; finding such a pair takes 2^64 hashes and gains its finder nothing
 * but a transaction of its own that is not sealed.
 */
export class TxidSet {
  readonly #keys = new Set<string>();

  get size(): number {
    return this.#keys.size;
  }

  has(txid: Uint8Array): boolean {
    return this.#keys.has(keyOf(txid));
  }

  add(txid: Uint8Array): void {
    this.#keys.add(keyOf(txid));
  }

  delete(txid: Uint8Array): void {
    this.#keys.delete(keyOf(txid));
  }
}

function keyOf(txid: Uint8Array): string {
  return String.fromCharCode(...txid.subarray(0, KEY_BYTES));
}
