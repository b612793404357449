import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Network } from '../harness/network.ts';
import { seeded } from '../harness/random.ts';
import { flips } from './flips.ts';
import { kills } from './kills.ts';

const USAGE = `usage: npm run chaos -- [options]
  --kills N      kill all validators at random moments, N times in a row under load (30)
  --single N     kill one validator at a time, N times (10)
  --flips N      flip N single bits in copies of a validator's data folder (100)
  --suite S      intl or sm
  --seed N       of the moments, validators and bits (random)
  --out FILE     write the summary as JSON
`;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '30' },
      single: { type: 'string', default: '10' },
      flips: { type: 'string', default: '100' },
      suite: { type: 'string', default: 'intl' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const suite = values.suite === 'sm' ? 'sm' : 'intl';
  if (values.help) {
    process.stdout.write(USAGE);
    return true;
  }
  const seed = Number(values.seed);
  const random = seeded(seed);
  const startedMs = Date.now();
  say(`seed ${seed}, suite ${suite}`);
  const network = await Network.start({ suite, operators: 8 });
  try {
    const crashes = await kills(network, {
      all: Number(values.kills),
      single: Number(values.single),
      random,
      say,
    });
    const damage = await flips(network, { count: Number(values.flips), random, say });
    const ok = crashes.contradictions.length === 0 && crashes.failures.length === 0;
    const summary = {
      ok: ok && damage.wrong.length === 0,
      seed,
      suite,
      seconds: Math.round((Date.now() - startedMs) / 1_000),
      crashes,
      damage,
    };
    const text = JSON.stringify(summary, undefined, 2);
    process.stdout.write(`${text}\n`);
    if (values.out !== undefined) writeFileSync(values.out, `${text}\n`);
    return summary.ok;
  } catch (error) {
    say(await network.describe());
    throw error;
  } finally {
    await network.remove();
  }
}

await main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
