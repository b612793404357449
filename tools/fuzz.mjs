// npm run fuzz [-- <factor> <paths...>]: the property tests with many times their usual number of
// runs. Each failure prints fast-check's seed, path and smallest counterexample.
// npm run fuzz -- readers [--inputs 1000000] [--seed 1] [--seconds 60] [--only tx]: changed samples
// for everything that reads bytes or JSON from strangers.
import { spawnSync } from 'node:child_process';
import { ROOT } from './workspace.mjs';

const args = process.argv.slice(2);
const factor = /^\d+$/.test(args[0] ?? '') ? args.shift() : '20';
const command =
  args[0] === 'readers'
    ? ['tools/run.mjs', 'test/fuzz/main.ts', ...args.slice(1)]
    : ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--testTimeout=0', ...args];
const { status } = spawnSync(process.execPath, command, {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, HANSE_FUZZ: factor },
});
process.exitCode = status ?? 1;
