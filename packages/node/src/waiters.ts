import { toHex } from '@hanse/kit';
import type { Until } from '@hanse/model';

/** What a waiting request learns: executed at a height, void at a height, or its time is over. */
export type Settled =
  | { readonly kind: 'executed'; readonly height: number }
  | {
      readonly kind: 'void';
      readonly height: number;
      readonly code: string;
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'timeout' };

type Waiter = { readonly until: Until; readonly settle: (settled: Settled) => void };

/** Requests that wait for transactions; costs nothing for transactions nobody waits for. */
export class Waiters {
  readonly #byTxid = new Map<string, Waiter[]>();
  /** Executed, but waited for until a final header binds their height. */
  readonly #unproved: { readonly height: number; readonly waiter: Waiter }[] = [];
  #provedHeight = 0;
  #size = 0;

  /** Requests that wait now. */
  get size(): number {
    return this.#size;
  }

  /** Settle when the transaction is `until`, or after `waitMs`. */
  wait(txid: string, until: Until, waitMs: number): Promise<Settled> {
    return new Promise((resolve) => {
      this.#size++;
      let settled = false;
      const waiter: Waiter = {
        until,
        settle: (outcome) => {
          if (settled) return;
          settled = true;
          this.#size--;
          clearTimeout(timer);
          resolve(outcome);
        },
      };
      const timer = setTimeout(() => {
        this.#forget(txid, waiter);
        waiter.settle({ kind: 'timeout' });
      }, waitMs);
      const waiters = this.#byTxid.get(txid);
      if (waiters === undefined) this.#byTxid.set(txid, [waiter]);
      else waiters.push(waiter);
    });
  }

  /** Settle once a final header binds this height, or after `waitMs`. */
  waitProved(height: number, waitMs: number): Promise<Settled> {
    if (height <= this.#provedHeight) return Promise.resolve({ kind: 'executed', height });
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ kind: 'timeout' }), waitMs);
      const settle = (outcome: Settled): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#unproved.push({ height, waiter: { until: 'proved', settle } });
    });
  }

  /** A block was executed here. */
  executed(
    height: number,
    txids: readonly Uint8Array[],
    voids: readonly {
      readonly txid: Uint8Array;
      readonly code: string;
      readonly params: Readonly<Record<string, string>>;
    }[],
  ): void {
    if (this.#byTxid.size === 0) return;
    for (const txid of txids) {
      for (const waiter of this.#take(toHex(txid))) {
        if (waiter.until === 'final' || height <= this.#provedHeight)
          waiter.settle({ kind: 'executed', height });
        else this.#unproved.push({ height, waiter });
      }
    }
    for (const { txid, code, params } of voids) {
      for (const waiter of this.#take(toHex(txid)))
        waiter.settle({ kind: 'void', height, code, params });
    }
  }

  /** A final header binds the results up to this height. */
  proved(height: number): void {
    if (height <= this.#provedHeight) return;
    this.#provedHeight = height;
    const due = this.#unproved.filter((one) => one.height <= height);
    if (due.length === 0) return;
    const rest = this.#unproved.filter((one) => one.height > height);
    this.#unproved.splice(0, this.#unproved.length, ...rest);
    for (const { height: at, waiter } of due) waiter.settle({ kind: 'executed', height: at });
  }

  #take(txid: string): readonly Waiter[] {
    const waiters = this.#byTxid.get(txid) ?? [];
    this.#byTxid.delete(txid);
    return waiters;
  }

  #forget(txid: string, waiter: Waiter): void {
    const waiters = this.#byTxid.get(txid);
    const index = waiters?.indexOf(waiter) ?? -1;
    if (waiters === undefined || index < 0) return;
    waiters.splice(index, 1);
    if (waiters.length === 0) this.#byTxid.delete(txid);
  }
}
