import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { ROOT } from '../harness/bundle.ts';
import type { BareFigures } from './barefleet.ts';
import type { LoadResult } from './load.ts';
import type { Memory } from './soak.ts';

/** Where figures come from. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly commit: string;
};

/** All figures of one suite. */
export type Figures = {
  readonly suite: string;
  readonly loads: readonly LoadResult[];
  readonly peak: LoadResult | undefined;
  /** Transactions that call a deployed contract. */
  readonly contract: LoadResult | undefined;
  readonly bare: BareFigures | undefined;
  readonly bareContract: BareFigures | undefined;
  readonly memory: Memory | undefined;
};

export type Report = {
  readonly machine: Machine;
  readonly seed: number;
  readonly startedAt: string;
  readonly figures: readonly Figures[];
};

/** This machine and the code that runs. */
export function machineOf(): Machine {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args], { cwd: ROOT, encoding: 'utf8' }).trim();
  let commit = 'unknown';
  try {
    const isClean = git('status', '--porcelain', '--untracked-files=no') === '';
    commit = `${git('rev-parse', '--short', 'HEAD')}${isClean ? '' : ' with changes'}`;
  } catch {
    // A copy without its history has no commit to name.
  }
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    commit,
  };
}

const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(0));
const list = (values: readonly number[]): string => values.map((one) => one.toFixed(0)).join(' ');

/** One line per load, as it happens. */
export function printLoad(load: LoadResult): void {
  const refused = Object.entries(load.refused).map(([code, n]) => `${code} ${n}`);
  const faults = [
    ...refused,
    ...(load.failed > 0 ? [`failed ${load.failed}`] : []),
    ...(load.missing > 0 ? [`MISSING ${load.missing}`] : []),
    ...(load.latenessMs > 200 ? [`client late ${ms(load.latenessMs)} ms`] : []),
  ];
  process.stderr.write(
    `${load.name.padEnd(22)} offered ${ms(load.offeredRate).padStart(5)}/s ` +
      `final ${ms(load.finalRate).padStart(5)}/s ` +
      `final p50/p90/p99 ${ms(load.final.p50)}/${ms(load.final.p90)}/${ms(load.final.p99)} ms ` +
      `proved ${ms(load.proved.p50)}/${ms(load.proved.p90)}/${ms(load.proved.p99)} ms ` +
      `cpu us/tx ${list(load.nodeCpuUsPerTx)} (threads ${list(load.threadCpuUsPerTx)}) ` +
      `client ${ms(load.clientCpuUsPerTx)} rss ${list(load.rssMiB)} ` +
      `${faults.join(', ')}\n`,
  );
}

/** The table at the end. */
export function printSummary({ machine, seed, figures }: Report): void {
  const out = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  out(
    `\n${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, kernel ${machine.kernel}, ` +
      `Node ${machine.node}, commit ${machine.commit}, seed ${seed}`,
  );
  for (const { suite, loads, peak, contract, bare, bareContract, memory } of figures) {
    out(`\nsuite ${suite}, 4 validators and all clients on this machine`);
    const find = (name: string): LoadResult | undefined =>
      loads.findLast((one) => one.name === name);
    const rate = (name: string, load: LoadResult | undefined): void => {
      if (load !== undefined)
        out(
          `${name.padEnd(44)} ${load.finalRate.toFixed(0).padStart(7)} /s over ${load.seconds} s`,
        );
    };
    rate('one transaction per envelope, final', find('sustained single'));
    rate('100 transactions per envelope, final', find('sustained bulk'));
    rate('one contract transaction per envelope, final', contract);
    printBare(out, 'bare verify-and-execute loop', bare, peak);
    printBare(out, 'bare loop, contract transactions', bareContract, contract);
    const light = find('light');
    if (light !== undefined)
      out(
        `${`light load (${light.offeredRate} /s), p50 / p99`.padEnd(44)} final ${ms(light.final.p50)} / ${ms(light.final.p99)} ms, proved ${ms(light.proved.p50)} / ${ms(light.proved.p99)} ms`,
      );
    const kept = (name: string): void => {
      const load = find(name);
      if (load === undefined || peak === undefined) return;
      const full = load.refused['PoolFull'] ?? 0;
      out(
        `${`goodput kept, ${name}`.padEnd(44)} ${((100 * load.finalRate) / peak.finalRate).toFixed(0).padStart(6)} % (${load.finalRate.toFixed(0)} /s; PoolFull ${full} of ${load.sent})`,
      );
    };
    kept('overload 3x');
    kept('one of four down');
    if (memory !== undefined)
      out(
        `${`memory growth, ${memory.seconds} s at ${memory.rate.toFixed(0)} /s`.padEnd(44)} ${(100 * memory.growth).toFixed(1).padStart(6)} % (with mapped files ${(100 * memory.residentGrowth).toFixed(1)} %)`,
      );
    const missing = loads.reduce((sum, one) => sum + one.missing, 0);
    out(`${'taken and never final'.padEnd(44)} ${String(missing).padStart(7)}`);
  }
}

/** A bare loop, and what of it a load has reached. */
function printBare(
  out: (text: string) => void,
  name: string,
  bare: BareFigures | undefined,
  reached: LoadResult | undefined,
): void {
  if (bare === undefined) return;
  const rate = bare.rate.toFixed(0).padStart(7);
  const limit = bare.networkLimit.toFixed(0);
  out(`${name.padEnd(44)} ${rate} /s on ${bare.processes} cores; ÷ 4 validators ${limit} /s`);
  for (const { cpuUsPerTx, stageUsPerTx } of bare.perProcess) {
    const stages = Object.entries(stageUsPerTx).map(([stage, us]) => `${stage} ${us.toFixed(0)}`);
    out(`  cpu ${cpuUsPerTx.toFixed(0)} us/tx: ${stages.join(', ')}`);
  }
  if (reached === undefined) return;
  const ratio = (reached.finalRate / bare.networkLimit).toFixed(2).padStart(7);
  out(`${'reached ÷ bare'.padEnd(44)} ${ratio}`);
}
