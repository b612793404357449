import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { runFuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    only: { type: 'string' },
  },
});

const PROGRESS_EVERY = 1_000_000;
let told = 0;
const report = runFuzz({
  inputs: Number(values.inputs),
  seed: Number(values.seed),
  ...(values.seconds === undefined ? {} : { seconds: Number(values.seconds) }),
  ...(values.only === undefined ? {} : { only: values.only }),
  onProgress: (inputs) => {
    if (inputs - told < PROGRESS_EVERY) return;
    told = inputs;
    process.stderr.write(`${inputs} inputs\n`);
  },
});

process.stdout.write(
  `machine   ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`,
);
process.stdout.write(`seed      ${values.seed}\n`);
process.stdout.write(`targets   ${report.targets.length}\n`);
process.stdout.write(`inputs    ${report.inputs}, of which ${report.accepted} were accepted\n`);
process.stdout.write(
  `pace      ${Math.round(report.perSecond)} inputs/s for ${report.seconds.toFixed(1)} s\n`,
);
process.stdout.write(`slowest   ${report.slowestMs.toFixed(3)} ms an input, over 256 inputs\n`);
for (const { name, inputs, accepted } of report.targets) {
  process.stdout.write(
    `  ${name.padEnd(40)} ${String(inputs).padStart(10)} inputs ${String(accepted).padStart(10)} accepted\n`,
  );
}
