import type { MessagePort, TransferListItem, Worker } from 'node:worker_threads';
import {
  HanseError,
  isErrorName,
  isHanseError,
  type ErrorFrame,
  type ErrorParams,
} from '@hanse/kit';

/** Methods of a worker: name → request and response, both structured-cloneable. */
export type Methods = Readonly<Record<string, (request: never) => unknown>>;
export type RequestOf<M extends Methods, K extends keyof M> = Parameters<M[K]>[0];
export type ResponseOf<M extends Methods, K extends keyof M> = Awaited<ReturnType<M[K]>>;

type Call = { readonly id: number; readonly method: string; readonly request: unknown };
type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly fault: Fault };
type Fault = {
  readonly name: string;
  readonly params: ErrorParams;
  readonly message: string;
  readonly frames: readonly ErrorFrame[];
};
type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** Calls methods of a worker; answers come back in any order. A dead worker rejects all calls. */
export class WorkerClient<M extends Methods> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #dead: unknown;

  constructor(worker: Worker, onDeath: (error: unknown) => void) {
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    const die = (error: unknown): void => {
      if (this.#dead !== undefined) return;
      this.#dead = error;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      onDeath(error);
    };
    worker.on('error', die);
    worker.on('exit', (code) =>
      die(new HanseError('Internal', { message: `a worker ended with code ${code}` })),
    );
  }

  get pending(): number {
    return this.#waiting.size;
  }

  call<K extends keyof M & string>(
    method: K,
    request: RequestOf<M, K>,
    transfer: readonly TransferListItem[] = [],
  ): Promise<ResponseOf<M, K>> {
    if (this.#dead !== undefined)
      return Promise.reject(
        this.#dead instanceof Error
          ? this.#dead
          : new HanseError('Internal', { message: 'a worker died' }),
      );
    const id = this.#nextId++;
    const call: Call = { id, method, request };
    return new Promise((resolve, reject) => {
      // The worker answers a call by its own method, so the value has that method's type.
      this.#waiting.set(id, { resolve: (value) => resolve(value as ResponseOf<M, K>), reject });
      this.#worker.postMessage(call, transfer);
    });
  }

  async close(): Promise<void> {
    this.#dead ??= new HanseError('NotReady', { reason: 'The node is stopping.' });
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(thaw(reply.fault));
  }
}

/** Answers calls on a worker's port with these methods, one after another. */
export function serveMethods<M extends Methods>(port: MessagePort, methods: M): void {
  port.on('message', (call: Call) => {
    void answer(methods, call).then((reply) => port.postMessage(reply));
  });
}

async function answer<M extends Methods>(
  methods: M,
  { id, method, request }: Call,
): Promise<Reply> {
  try {
    const run = methods[method] as ((request: unknown) => unknown) | undefined;
    if (run === undefined)
      throw new HanseError('Internal', { message: `a worker has no method ${method}` });
    return { id, ok: true, value: await run(request) };
  } catch (error) {
    return { id, ok: false, fault: freeze(error) };
  }
}

/** Errors lose their class between threads; the catalogue name and parameters carry them over. */
function freeze(error: unknown): Fault {
  if (isHanseError(error)) {
    const { codeName: name, params, message, frames } = error;
    return { name, params, message, frames };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { name: 'Internal', params: { message }, message, frames: [] };
}

function thaw(fault: Fault): HanseError {
  return isErrorName(fault.name)
    ? new HanseError(fault.name, fault.params, undefined, fault.frames)
    : new HanseError('Internal', { message: fault.message });
}
