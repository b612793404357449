import { must } from '@hanse/kit';
import type { Network } from '../harness/network.ts';
import { Fleet } from './fleet.ts';
import type { JobResult } from './generator.ts';
import { cpuUs, memoryOf, threadCpuUs } from './proc.ts';
import type { Kind } from './workload.ts';

/** A load: what is offered, by which validators' clients, for how long. */
export type Load = {
  readonly name: string;
  readonly rate: number;
  readonly seconds: number;
  readonly txsPerEnvelope: number;
  readonly envelopesPerPost: number;
  readonly seed: number;
  /** Deposits when absent. */
  readonly kind?: Kind;
  /** Validators whose clients send; all when absent. */
  readonly nodes?: readonly number[];
  /** Called at the start of sending. */
  readonly onStart?: () => void;
};

/** Latencies in milliseconds. */
export type Quantiles = { readonly p50: number; readonly p90: number; readonly p99: number };

/** What came of a load. Times in milliseconds; rates in transactions a second. */
export type LoadResult = {
  readonly name: string;
  readonly offeredRate: number;
  readonly seconds: number;
  /** Final within the run, without its first tenth, per second of it. */
  readonly finalRate: number;
  readonly provedRate: number;
  readonly final: Quantiles;
  readonly proved: Quantiles;
  readonly sent: number;
  readonly taken: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly failed: number;
  /** Taken, and not final when the run had drained. */
  readonly missing: number;
  readonly latenessMs: number;
  /** CPU microseconds per final transaction: each validator, and the client side. */
  readonly nodeCpuUsPerTx: readonly number[];
  readonly threadCpuUsPerTx: readonly number[];
  readonly clientCpuUsPerTx: number;
  readonly signUsPerTx: number;
  readonly rssMiB: readonly number[];
};

const DRAIN_MS = 15_000;
const WARM_PART = 0.1;
const MIB = 1024 * 1024;

/** Offer a load, open loop, from one client process per validator, and measure what comes of it. */
export async function offer(network: Network, load: Load): Promise<LoadResult> {
  const nodes = load.nodes ?? network.running();
  const perNode = load.rate / nodes.length;
  const fleet = await Fleet.sign(
    nodes.map((node, i) => ({
      suite: network.files.suite.id,
      chainId: network.files.chainId,
      holders: network.files.operators.filter((_, operator) => operator % network.size === node),
      label: `${load.seed}/${load.name}/${load.rate}/${node}/${network.genesisHash}`,
      txs: Math.round(perNode * load.seconds),
      txsPerEnvelope: load.txsPerEnvelope,
      envelopesPerPost: load.envelopesPerPost,
      seconds: load.seconds,
      kind: load.kind ?? 'deposit',
      url: network.url(node),
      rate: perNode,
      phase: i / nodes.length,
    })),
  );
  const pids = network.running().map((index) => network.node(index).pid);
  let before = pids.map(cpuUs);
  const main = must(pids[0], 'a validator runs');
  let threads = threadCpuUs(main);
  const results = await fleet.run(DRAIN_MS, () => {
    before = pids.map(cpuUs);
    threads = threadCpuUs(main);
    load.onStart?.();
  });
  const finals = count(results, ({ finalAtMs }) => finalAtMs.filter((at) => at >= 0).length);
  const perTx = (us: number): number => us / Math.max(1, finals);
  const threadsAfter = [...threadCpuUs(main)].map(([tid, us]) => us - (threads.get(tid) ?? 0));
  return {
    ...summary(load, results),
    nodeCpuUsPerTx: pids.map((pid, i) => perTx(cpuUs(pid) - (before[i] ?? 0))),
    threadCpuUsPerTx: threadsAfter.map(perTx).filter((us) => us >= 1),
    clientCpuUsPerTx: perTx(count(results, (one) => one.cpuUs)),
    signUsPerTx: count(results, (one) => one.signUsPerTx) / results.length,
    rssMiB: pids.map((pid) => memoryOf(pid).resident / MIB),
  };
}

function summary(
  load: Load,
  results: readonly JobResult[],
): Omit<
  LoadResult,
  'nodeCpuUsPerTx' | 'threadCpuUsPerTx' | 'clientCpuUsPerTx' | 'signUsPerTx' | 'rssMiB'
> {
  const fromMs = WARM_PART * load.seconds * 1_000;
  const toMs = load.seconds * 1_000;
  const within = (times: Float64Array): number =>
    times.filter((at) => at >= fromMs && at < toMs).length;
  const seconds = (toMs - fromMs) / 1_000;
  const refused: Record<string, number> = {};
  for (const result of results)
    for (const [code, n] of Object.entries(result.refused))
      refused[code] = (refused[code] ?? 0) + n;
  const taken = count(results, (one) => one.taken);
  return {
    name: load.name,
    offeredRate: load.rate,
    seconds: load.seconds,
    finalRate: count(results, (one) => within(one.finalAtMs)) / seconds,
    provedRate: count(results, (one) => within(one.provedAtMs)) / seconds,
    final: latencies(results, fromMs, (one) => one.finalAtMs),
    proved: latencies(results, fromMs, (one) => one.provedAtMs),
    sent: count(results, (one) => one.sentAtMs.length),
    taken,
    refused,
    failed: count(results, (one) => one.failed),
    missing: taken - count(results, (one) => one.finalAtMs.filter((at) => at >= 0).length),
    latenessMs: Math.max(...results.map((one) => one.latenessMs)),
  };
}

function latencies(
  results: readonly JobResult[],
  fromMs: number,
  pick: (result: JobResult) => Float64Array,
): Quantiles {
  const all: number[] = [];
  for (const result of results) {
    const ends = pick(result);
    for (const [i, sentAt] of result.sentAtMs.entries()) {
      const latency = (ends[i] ?? Number.NaN) - sentAt;
      if (sentAt >= fromMs && latency >= 0) all.push(latency);
    }
  }
  const sorted = Float64Array.from(all).sort();
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

function count<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((sum, one) => sum + of(one), 0);
}
