import type { Client } from '@hanse/client';
import { toHex } from '@hanse/kit';
import type { Until } from '@hanse/model';
import { depositCall, sampleDeposit } from './sample.ts';

/** A deposit whose acknowledgement a client has in hand. */
export type Acknowledged = {
  readonly txid: string;
  readonly height: number;
  readonly atMs: number;
  /** Hash of the deposited bytes, hexadecimal. */
  readonly id: string;
};

/** Clients that make one deposit after another until told to stop, and remember what was acknowledged. */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  readonly failures: unknown[] = [];
  readonly #workers: readonly Promise<void>[];
  #stopped = false;

  /** One worker per client; an acknowledgement counts at `until`. */
  constructor(
    clients: readonly Client[],
    options: { readonly until: Until; readonly timeoutMs?: number; readonly pauseMs?: number },
  ) {
    this.#workers = clients.map((client) => this.#work(client, options));
  }

  /** Stop sending and wait for what is under way. */
  async stop(): Promise<readonly Acknowledged[]> {
    this.#stopped = true;
    await Promise.all(this.#workers);
    return this.acknowledged;
  }

  async #work(
    client: Client,
    options: { readonly until: Until; readonly timeoutMs?: number; readonly pauseMs?: number },
  ): Promise<void> {
    const { until, timeoutMs = 60_000, pauseMs = 0 } = options;
    while (!this.#stopped) {
      const deposit = sampleDeposit(Date.now());
      try {
        const receipt = await client.transact([depositCall(deposit)], { until, timeoutMs });
        const [txid, id] = [toHex(receipt.txid), toHex(deposit.byteHash)];
        this.acknowledged.push({ txid, height: receipt.height, atMs: Date.now(), id });
      } catch (error) {
        this.failures.push(error);
      }
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
