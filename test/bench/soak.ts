import type { Network } from '../harness/network.ts';
import type { Load, LoadResult } from './load.ts';
import { memoryOf } from './proc.ts';

/** Memory of the validators over a long run. */
export type Memory = {
  readonly rate: number;
  readonly seconds: number;
  /** MiB of all validators together, beside the files they have mapped and with them, every two seconds. */
  readonly samples: readonly Sample[];
  /** Growth of what they hold for themselves. */
  readonly growth: number;
  /** Growth of everything that is resident. */
  readonly residentGrowth: number;
};

type Sample = { readonly atSeconds: number; readonly own: number; readonly resident: number };

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
  const samples: Sample[] = [];
  const startMs = performance.now();
  const timer = setInterval(() => {
    const all = pids.map(memoryOf);
    samples.push({
      atSeconds: (performance.now() - startMs) / 1_000,
      own: all.reduce((sum, { own }) => sum + own, 0) / MIB,
      resident: all.reduce((sum, { resident }) => sum + resident, 0) / MIB,
    });
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
  return {
    rate,
    seconds,
    samples,
    growth: growthOf(samples, 'own'),
    residentGrowth: growthOf(samples, 'resident'),
  };
}

/** Last fifth ÷ the fifth after minute two (or the first half of a shorter run). */
function growthOf(samples: readonly Sample[], what: 'own' | 'resident'): number {
  const endS = samples.at(-1)?.atSeconds ?? 0;
  const fromS = endS > 2 * SETTLED_SECONDS ? SETTLED_SECONDS : endS / 2;
  const part = (endS - fromS) / 5;
  const mean = (from: number, to: number): number => {
    const rows = samples.filter(({ atSeconds }) => atSeconds >= from && atSeconds <= to);
    return rows.reduce((sum, row) => sum + row[what], 0) / Math.max(1, rows.length);
  };
  return mean(endS - part, endS) / mean(fromS, fromS + part) - 1;
}
