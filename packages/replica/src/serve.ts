import type { Suite } from '@hanse/crypto';
import { limits, type Clock } from '@hanse/kit';
import type { FinalBlock, Message } from '@hanse/model';
import type { Archive } from './archive.ts';

const ANSWER_BYTES_MAX = limits.frameBytesMax / 2;

type Options = {
  readonly archive: Archive;
  readonly suite: Suite;
  readonly clock: Clock;
  readonly send: (to: number, message: Message) => void;
};

/** Answers peers that fetch blocks and batches, within a budget per peer and second. */
export class Server {
  readonly #options: Options;
  readonly #budgets = new Map<number, { second: number; left: number }>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Send what was asked for, as far as it is stored; an answer that would be empty is not sent. */
  async answer(from: number, request: Message): Promise<void> {
    if (!this.#spend(from)) return;
    const { archive, send } = this.#options;
    switch (request.kind) {
      case 'batchRequest':
        return this.#batches(from, request.value);
      case 'batchByDigest': {
        const batch = await archive.batchBytes(request.value.digest);
        if (batch !== undefined) send(from, { kind: 'batch', value: { batch } });
        return;
      }
      case 'blockRequest': {
        const block = await archive.block(request.value.digest);
        if (block !== undefined) send(from, { kind: 'block', value: { block: block.bytes } });
        return;
      }
      case 'finalRequest':
        return this.#finals(from, request.value);
      default:
    }
  }

  async #batches(
    from: number,
    {
      lane,
      fromSeq,
      toSeq,
    }: { readonly lane: number; readonly fromSeq: number; readonly toSeq: number },
  ): Promise<void> {
    const { archive, send } = this.#options;
    let sentBytes = 0;
    const last = Math.min(toSeq, fromSeq + limits.fetchBatchesPerRequestMax - 1);
    for (let seq = fromSeq; seq <= last && sentBytes < ANSWER_BYTES_MAX; seq++) {
      for (const digest of await archive.batchDigests(lane, seq)) {
        const batch = await archive.batchBytes(digest);
        if (batch === undefined) continue;
        sentBytes += batch.length;
        send(from, { kind: 'batch', value: { batch } });
      }
    }
  }

  /** Final blocks from a height on; the last one sent has a certificate of its own. */
  async #finals(
    from: number,
    { fromHeight, count }: { readonly fromHeight: number; readonly count: number },
  ): Promise<void> {
    const { archive, send } = this.#options;
    const blocks: FinalBlock[] = [];
    const wanted = Math.min(count, limits.fetchBlocksPerRequestMax);
    let proved = 0;
    for (
      let height = Math.max(1, fromHeight);
      blocks.length < 4 * limits.fetchBlocksPerRequestMax;
      height++
    ) {
      if (blocks.length >= wanted && proved > 0) break;
      const found = await archive.finalBlock(height);
      if (found === undefined) break;
      blocks.push({ block: found.block.bytes, certificate: found.certificate });
      if (found.certificate !== undefined) proved = blocks.length;
    }
    if (proved > 0) send(from, { kind: 'finals', value: { blocks: blocks.slice(0, proved) } });
  }

  #spend(peer: number): boolean {
    const second = Math.floor(this.#options.clock.nowMs() / 1_000);
    const budget = this.#budgets.get(peer);
    if (budget === undefined || budget.second !== second) {
      this.#budgets.set(peer, { second, left: limits.helpPerPeerPerSecondMax - 1 });
      return true;
    }
    budget.left--;
    return budget.left >= 0;
  }
}
