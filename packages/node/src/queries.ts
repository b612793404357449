import { HanseError, limits } from '@hanse/kit';
import type { QueryMethods, QueryReply, QueryRequest } from './query.ts';
import type { RequestOf, WorkerClient } from './rpc.ts';

/** What a query thread is made of. */
export type QueryThreadParts = {
  readonly open: RequestOf<QueryMethods, 'open'>;
  readonly start: () => Worker;
  readonly limitMs?: number;
};

type Worker = Pick<WorkerClient<QueryMethods>, 'call' | 'close'>;
type Job = {
  readonly request: QueryRequest;
  readonly resolve: (reply: QueryReply) => void;
  readonly reject: (error: unknown) => void;
};

/** Gas bounds what a query does; this bounds what a slow or busy machine makes of it. */
const LIMIT_MS = 5_000;

/**
 * The thread that answers queries, one after the other. One that takes too long is ended with its thread,
 * and so is one that broke it: whoever waited behind is answered by the next thread.
 */
export class QueryThread {
  readonly #parts: QueryThreadParts;
  readonly #jobs: Job[] = [];
  #worker: Promise<Worker> | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(parts: QueryThreadParts) {
    this.#parts = parts;
  }

  /** Start the thread before the first query. Throws what keeps it from opening the state. */
  async open(): Promise<void> {
    await this.#current();
  }

  /** Queries that wait or are being answered. */
  get pending(): number {
    return this.#jobs.length + Number(this.#isBusy);
  }

  /** Throws the query's refusal, QueryTooLong, or NotReady when too many wait. */
  call(request: QueryRequest): Promise<QueryReply> {
    if (this.pending >= limits.apiQueriesWaitingMax) {
      const reason = `It already has ${this.pending} queries waiting.`;
      return Promise.reject(new HanseError('NotReady', { reason }));
    }
    return new Promise((resolve, reject) => {
      this.#jobs.push({ request, resolve, reject });
      void this.#work();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#jobs.splice(0)) reject(stopping());
    const worker = await this.#worker?.catch(() => undefined);
    if (worker === undefined) return;
    // A query that is being answered holds the store: it goes with its thread.
    if (!this.#isBusy) await worker.call('close', {});
    await worker.close();
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      await this.#answer(job);
    }
    this.#isBusy = false;
  }

  async #answer({ request, resolve, reject }: Job): Promise<void> {
    try {
      const worker = await this.#current();
      resolve(await this.#within(worker.call('query', request), request));
    } catch (error) {
      if (isFault(error)) await this.#drop();
      reject(this.#isClosed ? stopping() : error);
    }
  }

  async #within(
    reply: Promise<QueryReply>,
    { contract, query }: QueryRequest,
  ): Promise<QueryReply> {
    const limitMs = this.#parts.limitMs ?? LIMIT_MS;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(
        () => fail(new HanseError('QueryTooLong', { contract, query, limitMs })),
        limitMs,
      );
    });
    try {
      return await Promise.race([reply, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #current(): Promise<Worker> {
    this.#worker ??= this.#start();
    return this.#worker;
  }

  async #start(): Promise<Worker> {
    const worker = this.#parts.start();
    try {
      await worker.call('open', this.#parts.open);
      return worker;
    } catch (error) {
      await worker.close();
      this.#worker = undefined;
      throw error;
    }
  }

  async #drop(): Promise<void> {
    const worker = await this.#worker?.catch(() => undefined);
    this.#worker = undefined;
    await worker?.close();
  }
}

/** Whether the thread is not to be used again: it hangs, it died, or its engine did what it must not. */
function isFault(error: unknown): boolean {
  return (
    !(error instanceof HanseError) ||
    ['QueryTooLong', 'Internal', 'InvariantBroken'].includes(error.codeName)
  );
}

function stopping(): HanseError {
  return new HanseError('NotReady', { reason: 'The node is stopping.' });
}
