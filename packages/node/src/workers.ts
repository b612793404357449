import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { must } from '@hanse/kit';
import { CONTRACT_STACK_MIB } from './stack.ts';
import type { QueryMethods } from './query.ts';
import { WorkerClient, type RequestOf, type ResponseOf } from './rpc.ts';
import type { StateMethods } from './state.ts';
import type { VerifyMethods } from './verify.ts';

/** Start the worker that owns the state. */
export function startStateWorker(onDeath: (error: unknown) => void): WorkerClient<StateMethods> {
  return new WorkerClient<StateMethods>(contractThread('./state.worker.js'), onDeath);
}

/** Start a worker that answers queries; its death is no reason for the node to end. */
export function startQueryWorker(): WorkerClient<QueryMethods> {
  return new WorkerClient<QueryMethods>(contractThread('./query.worker.js'), () => undefined);
}

/** A thread that runs contracts: with a small stack, the depth they reach would be the machine's to decide. */
function contractThread(path: string): Worker {
  const resourceLimits = { stackSizeMb: CONTRACT_STACK_MIB };
  return new Worker(new URL(path, import.meta.url), { resourceLimits });
}

/** Workers that check signatures; each call goes to the least busy one. */
export class VerifyPool {
  readonly #workers: readonly WorkerClient<VerifyMethods>[];

  private constructor(workers: readonly WorkerClient<VerifyMethods>[]) {
    this.#workers = workers;
  }

  /** Start max(1, cores − 1) workers for a chain. */
  static async start(
    chain: RequestOf<VerifyMethods, 'open'>,
    onDeath: (error: unknown) => void,
  ): Promise<VerifyPool> {
    const count = Math.max(1, availableParallelism() - 1);
    const workers = Array.from(
      { length: count },
      () =>
        new WorkerClient<VerifyMethods>(
          new Worker(new URL('./verify.worker.js', import.meta.url)),
          onDeath,
        ),
    );
    await Promise.all(workers.map((worker) => worker.call('open', chain)));
    return new VerifyPool(workers);
  }

  /** Calls that were not answered yet. */
  get pending(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.pending, 0);
  }

  call<K extends keyof VerifyMethods>(
    method: K,
    request: RequestOf<VerifyMethods, K>,
  ): Promise<ResponseOf<VerifyMethods, K>> {
    const [first, ...rest] = this.#workers;
    const least = rest.reduce(
      (best, worker) => (worker.pending < best.pending ? worker : best),
      must(first, 'at least one verify worker'),
    );
    return least.call(method, request);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}
