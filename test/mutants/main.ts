// npm run mutants -- rules [names...]: plants each named fault and runs seeds until one notices.
import { must } from '@hanse/kit';
import { runMutants } from '@hanse/sim';

const names = process.argv.slice(2);
let survivors = 0;

await runMutants({
  root: must(process.env['HANSE_ROOT'], 'started by tools/run.mjs'),
  ...(names.length === 0 ? {} : { names }),
  onResult: ({ name, rule, isKilled, seed, reason, seeds }) => {
    if (!isKilled) survivors += 1;
    const fate = isKilled ? `killed by seed ${seed}  ${reason}` : `SURVIVED ${seeds} seeds`;
    process.stdout.write(`${rule.padEnd(9)} ${name.padEnd(52)} ${fate}\n`);
  },
});
process.stdout.write(`${survivors === 0 ? 'every mutant was killed' : `${survivors} survived`}\n`);
process.exitCode = survivors === 0 ? 0 : 1;
