import { parseArgs } from 'node:util';
import type { Genesis } from '@hanse/model';

/** What to measure. Rates are transactions a second, offered by all clients together. */
export type BenchOptions = {
  readonly suites: readonly Genesis['suite'][];
  /** Length of the sustained run. */
  readonly seconds: number;
  /** Length of each step of the search and of the shorter runs. */
  readonly stepSeconds: number;
  /** Offered rate instead of a search. */
  readonly rate: number | undefined;
  readonly lightRate: number;
  readonly seed: number;
  readonly scenarios: readonly Scenario[];
  readonly soakSeconds: number;
  readonly output: string | undefined;
  /** Flags for the Node process of each validator. */
  readonly nodeFlags: readonly string[];
  /** Folder for CPU profiles of validator 0. */
  readonly profileDir: string | undefined;
};

const SCENARIOS = [
  'single',
  'bulk',
  'light',
  'overload',
  'crashed',
  'contract',
  'bare',
  'soak',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** How to call the benchmark. */
export const USAGE = `usage: npm run bench -- [options]
  --suite intl|sm|both    signature suite of the chain (intl)
  --seconds N             length of the sustained run (60)
  --rate N                offered transactions a second; searched for when absent
  --only a,b              of: ${SCENARIOS.join(', ')} (all but soak)
  --soak N                also run N seconds at 60 % of the peak and watch memory
  --quick                 short runs, for a look
  --seed N                seed of the workload (1)
  --out FILE              write the figures as JSON
  --node-flags="F"        flags for the validators' Node processes, to compare
  --profile DIR           CPU profiles of validator 0
`;

/** Read the command line. Throws an Error with the usage in it. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      suite: { type: 'string', default: 'intl' },
      seconds: { type: 'string' },
      rate: { type: 'string' },
      only: { type: 'string' },
      soak: { type: 'string', default: '0' },
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      out: { type: 'string' },
      profile: { type: 'string' },
      'node-flags': { type: 'string', default: '' },
      light: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new Error(USAGE);
  const soakSeconds = number(values.soak, 'soak');
  return {
    suites: suitesOf(values.suite),
    seconds: number(values.seconds ?? (values.quick ? '10' : '60'), 'seconds'),
    stepSeconds: values.quick ? 4 : 8,
    rate: values.rate === undefined ? undefined : number(values.rate, 'rate'),
    lightRate: number(values.light, 'light'),
    seed: number(values.seed, 'seed'),
    scenarios: scenariosOf(values.only, soakSeconds > 0),
    soakSeconds,
    output: values.out,
    nodeFlags: values['node-flags'].split(' ').filter((flag) => flag !== ''),
    profileDir: values.profile,
  };
}

function suitesOf(text: string): BenchOptions['suites'] {
  if (text === 'both') return ['intl', 'sm'];
  if (text === 'intl' || text === 'sm') return [text];
  throw new Error(`no suite "${text}"\n${USAGE}`);
}

function scenariosOf(text: string | undefined, soak: boolean): readonly Scenario[] {
  if (text === undefined) return SCENARIOS.filter((name) => name !== 'soak' || soak);
  return text.split(',').map((name) => {
    const known = SCENARIOS.find((one) => one === name);
    if (known === undefined) throw new Error(`no scenario "${name}"\n${USAGE}`);
    return known;
  });
}

function number(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} ${text}\n${USAGE}`);
  return value;
}
