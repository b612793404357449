const KEY_BYTES = 16;

/**
 * A set of transaction ids in little memory: the first half of an id, as eight UTF-16 units. Two ids
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
  const view = new DataView(txid.buffer, txid.byteOffset, KEY_BYTES);
  // Eight units written out: a spread argument list costs five times as much per transaction.
  return String.fromCharCode(
    view.getUint16(0),
    view.getUint16(2),
    view.getUint16(4),
    view.getUint16(6),
    view.getUint16(8),
    view.getUint16(10),
    view.getUint16(12),
    view.getUint16(14),
  );
}
