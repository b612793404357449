// The simulator's gate: node tools/run.mjs test/sim/main.ts [--fast 2000] [--whole 40] [--from 1]
import { parseArgs } from 'node:util';
import { must } from '@hanse/kit';
import { runSeeds } from '@hanse/sim';

const { values } = parseArgs({
  options: {
    fast: { type: 'string', default: '2000' },
    whole: { type: 'string', default: '40' },
    from: { type: 'string', default: '1' },
  },
});
const root = must(process.env['HANSE_ROOT'], 'started by tools/run.mjs');
const from = Number(values.from);
let passed = 0;
let failed = 0;

for (const tier of ['fast', 'whole'] as const) {
  const count = Number(values[tier]);
  const startedMs = Date.now();
  let printed = 0;
  const broken = await runSeeds({
    root,
    tier,
    from,
    count,
    onProgress: (done) => {
      if (done < count && done - printed < count / 10) return;
      printed = done;
      process.stderr.write(`${tier}: ${done} of ${count} seeds\n`);
    },
  });
  for (const { seed, reason } of broken) {
    process.stdout.write(`${tier} seed ${seed}: ${reason}\n`);
    process.stdout.write(`  replay: ./hanse seed ${seed} --tier ${tier}\n`);
  }
  passed += count - broken.length;
  failed += broken.length;
  const seconds = ((Date.now() - startedMs) / 1_000).toFixed(0);
  process.stdout.write(
    `${tier}: ${count} seeds from ${from}, ${broken.length} broken, ${seconds} s\n`,
  );
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
