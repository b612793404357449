import { Agent, get, request } from 'node:http';
import { createInterface } from 'node:readline';
import { must, nameOf, toHex } from '@hanse/kit';
import type { Genesis, SubmitResult, WatchRow } from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import type { Holder } from '../harness/make.ts';
import { sleep } from '../harness/wait.ts';
import { signPosts, type SignedPost, type Workload } from './workload.ts';

/** What a client process is told: what to sign, for whom, and where it goes. */
export type Job = Omit<Workload, 'suite' | 'holders'> & {
  readonly suite: Genesis['suite'];
  readonly holders: readonly Holder[];
  readonly url: string;
  /** Transactions a second of this client. */
  readonly rate: number;
  /** Part of a period by which this client starts later than others. */
  readonly phase: number;
};

/** What a client has seen. Times are milliseconds since the start of the run; NaN for never. */
export type JobResult = {
  /** When each transaction was due to be sent (open loop: not when it was sent). */
  readonly sentAtMs: Float64Array;
  readonly finalAtMs: Float64Array;
  readonly provedAtMs: Float64Array;
  readonly taken: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly failed: number;
  /** How late the last request left, against its time. */
  readonly latenessMs: number;
  readonly signUsPerTx: number;
  readonly cpuUs: number;
};

export type FromGenerator =
  | { readonly kind: 'signed' }
  | { readonly kind: 'done'; readonly result: JobResult };
export type ToGenerator =
  | { readonly kind: 'sign'; readonly job: Job }
  | { readonly kind: 'go'; readonly startAtMs: number; readonly drainMs: number };

/** Main of a client process: sign, say so, wait for the start, send, tell what was seen. */
export function runGenerator(): void {
  let run: Run | undefined;
  const tell = (message: FromGenerator): void => {
    process.send?.(message);
  };
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToGenerator) => {
    if (message.kind === 'sign') {
      run = new Run(message.job);
      tell({ kind: 'signed' });
      return;
    }
    void must(run, 'signed before sent')
      .go(message.startAtMs, message.drainMs)
      .then((result) => tell({ kind: 'done', result }));
  });
}

class Run {
  readonly #job: Job;
  readonly #posts: readonly SignedPost[];
  readonly #signUsPerTx: number;
  readonly #index = new Map<string, number>();
  readonly #byHeight = new Map<number, number[]>();
  readonly #sent: Float64Array;
  readonly #final: Float64Array;
  readonly #proved: Float64Array;
  #taken = 0;
  #open = 0;
  #settled = 0;
  #failed = 0;
  #provedHeight = 0;
  readonly #refused: Record<string, number> = {};

  constructor(job: Job) {
    this.#job = job;
    const started = process.cpuUsage();
    const suite = createNativeSuite(job.suite);
    this.#posts = signPosts({ ...job, suite });
    const { user, system } = process.cpuUsage(started);
    this.#signUsPerTx = (user + system) / Math.max(1, job.txs);
    for (const { txids } of this.#posts)
      for (const txid of txids.flat()) this.#index.set(toHex(txid), this.#index.size);
    const times = (): Float64Array => new Float64Array(job.txs).fill(Number.NaN);
    [this.#sent, this.#final, this.#proved] = [times(), times(), times()];
  }

  async go(startAtMs: number, drainMs: number): Promise<JobResult> {
    const job = this.#job;
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    const offsetMs = Date.now() - performance.now();
    const nowMs = (): number => performance.now() + offsetMs - startAtMs;
    const watch = this.#watch(nowMs);
    const cpu = process.cpuUsage();
    const periodMs = (job.envelopesPerPost * job.txsPerEnvelope * 1_000) / job.rate;
    let latenessMs = 0;
    let first = 0;
    for (const [turn, post] of this.#posts.entries()) {
      const dueMs = (turn + job.phase) * periodMs;
      const leftMs = dueMs - nowMs();
      if (leftMs > 1) await sleep(leftMs);
      latenessMs = nowMs() - dueMs;
      const count = post.txids.flat().length;
      this.#sent.fill(dueMs, first, first + count);
      this.#post(agent, post);
      first += count;
    }
    const endMs = nowMs() + drainMs;
    while (nowMs() < endMs && (this.#open > 0 || this.#settled < this.#taken)) await sleep(20);
    const { user, system } = process.cpuUsage(cpu);
    watch.destroy();
    agent.destroy();
    return {
      sentAtMs: this.#sent,
      finalAtMs: this.#final,
      provedAtMs: this.#proved,
      taken: this.#taken,
      refused: this.#refused,
      failed: this.#failed,
      latenessMs,
      signUsPerTx: this.#signUsPerTx,
      cpuUs: user + system,
    };
  }

  #post(agent: Agent, { body, txids }: SignedPost): void {
    this.#open++;
    const fail = (): void => {
      this.#failed += txids.flat().length;
      this.#open--;
    };
    const sent = request(
      `${this.#job.url}/v1/envelopes`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/octet-stream', 'content-length': body.length },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          this.#open--;
          this.#count(response.statusCode ?? 0, Buffer.concat(chunks).toString(), txids);
        });
      },
    );
    sent.on('error', fail);
    sent.end(body);
  }

  #count(status: number, text: string, txids: readonly (readonly Uint8Array[])[]): void {
    const add = (code: string, count: number): void => {
      this.#refused[code] = (this.#refused[code] ?? 0) + count;
    };
    if (status !== 202) return add(codeOf(text) ?? `HTTP ${status}`, txids.flat().length);
    const { results } = JSON.parse(text) as { readonly results: readonly SubmitResult[] };
    for (const [i, result] of results.entries()) {
      const count = txids[i]?.length ?? 0;
      if (result.status === 'taken') this.#taken += count;
      else add(nameOf(result.problem.code) ?? result.problem.code, count);
    }
  }

  #watch(nowMs: () => number): { readonly destroy: () => void } {
    const sent = get(`${this.#job.url}/v1/watch?txids=1`, (response) => {
      const lines = createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
      // It passes on the error of a stream that is cut off; the rows so far are what was seen.
      lines.on('error', () => undefined);
      lines.on('line', (line) => {
        if (line.length > 0) this.#row(JSON.parse(line) as WatchRow, nowMs());
      });
    });
    sent.on('error', () => undefined);
    return sent;
  }

  #row(row: WatchRow, atMs: number): void {
    if (row.kind === 'proved') {
      for (let height = this.#provedHeight + 1; height <= row.height; height++) {
        for (const index of this.#byHeight.get(height) ?? []) this.#proved[index] = atMs;
        this.#settled += this.#byHeight.get(height)?.length ?? 0;
        this.#byHeight.delete(height);
      }
      this.#provedHeight = Math.max(this.#provedHeight, row.height);
      return;
    }
    const mine: number[] = [];
    for (const txid of row.txids ?? []) {
      const index = this.#index.get(txid);
      if (index !== undefined) mine.push(index);
    }
    for (const index of mine) this.#final[index] = atMs;
    if (mine.length > 0) this.#byHeight.set(row.height, mine);
  }
}

/** Name of the error a problem document stands for; undefined when the text is none. */
function codeOf(text: string): string | undefined {
  try {
    const { code } = JSON.parse(text) as { readonly code?: string };
    return nameOf(code ?? '');
  } catch {
    return undefined;
  }
}
