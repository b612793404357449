// npm run vectors: writes docs/spec/vectors/*.json and docs/spec/layouts.md anew. They are the same on
// every machine; a test compares them with what the sources give.
import { spawnSync } from 'node:child_process';
import { ROOT } from './workspace.mjs';

const { status } = spawnSync(process.execPath, ['tools/run.mjs', 'test/vectors/main.ts'], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
