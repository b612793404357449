// npm run check: everything about the sources that can be judged without running them.
// `npm run check -- lint floors` runs only the checks with these names.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { isSource, isTest, listFiles, ROOT } from './workspace.mjs';

const bin = (name) => `node_modules/${name}`;
const tsc = (project) => [bin('typescript/bin/tsc'), '-p', project, '--pretty', 'false'];

// Slowest first, so that the short ones fill the gaps.
const CHECKS = [
  { name: 'types', run: tsc('tsconfig.json') },
  { name: 'types-pure', run: tsc('tsconfig.pure.json') },
  { name: 'types-client', run: tsc('tsconfig.client.json'), needs: 'packages/client/src' },
  { name: 'types-console', run: tsc('packages/console'), needs: 'packages/console/src' },
  { name: 'lint', run: [bin('oxlint/bin/oxlint'), '--type-aware', '--format', 'unix'] },
  { name: 'unused', run: [bin('knip/bin/knip.js'), '--no-progress', '--no-config-hints'] },
  { name: 'format', run: [bin('oxfmt/bin/oxfmt'), '--list-different'] },
  { name: 'floors', run: ['tools/floors.mjs'] },
  { name: 'tidy', run: ['tools/tidy.mjs'] },
  { name: 'docs', run: ['tools/docs.mjs', '--check'] },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `No check is called ${unknown.join(', ')}: ${CHECKS.map((c) => c.name).join(', ')}\n`,
  );
  process.exit(2);
}
const queue = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name)).filter(
  ({ needs }) =>
    needs === undefined || listFiles(ROOT, needs, (p) => isSource(p) && !isTest(p)).length > 0,
);
const failed = [];
const total = queue.length;
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
for (const { name, output } of failed) process.stdout.write(`\n== ${name}\n${output.trimEnd()}\n`);
process.stdout.write(`\n${total - failed.length} passed, ${failed.length} failed\n`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function worker() {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const startedMs = Date.now();
    const { code, output } = await run(check.run);
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${check.name.padEnd(14)} ${seconds} s\n`);
    if (code !== 0) failed.push({ name: check.name, output });
  }
}

function run(args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: ROOT });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => done({ code: 1, output: error.message }));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}
