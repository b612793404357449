import { HanseError, isHanseError, limits, must, toHex } from '@hanse/kit';
import type { Call, Receipt, TxProof, Until } from '@hanse/model';
import type { Connection } from './connection.ts';
import { deliver, type Settled } from './deliver.ts';
import type { Signer } from './keys.ts';
import type { Outbox } from './outbox.ts';
import { packWorks, repack, type Pack, type Packed, type PackRules, type Work } from './pack.ts';
import { errorOfRefusal } from './problem.ts';

/** What came of an executed transaction. */
export type Executed<T> = {
  /** Hexadecimal. */
  readonly txid: string;
  readonly height: number;
  readonly receipt: Receipt;
  readonly result: T;
};

/**
 * Something a single node says: ordered for good, but its result not yet bound by the validators.
 * The name keeps it from being taken for a proved value.
 */
export type Unproved<T> = { readonly unproved: T };

/** How to submit. */
export type SubmitOptions = {
  /** Same key, same transaction: at most one execution. A random one when absent. */
  readonly idempotencyKey?: string;
  readonly signers?: readonly Signer[];
  /** How long the transaction may be executed; at most ten minutes. */
  readonly validForMs?: number;
  readonly gasLimit?: number;
  /** How long to wait for the outcome. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** Counts of a bulk submission; what is not counted is still on its way. */
export type SubmitProgress = {
  readonly total: number;
  readonly taken: number;
  readonly executed: number;
  readonly failed: number;
};

/** How to submit many. */
export type ManyOptions = Omit<SubmitOptions, 'idempotencyKey'> & {
  readonly until?: Until;
  /** Envelopes on their way at a time. */
  readonly envelopesInFlight?: number;
  /** Give each proved result the bytes that prove it to others: a few kilobytes each. */
  readonly keepProofs?: boolean;
  readonly onProgress?: (progress: SubmitProgress) => void;
};

/** One transaction of a bulk submission. Keys must differ. */
export type Submission = { readonly calls: readonly Call[]; readonly idempotencyKey?: string };

/** Outcome of one of them; `executed` covers refused receipts, whose error is given. */
export type SubmissionResult =
  | {
      readonly kind: 'executed';
      readonly txid: string;
      readonly receipt: Receipt;
      readonly refused: HanseError | undefined;
      readonly proof?: TxProof;
    }
  | { readonly kind: 'failed'; readonly error: HanseError };

/** What submissions need beside the connection. */
export type Sender = {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly signer: Signer | undefined;
};

const VALID_FOR_MS = 120_000;
const TIMEOUT_MS = 60_000;
const ENVELOPES_IN_FLIGHT = 8;
const ATTEMPTS_MAX = 4;

type Settings = ManyOptions & { readonly until: Until; readonly timeoutMs: number };

/**
 * Submit many transactions: grouped into envelopes, several on their way at a time, each outcome
 * reported by its place. Rejects only when nothing can be sent at all or the signal aborts.
 */
export async function submitMany(
  sender: Sender,
  submissions: readonly Submission[],
  options: ManyOptions,
): Promise<readonly SubmissionResult[]> {
  const works = submissions.map((one): Work => ({
    calls: one.calls,
    key: one.idempotencyKey ?? randomKey(sender),
  }));
  if (new Set(works.map((work) => work.key)).size < works.length) {
    throw new HanseError('UsageError', { message: 'Two transactions share an idempotency key.' });
  }
  const settings = {
    ...options,
    until: options.until ?? 'proved',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  } as const;
  const run = new Run(sender, works, settings);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < works.length) {
      const from = next;
      next += limits.txsPerEnvelopeMax;
      await run.chunk(from, Math.min(next, works.length));
    }
  };
  const workers = options.envelopesInFlight ?? ENVELOPES_IN_FLIGHT;
  await Promise.all(Array.from({ length: workers }, worker));
  return run.results();
}

/** One bulk submission: its results so far and the loop that fills them. */
class Run {
  readonly #sender: Sender;
  readonly #works: readonly Work[];
  readonly #settings: Settings;
  readonly #results: (SubmissionResult | undefined)[];
  #progress: SubmitProgress;

  constructor(sender: Sender, works: readonly Work[], settings: Settings) {
    this.#sender = sender;
    this.#works = works;
    this.#settings = settings;
    this.#results = works.map(() => undefined);
    this.#progress = { total: works.length, taken: 0, executed: 0, failed: 0 };
  }

  /** All results, in the order of the works. */
  results(): readonly SubmissionResult[] {
    return this.#results.map((result) => must(result, 'every transaction is settled'));
  }

  /** Pack, send and settle a range of works. */
  async chunk(from: number, to: number): Promise<void> {
    const rules = await this.#rules();
    const packs = await packWorks(rules, this.#works, { from, to });
    await Promise.all(packs.map((pack) => this.#deliver(pack)));
  }

  async #rules(): Promise<PackRules> {
    const { connection, outbox, signer } = this.#sender;
    const signers = this.#settings.signers ?? (signer === undefined ? [] : [signer]);
    if (signers.length === 0) {
      throw new HanseError('UsageError', { message: 'A transaction needs a signer.' });
    }
    const validForMs = Math.min(this.#settings.validForMs ?? VALID_FOR_MS, limits.txLifetimeMsMax);
    return {
      chain: await connection.chain(),
      outbox,
      signers,
      validUntil: connection.platform.nowMs() + validForMs,
      gasLimit: this.#settings.gasLimit,
    };
  }

  async #deliver(pack: Pack): Promise<void> {
    const { connection } = this.#sender;
    const { until, timeoutMs, signal } = this.#settings;
    const expired: Packed[] = [];
    const open = new Set(pack.items);
    const delivery = {
      until,
      timeoutMs,
      deadlineMs: connection.platform.nowMs() + timeoutMs,
      signal,
      onTaken: (items: readonly Packed[]) => this.#count({ taken: items.length }),
      onSettled: (item: Packed, settled: Settled) => {
        open.delete(item);
        if (settled.kind === 'expired' && item.attempt + 1 < ATTEMPTS_MAX) expired.push(item);
        else this.#settle(item, settled);
      },
    };
    try {
      await deliver(connection, pack, delivery);
    } catch (error) {
      if (!isHanseError(error)) throw error;
      for (const item of open) this.#settle(item, { kind: 'failed', error });
    }
    for (const item of expired) {
      const work = must(this.#works[item.work], 'items point at works');
      await this.#deliver(await repack(await this.#rules(), work, item));
    }
  }

  #settle(item: Packed, settled: Settled): void {
    if (settled.kind !== 'executed') {
      this.#results[item.work] = { kind: 'failed', error: settled.error };
      return this.#count({ failed: 1 });
    }
    const { receipt, proof } = settled;
    const [call] = item.tx.value.calls;
    const refused =
      receipt.status.kind === 'refused'
        ? errorOfRefusal(receipt.status.value, `${call?.contract}.${call?.method}`)
        : undefined;
    const result = { kind: 'executed', txid: toHex(receipt.txid), receipt, refused } as const;
    const isKept = this.#settings.keepProofs === true && proof !== undefined;
    this.#results[item.work] = isKept ? { ...result, proof } : result;
    this.#count(refused === undefined ? { executed: 1 } : { failed: 1 });
  }

  #count(more: Partial<SubmitProgress>): void {
    const { total, taken, executed, failed } = this.#progress;
    this.#progress = {
      total,
      taken: taken + (more.taken ?? 0),
      executed: executed + (more.executed ?? 0),
      failed: failed + (more.failed ?? 0),
    };
    this.#settings.onProgress?.(this.#progress);
  }
}

/** Submit one transaction and return its receipt. Throws its refusal or why there is no outcome. */
export async function submitOne(
  sender: Sender,
  calls: readonly Call[],
  until: Until,
  options: SubmitOptions,
): Promise<Receipt> {
  const { idempotencyKey, ...rest } = options;
  const submission = idempotencyKey === undefined ? { calls } : { calls, idempotencyKey };
  const [result] = await submitMany(sender, [submission], { ...rest, until });
  const settled = must(result, 'one result for one transaction');
  if (settled.kind === 'failed') throw settled.error;
  if (settled.refused !== undefined) throw settled.refused;
  return settled.receipt;
}

function randomKey({ connection }: Sender): string {
  return toHex(connection.platform.randomBytes(limits.saltBytes));
}
