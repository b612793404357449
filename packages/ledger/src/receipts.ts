import { decode, encode } from '@hanse/codec';
import { leafHash, merkleProofOfHashes, merkleRootOfHashes, type Suite } from '@hanse/crypto';
import { concatBytes, equalBytes, toHex } from '@hanse/kit';
import { eventLeafSchema, receiptSchema, type Receipt } from '@hanse/model';
import type { WriteBuffer } from './buffer.ts';
import { GenerationCache } from './cache.ts';
import { getU64, heightKey, partKey, prefixed, prefixes, setU64 } from './keys.ts';
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
const CACHED_HASHES_BYTES = 16 * 1024 * 1024;
const HASH_COST_BYTES = 100;

/** Receipts in the store: in chunks by height, found by transaction id. */
export class Receipts {
  readonly #suite: Suite;
  readonly #buffer: WriteBuffer;
  /** Leaf hashes of blocks whose receipts were proved lately. */
  readonly #hashes = new GenerationCache<number, readonly Uint8Array[]>(
    CACHED_HASHES_BYTES,
    (hashes) => HASH_COST_BYTES * (1 + hashes.length),
  );

  constructor(suite: Suite, buffer: WriteBuffer) {
    this.#suite = suite;
    this.#buffer = buffer;
  }

  /** Commit to a block's receipts and events, and write them. */
  seal(height: number, receipts: readonly Receipt[]): SealedReceipts {
    const suite = this.#suite;
    const bytes = receipts.map((receipt) => encode(receiptSchema, receipt));
    const events = receipts.flatMap(({ txid, events }) =>
      events.map((event, index) =>
        leafHash(suite, encode(eventLeafSchema, { txid, index, event })),
      ),
    );
    const hashes = bytes.map((one) => leafHash(suite, one));
    const writes: KvWrite[] = [];
    for (let from = 0; from < bytes.length; from += RECEIPTS_PER_CHUNK) {
      const key = partKey(prefixes.receipts, height, from / RECEIPTS_PER_CHUNK);
      const chunk = packChunk(bytes.slice(from, from + RECEIPTS_PER_CHUNK));
      writes.push([key, sealValue(suite, key, chunk)]);
    }
    for (const { txid, index } of receipts) {
      const key = prefixed(prefixes.txid, txid);
      writes.push([key, sealValue(suite, key, packPlace({ height, index }))]);
    }
    if (bytes.length > 0) {
      const key = heightKey(prefixes.receipts, height);
      writes.push([key, sealValue(suite, key, packPlace({ height, index: bytes.length }))]);
      this.#hashes.set(height, hashes);
    }
    return {
      receiptsRoot: merkleRootOfHashes(suite, hashes),
      eventsRoot: merkleRootOfHashes(suite, events),
      writes,
    };
  }

  /** Where the receipt of a transaction is. */
  find(txid: Uint8Array): ReceiptPlace | undefined {
    const key = prefixed(prefixes.txid, txid);
    const bytes = readValue(this.#suite, this.#buffer, key, `place of transaction ${toHex(txid)}`);
    return bytes === undefined ? undefined : openPlace(bytes);
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
    const count = head === undefined ? 0 : openPlace(head).index;
    const all: Uint8Array[] = [];
    for (let chunk = 0; chunk * RECEIPTS_PER_CHUNK < count; chunk++) {
      all.push(...this.#chunk(height, chunk));
    }
    const hashes = all.map((bytes) => leafHash(this.#suite, bytes));
    if (!equalBytes(merkleRootOfHashes(this.#suite, hashes), receiptsRoot)) {
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
    const hashes = this.#hashes.get(height) ?? [];
    const receipt = this.at({ height, index });
    const hash = hashes[index];
    if (hash === undefined || !equalBytes(hash, leafHash(this.#suite, receipt))) {
      throw corrupt(`receipt ${index} of height ${height}`);
    }
    const path = merkleProofOfHashes(this.#suite, hashes, index);
    return { receipt, index, count: hashes.length, path };
  }

  #chunk(height: number, chunk: number): readonly Uint8Array[] {
    const key = partKey(prefixes.receipts, height, chunk);
    const object = `receipts of height ${height}`;
    return openChunk(mustReadValue(this.#suite, this.#buffer, key, object));
  }
}

/** A stored receipt, which must be the one of its place. */
export function openReceipt(bytes: Uint8Array, { height, index }: ReceiptPlace): Receipt {
  const receipt = decode(receiptSchema, bytes);
  if (!receipt.ok || receipt.value.height !== height || receipt.value.index !== index) {
    throw corrupt(`receipt ${index} of height ${height}`);
  }
  return receipt.value;
}

function packChunk(all: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const bytes of all) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    parts.push(length, bytes);
  }
  return concatBytes(...parts);
}

function openChunk(chunk: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const out: Uint8Array[] = [];
  for (let at = 0; at + 4 <= chunk.length;) {
    const end = at + 4 + view.getUint32(at);
    out.push(chunk.subarray(at + 4, end));
    at = end;
  }
  return out;
}

function packPlace({ height, index }: ReceiptPlace): Uint8Array {
  const bytes = new Uint8Array(12);
  setU64(bytes, 0, height);
  new DataView(bytes.buffer).setUint32(8, index);
  return bytes;
}

function openPlace(bytes: Uint8Array): ReceiptPlace {
  if (bytes.length !== 12) throw corrupt('place of a receipt');
  return {
    height: getU64(bytes, 0),
    index: new DataView(bytes.buffer, bytes.byteOffset).getUint32(8),
  };
}
