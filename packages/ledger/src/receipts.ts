import { decode, encode } from '@hanse/codec';
import { HASH_BYTES, verifyMerkleProof, type Suite } from '@hanse/crypto';
import { equalBytes, must } from '@hanse/kit';
import { eventLeafSchema, receiptSchema, type Receipt } from '@hanse/model';
import type { WriteBuffer } from './buffer.ts';
import { GenerationCache } from './cache.ts';
import { foldProof, foldRoot, putLeafHash } from './hashes.ts';
import { getU32, getU64, heightKey, partKey, prefixed, prefixes, setU32, setU64 } from './keys.ts';
import type { KvWrite } from './ports.ts';
import { corrupt, mustReadValue, readValue, sealValue } from './records.ts';

/** Where a receipt is: height of its block and position among the block's receipts. */
export type ReceiptPlace = { readonly height: number; readonly index: number };

/** A block's receipts as they are committed and stored. */
export type SealedReceipts = {
  readonly receiptsRoot: Uint8Array;
  readonly eventsRoot: Uint8Array;
  readonly writes: readonly KvWrite[];
};

const RECEIPTS_PER_CHUNK = 32;
const CACHED_HASHES_BYTES = 4 * 1024 * 1024;
const HASHES_OVERHEAD_BYTES = 200;

/** Receipts in the store: in chunks by height, found by transaction id. */
export class Receipts {
  readonly #suite: Suite;
  readonly #buffer: WriteBuffer;
  /** Packed leaf hashes of blocks applied or proved lately. */
  readonly #hashes = new GenerationCache<number, Uint8Array>(
    CACHED_HASHES_BYTES,
    (hashes) => HASHES_OVERHEAD_BYTES + hashes.length,
  );

  constructor(suite: Suite, buffer: WriteBuffer) {
    this.#suite = suite;
    this.#buffer = buffer;
  }

  /** Commit to a block's receipts and events, and write them. */
  seal(height: number, receipts: readonly Receipt[]): SealedReceipts {
    const suite = this.#suite;
    const bytes = receipts.map((receipt) => encode(receiptSchema, receipt));
    const writes: KvWrite[] = [];
    for (let from = 0; from < bytes.length; from += RECEIPTS_PER_CHUNK) {
      const key = partKey(prefixes.receipts, height, from / RECEIPTS_PER_CHUNK);
      const chunk = packChunk(bytes.slice(from, from + RECEIPTS_PER_CHUNK));
      writes.push([key, sealValue(suite, key, chunk)]);
    }
    // No checksum: whoever follows a place finds out that another transaction is there.
    for (const { txid, index } of receipts) {
      writes.push([prefixed(prefixes.txid, txid), packPlace({ height, index })]);
    }
    const hashes = hashLeaves(suite, bytes);
    if (bytes.length > 0) {
      const key = heightKey(prefixes.receipts, height);
      const head = new Uint8Array(4);
      setU32(head, 0, bytes.length);
      writes.push([key, sealValue(suite, key, head)]);
      this.#hashes.set(height, hashes);
    }
    return {
      receiptsRoot: foldRoot(suite, hashes.slice(), bytes.length),
      eventsRoot: eventsRootOf(suite, receipts),
      writes,
    };
  }

  /** The receipt of a transaction, and where it is. */
  find(txid: Uint8Array): { readonly place: ReceiptPlace; readonly bytes: Uint8Array } | undefined {
    const stored = this.#buffer.get(prefixed(prefixes.txid, txid));
    if (stored === undefined) return undefined;
    const place = openPlace(stored);
    const bytes = this.at(place);
    if (equalBytes(openReceipt(bytes, place).txid, txid)) return { place, bytes };
    throw corrupt('place of a transaction');
  }

  /** Bytes of the receipt at a place. Throws StateCorrupt when there is none. */
  at({ height, index }: ReceiptPlace): Uint8Array {
    const chunk = this.#chunk(height, Math.floor(index / RECEIPTS_PER_CHUNK));
    const bytes = chunk[index % RECEIPTS_PER_CHUNK];
    if (bytes === undefined) throw corrupt(`receipt ${index} of height ${height}`);
    return bytes;
  }

  /** Id of the transaction whose receipt is at a place. */
  txidAt(place: ReceiptPlace): Uint8Array {
    return openReceipt(this.at(place), place).txid;
  }

  /** Bytes of all receipts of a height, in order, checked against the root in its history leaf. */
  list(height: number, receiptsRoot: Uint8Array): readonly Uint8Array[] {
    const key = heightKey(prefixes.receipts, height);
    const head = readValue(this.#suite, this.#buffer, key, `receipts of height ${height}`);
    const count = head?.length === 4 ? getU32(head, 0) : 0;
    const all: Uint8Array[] = [];
    for (let chunk = 0; chunk * RECEIPTS_PER_CHUNK < count; chunk++) {
      all.push(...this.#chunk(height, chunk));
    }
    const hashes = hashLeaves(this.#suite, all);
    if (!equalBytes(foldRoot(this.#suite, hashes.slice(), all.length), receiptsRoot)) {
      throw corrupt(`receipts of height ${height}`);
    }
    this.#hashes.set(height, hashes);
    return all;
  }

  /** A receipt with its path to the root over the receipts of its height. */
  prove(
    { height, index }: ReceiptPlace,
    receiptsRoot: Uint8Array,
  ): {
    readonly receipt: Uint8Array;
    readonly index: number;
    readonly count: number;
    readonly path: readonly Uint8Array[];
  } {
    if (this.#hashes.get(height) === undefined) this.list(height, receiptsRoot);
    const hashes = must(this.#hashes.get(height), 'listing leaves the hashes').slice();
    const count = hashes.length / HASH_BYTES;
    const receipt = this.at({ height, index });
    const path = foldProof(this.#suite, hashes, { index, count });
    const claim = { leaf: receipt, index, count, proof: path, root: receiptsRoot };
    if (!verifyMerkleProof(this.#suite, claim))
      throw corrupt(`receipt ${index} of height ${height}`);
    return { receipt, index, count, path };
  }

  #chunk(height: number, chunk: number): readonly Uint8Array[] {
    const key = partKey(prefixes.receipts, height, chunk);
    const object = `receipts of height ${height}`;
    return openChunk(mustReadValue(this.#suite, this.#buffer, key, object));
  }
}

/** A stored receipt, which must be the one of its place. */
function openReceipt(bytes: Uint8Array, { height, index }: ReceiptPlace): Receipt {
  const receipt = decode(receiptSchema, bytes);
  if (!receipt.ok || receipt.value.height !== height || receipt.value.index !== index) {
    throw corrupt(`receipt ${index} of height ${height}`);
  }
  return receipt.value;
}

/** Packed leaf hashes. */
function hashLeaves(suite: Suite, leaves: readonly Uint8Array[]): Uint8Array {
  const hashes = new Uint8Array(leaves.length * HASH_BYTES);
  leaves.forEach((leaf, i) => putLeafHash(suite, leaf, hashes, i * HASH_BYTES));
  return hashes;
}

function eventsRootOf(suite: Suite, receipts: readonly Receipt[]): Uint8Array {
  const count = receipts.reduce((sum, { events }) => sum + events.length, 0);
  const hashes = new Uint8Array(count * HASH_BYTES);
  let offset = 0;
  for (const { txid, events } of receipts) {
    for (const [index, event] of events.entries()) {
      putLeafHash(suite, encode(eventLeafSchema, { txid, index, event }), hashes, offset);
      offset += HASH_BYTES;
    }
  }
  return foldRoot(suite, hashes, count);
}

function packChunk(all: readonly Uint8Array[]): Uint8Array {
  const chunk = new Uint8Array(all.reduce((sum, bytes) => sum + 4 + bytes.length, 0));
  let at = 0;
  for (const bytes of all) {
    setU32(chunk, at, bytes.length);
    chunk.set(bytes, at + 4);
    at += 4 + bytes.length;
  }
  return chunk;
}

function openChunk(chunk: Uint8Array): readonly Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at + 4 <= chunk.length;) {
    const end = at + 4 + getU32(chunk, at);
    out.push(chunk.subarray(at + 4, end));
    at = end;
  }
  return out;
}

function packPlace({ height, index }: ReceiptPlace): Uint8Array {
  const bytes = new Uint8Array(12);
  setU64(bytes, 0, height);
  setU32(bytes, 8, index);
  return bytes;
}

function openPlace(bytes: Uint8Array): ReceiptPlace {
  const height = bytes.length === 12 ? getU64(bytes, 0) : Number.NaN;
  if (!Number.isSafeInteger(height)) throw corrupt('place of a transaction');
  return { height, index: getU32(bytes, 8) };
}
