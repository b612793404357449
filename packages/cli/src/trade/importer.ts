import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ImportResult } from '@hanse/einvoice';
import { HanseError } from '@hanse/kit';
import type { InstalledFile } from './rules.ts';

/** What the worker is asked. */
export type ImporterJob =
  | {
      readonly id: number;
      readonly kind: 'import';
      readonly bytes: Uint8Array;
      readonly name: string;
    }
  | { readonly id: number; readonly kind: 'compile'; readonly text: string };

/** A rule file that compiled, or the line that did not. */
export type Compiled =
  | {
      readonly ok: true;
      readonly title: string;
      readonly checks: number;
      readonly syntax: string | undefined;
    }
  | { readonly ok: false; readonly line: number; readonly rule: string; readonly reason: string };

/** What the worker answers. */
export type ImporterAnswer =
  | { readonly id: number; readonly kind: 'imported'; readonly result: ImportResult }
  | { readonly id: number; readonly kind: 'compiled'; readonly compiled: Compiled }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };

type Waiting = {
  readonly resolve: (answer: ImporterAnswer) => void;
  readonly reject: (error: unknown) => void;
};

/** What no document within the bounds takes. */
const JOB_MS = 60_000;

/** Reads documents off the event loop, in a thread that compiles the installed rules once. */
export class Importer {
  readonly #rules: readonly InstalledFile[];
  readonly #script: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 1;

  constructor(
    rules: readonly InstalledFile[],
    script: string = fileURLToPath(new URL('./import.worker.js', import.meta.url)),
  ) {
    this.#rules = rules;
    this.#script = script;
  }

  /** Read a document; any bytes end in a verdict. */
  async import(bytes: Uint8Array, name: string): Promise<ImportResult> {
    const answer = await this.#ask((id) => ({ id, kind: 'import', bytes, name }));
    if (answer.kind === 'imported') return answer.result;
    throw new HanseError('Internal', { message: 'the importer answered something else' });
  }

  /** Compile a rule file. */
  async compile(text: string): Promise<Compiled> {
    const answer = await this.#ask((id) => ({ id, kind: 'compile', text }));
    if (answer.kind === 'compiled') return answer.compiled;
    throw new HanseError('Internal', { message: 'the importer answered something else' });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(make: (id: number) => ImporterJob): Promise<ImporterAnswer> {
    const job = make(this.#next++);
    const worker = this.#start();
    let timer: NodeJS.Timeout | undefined;
    try {
      const answer = await new Promise<ImporterAnswer>((resolve, reject) => {
        timer = setTimeout(() => {
          void this.close();
          reject(new HanseError('NotReady', { reason: `It took longer than ${JOB_MS} ms.` }));
        }, JOB_MS);
        this.#waiting.set(job.id, { resolve, reject });
        worker.postMessage(job);
      });
      if (answer.kind === 'failed') throw new HanseError('Internal', { message: answer.message });
      return answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(job.id);
    }
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const rules = this.#rules.map(({ syntax, name, path }) => ({ syntax, name, path }));
    const worker = new Worker(this.#script, { workerData: { rules } });
    worker.on('message', (answer: ImporterAnswer) => this.#waiting.get(answer.id)?.resolve(answer));
    worker.on('error', (error) => {
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(error);
    });
    // A command ends when it is done, whatever the thread waits for.
    worker.unref();
    this.#worker = worker;
    return worker;
  }
}
