// npm run fuzz [-- <factor> <paths...>]: the property tests with many times their usual number of
// runs. Each failure prints fast-check's seed, path and smallest counterexample.
import { spawnSync } from 'node:child_process';
import { ROOT } from './workspace.mjs';

const args = process.argv.slice(2);
const factor = /^\d+$/.test(args[0] ?? '') ? args.shift() : '20';
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--testTimeout=0', ...args],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, HANSE_FUZZ: factor } },
);
process.exitCode = status ?? 1;
