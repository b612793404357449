import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Network } from '../harness/network.ts';
import { measureBare, runBareChild } from './barefleet.ts';
import { runGenerator } from './generator.ts';
import { offer, type Load, type LoadResult } from './load.ts';
import { readOptions, type BenchOptions, type Scenario } from './options.ts';
import { machineOf, printLoad, printSummary, type Figures, type Report } from './report.ts';
import { soak } from './soak.ts';
import { deployTransfer } from './transfer.ts';

const SEARCH_FIRST = { intl: 800, sm: 300 } as const;
const SEARCH_FACTOR = 1.3;
const SEARCH_STEPS = 14;
/** Part of what is offered that must become final for a rate to count as kept. */
const KEPT = 0.95;
const LATENCY_MS_MAX = 2_000;
const OPERATORS_PER_NODE = 8;
const NODES = 4;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Measure one suite: one network, one scenario after the other, then the bare loop. */
async function measure(options: BenchOptions, suite: 'intl' | 'sm'): Promise<Figures> {
  const wants = (name: Scenario): boolean => options.scenarios.includes(name);
  say(`\n== suite ${suite}: starting ${NODES} validators`);
  const network = await Network.start({
    suite,
    operators: NODES * OPERATORS_PER_NODE,
    nodeArgs: (index) => nodeArgs(options, index),
  });
  const loads: LoadResult[] = [];
  const run = async (load: Omit<Load, 'seed'>): Promise<LoadResult> => {
    const result = await offer(network, { ...load, seed: options.seed });
    printLoad(result);
    loads.push(result);
    return result;
  };
  try {
    // Compilers need some thousand transactions before figures mean anything.
    const rate = 1.5 * SEARCH_FIRST[suite];
    await run({ ...shapes.single, name: 'warm-up', rate, seconds: options.stepSeconds });
    if (wants('light'))
      await run({
        name: 'light',
        rate: options.lightRate,
        seconds: Math.max(10, options.stepSeconds),
        txsPerEnvelope: 1,
        envelopesPerPost: 1,
      });
    const peak = wants('single') ? await sustained(options, suite, run, 'single') : undefined;
    const reference = peak?.finalRate ?? options.rate ?? SEARCH_FIRST[suite];
    if (wants('overload'))
      await run({
        ...shapes.single,
        name: 'overload 3x',
        rate: 3 * reference,
        seconds: 2 * options.stepSeconds,
      });
    if (wants('crashed')) await crashed(network, run, reference, options);
    if (wants('bulk')) await sustained(options, suite, run, 'bulk');
    const contract = wants('contract') ? await contracts(network, options, suite, run) : undefined;
    const memory = wants('soak')
      ? await soak(network, { seconds: options.soakSeconds, rate: 0.6 * reference, run })
      : undefined;
    const missing = loads.reduce((sum, one) => sum + one.missing, 0);
    if (missing > 0) say(await network.describe());
    await network.stopAll();
    const bareLoop = { txsPerEnvelope: 1, seconds: options.stepSeconds } as const;
    const bare = wants('bare')
      ? await measureBare(network.files, { ...bareLoop, kind: 'deposit' })
      : undefined;
    const bareContract =
      wants('bare') && wants('contract')
        ? await measureBare(network.files, { ...bareLoop, kind: 'transfer' })
        : undefined;
    return { suite, loads, peak, contract, bare, bareContract, memory };
  } catch (error) {
    say(await network.describe());
    throw error;
  } finally {
    await network.remove();
  }
}

const shapes = {
  single: { txsPerEnvelope: 1, envelopesPerPost: 100 },
  bulk: { txsPerEnvelope: 100, envelopesPerPost: 4 },
  contract: { txsPerEnvelope: 1, envelopesPerPost: 100, kind: 'transfer' },
} as const;

/** Single transactions that call a deployed contract: money from one account to another. */
async function contracts(
  network: Network,
  options: BenchOptions,
  suite: 'intl' | 'sm',
  run: Run,
): Promise<LoadResult> {
  await deployTransfer(network);
  const rate = SEARCH_FIRST[suite];
  await run({ ...shapes.contract, name: 'warm-up contract', rate, seconds: options.stepSeconds });
  return sustained(options, suite, run, 'contract');
}

type Run = (load: Omit<Load, 'seed'>) => Promise<LoadResult>;

/** Find the highest rate that is kept, then keep it for the length of the run. */
async function sustained(
  options: BenchOptions,
  suite: 'intl' | 'sm',
  run: Run,
  shape: keyof typeof shapes,
): Promise<LoadResult> {
  const first = SEARCH_FIRST[suite] * (shape === 'bulk' ? 3 : 1);
  let rate = options.rate ?? (await search(run, shape, first, options.stepSeconds));
  for (;;) {
    const name = `sustained ${shape}`;
    const result = await run({ ...shapes[shape], name, rate, seconds: options.seconds });
    const isKept = result.finalRate >= KEPT * rate && result.final.p99 <= 2 * LATENCY_MS_MAX;
    if (isKept || options.rate !== undefined || rate < first / 4) return result;
    rate *= 0.85;
  }
}

/** Raise the rate until it is not kept twice; the best goodput seen, a little below. */
async function search(
  run: Run,
  shape: keyof typeof shapes,
  first: number,
  seconds: number,
): Promise<number> {
  let best = 0;
  let failed = 0;
  let rate = first;
  for (let step = 0; step < SEARCH_STEPS && failed < 2; step++) {
    const name = `search ${shape} ${Math.round(rate)}`;
    const result = await run({ ...shapes[shape], name, rate, seconds });
    const isKept = result.finalRate >= KEPT * rate && result.final.p99 <= LATENCY_MS_MAX;
    best = Math.max(best, Math.min(rate, isKept ? rate : 0.95 * result.finalRate));
    if (!isKept) failed++;
    rate *= SEARCH_FACTOR;
  }
  return best;
}

/** Kill one validator as the load starts; the others' clients go on. */
async function crashed(
  network: Network,
  run: Run,
  reference: number,
  options: BenchOptions,
): Promise<void> {
  const last = NODES - 1;
  await network.kill(last);
  await run({
    ...shapes.single,
    name: 'one of four down',
    rate: reference,
    seconds: 2 * options.stepSeconds,
    nodes: [0, 1, 2],
  });
  await network.startNode(last);
  await network.connected();
}

function nodeArgs({ profileDir, nodeFlags }: BenchOptions, index: number): readonly string[] {
  if (profileDir === undefined || index !== 0) return nodeFlags;
  mkdirSync(profileDir, { recursive: true });
  return [...nodeFlags, '--cpu-prof', `--cpu-prof-dir=${resolve(profileDir)}`];
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const figures: Figures[] = [];
  const startedAt = new Date().toISOString();
  for (const suite of options.suites) figures.push(await measure(options, suite));
  const report: Report = { machine: machineOf(), seed: options.seed, startedAt, figures };
  printSummary(report);
  if (options.output !== undefined)
    writeFileSync(join(options.output), `${JSON.stringify(report, undefined, 2)}\n`);
}

switch (process.argv[2]) {
  case 'generator':
    runGenerator();
    break;
  case 'bare':
    runBareChild();
    break;
  default:
    await main().then(
      () => process.exit(0),
      (error: unknown) => {
        say(error instanceof Error ? (error.stack ?? error.message) : String(error));
        process.exit(1);
      },
    );
}
