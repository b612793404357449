import type { Suite } from '@hanse/crypto';
import { toHex } from '@hanse/kit';
import { openEnvelope, type Sealed, type Tx } from '@hanse/model';
import type { Archive } from '@hanse/replica';

/** Transactions of a final block, by id in hexadecimal. */
export type BlockTxs = ReadonlyMap<string, Sealed<Tx>>;

const BLOCKS_KEPT = 16;

/**
 * Reads the transactions of final blocks from the log. Clients ask for the proofs of a whole block one by
 * one, so the blocks asked for last stay decoded.
 */
export class BlockTxReader {
  readonly #suite: Suite;
  readonly #chainId: Uint8Array;
  readonly #archive: Archive;
  readonly #kept = new Map<number, Promise<BlockTxs>>();

  constructor(parts: {
    readonly suite: Suite;
    readonly chainId: Uint8Array;
    readonly archive: Archive;
  }) {
    this.#suite = parts.suite;
    this.#chainId = parts.chainId;
    this.#archive = parts.archive;
  }

  /** All transactions ordered in the block of a height; none above the newest final one. */
  at(height: number): Promise<BlockTxs> {
    const kept = this.#kept.get(height);
    if (kept !== undefined) return kept;
    const read = this.#read(height);
    this.#kept.set(height, read);
    read.catch(() => this.#kept.delete(height));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > BLOCKS_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return read;
  }

  async #read(height: number): Promise<BlockTxs> {
    const txs = new Map<string, Sealed<Tx>>();
    const found = await this.#archive.finalBlock(height);
    const parent = height <= 1 ? undefined : await this.#archive.finalBlock(height - 1);
    for (const [lane, tip] of found?.block.payload.entries() ?? []) {
      const fromSeq = parent?.block.payload[lane]?.seq ?? 0;
      const { seq: toSeq, digest } = tip;
      const batches = await this.#archive.laneBatches({ fromSeq, toSeq, digest });
      for (const envelope of (batches ?? []).flatMap((batch) => batch.envelopes)) {
        const open = openEnvelope(this.#suite, this.#chainId, envelope);
        for (const tx of open.ok ? open.value.txs : []) txs.set(toHex(tx.digest), tx);
      }
    }
    return txs;
  }
}
