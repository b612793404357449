import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { must } from '@hanse/kit';
import type { NetworkFiles } from '../harness/make.ts';
import { bareLoop, type BareJob, type BareResult } from './bare.ts';
import { transferCode } from './transfer.ts';
import type { Kind } from './workload.ts';

/** The bare loop in one process per core, all at once. */
export type BareFigures = {
  readonly processes: number;
  readonly perProcess: readonly BareResult[];
  /** Transactions a second of all processes together. */
  readonly rate: number;
  /**
   * What a network of this many validators on this machine could reach if nothing but the bare loop
   * cost anything: each validator does all of it, and they share the cores.
   */
  readonly networkLimit: number;
};

const TXS_PER_SECOND = 6_000;

/** Run the bare loop on every core at once: caches, memory and disk are shared as in the network. */
export async function measureBare(
  files: NetworkFiles,
  shape: {
    readonly txsPerEnvelope: number;
    readonly seconds: number;
    readonly kind: Kind;
  },
): Promise<BareFigures> {
  const processes = availableParallelism();
  const job: BareJob = {
    genesis: files.genesis,
    holders: files.operators,
    ...(shape.kind === 'transfer' ? { code: await transferCode() } : {}),
    txs: (files.suite.id === 'intl' ? 1 : 0.4) * TXS_PER_SECOND * shape.seconds,
    ...shape,
  };
  const perProcess = await Promise.all(Array.from({ length: processes }, () => runChild(job)));
  const rate = perProcess.reduce((sum, { txs, seconds }) => sum + txs / seconds, 0);
  return { processes, perProcess, rate, networkLimit: rate / files.nodes.length };
}

function runChild(job: BareJob): Promise<BareResult> {
  return new Promise((resolve, reject) => {
    const child = fork(must(process.argv[1], 'runs as a program'), ['bare'], {
      serialization: 'advanced',
    });
    child.once('message', (result: BareResult) => resolve(result));
    child.once('exit', (code) => reject(new Error(`the bare loop ended with code ${code}`)));
    child.send(job);
  });
}

/** Main of a process of the bare loop. */
export function runBareChild(): void {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (job: BareJob) => {
    void bareLoop(job).then((result) => {
      process.send?.(result);
      process.disconnect();
    });
  });
}
