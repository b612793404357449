import type { Network } from '../harness/network.ts';
import type { Load, LoadResult } from './load.ts';
import { rssBytes } from './proc.ts';

/** Memory of the validators over a long run. */
export type Memory = {
  readonly rate: number;
  readonly seconds: number;
  /** Resident MiB per validator, every sample: time in seconds, then one value each. */
  readonly samples: readonly (readonly number[])[];
  /** Last fifth ÷ the fifth after minute two (or the first half of a shorter run), all validators. */
  readonly growth: number;
};

const SAMPLE_MS = 2_000;
const SEGMENT_SECONDS = 60;
const SETTLED_SECONDS = 120;
const MIB = 1024 * 1024;

/** Keep a rate for a long time, in segments for which clients sign in between. */
export async function soak(
  network: Network,
  options: {
    readonly seconds: number;
    readonly rate: number;
    readonly run: (load: Omit<Load, 'seed'>) => Promise<LoadResult>;
  },
): Promise<Memory> {
  const pids = network.running().map((index) => network.node(index).pid);
  const samples: (readonly number[])[] = [];
  const startMs = performance.now();
  const timer = setInterval(() => {
    samples.push([
      (performance.now() - startMs) / 1_000,
      ...pids.map((pid) => rssBytes(pid) / MIB),
    ]);
  }, SAMPLE_MS);
  for (let done = 0; done < options.seconds; done += SEGMENT_SECONDS) {
    const seconds = Math.min(SEGMENT_SECONDS, options.seconds - done);
    const name = `soak ${done} s`;
    await options.run({
      txsPerEnvelope: 1,
      envelopesPerPost: 100,
      name,
      rate: options.rate,
      seconds,
    });
  }
  clearInterval(timer);
  const { rate, seconds } = options;
  return { rate, seconds, samples, growth: growthOf(samples) };
}

function growthOf(samples: readonly (readonly number[])[]): number {
  const endS = samples.at(-1)?.[0] ?? 0;
  const fromS = endS > 2 * SETTLED_SECONDS ? SETTLED_SECONDS : endS / 2;
  const part = (endS - fromS) / 5;
  const mean = (from: number, to: number): number => {
    const rows = samples.filter(([at = 0]) => at >= from && at <= to);
    const sum = rows.reduce((all, [, ...values]) => all + values.reduce((a, b) => a + b, 0), 0);
    return sum / Math.max(1, rows.length);
  };
  return mean(endS - part, endS) / mean(fromS, fromS + part) - 1;
}
