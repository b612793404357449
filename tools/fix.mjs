// npm run fix: formats, applies the linter's safe fixes, regenerates what is generated.
// `npm run fix -- packages/kit` keeps to one folder.
import { spawnSync } from 'node:child_process';
import { ROOT } from './workspace.mjs';

const paths = process.argv.slice(2);
const steps = [
  ['node_modules/oxlint/bin/oxlint', '--fix', '--format', 'unix', ...paths],
  ['node_modules/oxfmt/bin/oxfmt', ...paths],
  ['tools/docs.mjs'],
];
for (const args of steps) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
