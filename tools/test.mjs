// npm test: the whole proof, stage after stage, stopping at the first that fails.
// `npm test -- unit sim` runs only the stages with these names.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = 'node_modules/vitest/vitest.mjs';

// A stage with `needs` joins as soon as these paths exist. Stages report through a last line
// `N passed, N failed`; one without counts as one test. Vitest reports through its JSON file.
const STAGES = [
  { name: 'check', title: 'Types, lint, format, floors', run: ['tools/check.mjs'] },
  { name: 'unit', title: 'Unit and property tests', vitest: 'unit' },
  {
    name: 'sim',
    title: 'Simulated networks with faults and liars',
    run: ['tools/run.mjs', 'test/sim/main.ts'],
  },
  {
    name: 'e2e',
    title: 'Real validators, real browser',
    vitest: 'e2e',
    needs: ['test/e2e'],
  },
];

const wanted = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };

try {
  ensure(ROOT);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  finish({ passed: 0, failed: 1, skipped: 0 });
}

for (const stage of STAGES) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue;
  process.stdout.write(`\n=== ${stage.name}: ${stage.title}\n`);
  const missing = (stage.needs ?? []).find((path) => !existsSync(join(ROOT, path)));
  if (missing) {
    process.stdout.write(`nothing to run: there is no ${missing} yet\n`);
    continue;
  }
  const result = stage.vitest ? await runVitest(stage.vitest) : await runCounted(stage.run);
  sum.passed += result.passed;
  sum.failed += result.failed;
  sum.skipped += result.skipped;
  if (result.failed > 0) {
    process.stdout.write(`\n=== stopped: ${stage.name} failed\n`);
    break;
  }
}
finish(sum);

function finish({ passed, failed, skipped }) {
  if (skipped > 0) process.stdout.write(`\n${skipped} skipped\n`);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exit(failed > 0 ? 1 : 0);
}

async function runVitest(project) {
  const report = join(ROOT, `node_modules/.cache/hanse-test/${project}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const { code } = await run([
    VITEST,
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const json = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded, or an error between tests, fails the run without failing a test.
  const failed = Math.max(json.numFailedTests, code === 0 ? 0 : 1);
  return { passed: json.numPassedTests, failed, skipped: json.numPendingTests };
}

async function runCounted(args) {
  const { code, output } = await run(args);
  const counts = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  const passed = counts ? Number(counts[1]) : Number(code === 0);
  const failed = Math.max(counts ? Number(counts[2]) : 0, code === 0 ? 0 : 1);
  return { passed, failed, skipped: 0 };
}

function run(args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      process.stdout.write(data);
      output += data;
    });
    child.on('error', (error) => done({ code: 1, output: error.message }));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}
