// Bundles one TypeScript program of test/ with our packages and runs it: node tools/run.mjs <file.ts> [arguments].
// The program finds the validators' bundle in HANSE_BUNDLE_DIR and the checkout in HANSE_ROOT.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBundle, externalPackages } from './bundle.mjs';
import { ROOT } from './workspace.mjs';

const KEPT_FILES = 20;

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: node tools/run.mjs <file.ts> [arguments]\n');
  process.exit(2);
}
process.env.HANSE_ROOT = ROOT;
process.env.HANSE_BUNDLE_DIR ??= (await ensureBundle(ROOT)).dir;
const program = await bundle(file);
process.argv = [process.argv[0] ?? 'node', program, ...args];
await import(pathToFileURL(program).href);

/** @param {string} path @returns {Promise<string>} */
async function bundle(path) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@hanse/source'],
    sourcemap: 'inline',
    plugins: [externalPackages()],
  });
  const text = outputFiles[0]?.text ?? '';
  const cache = join(ROOT, 'node_modules/.cache/hanse-run');
  const target = join(cache, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  prune(cache);
  writeFileSync(`${target}.${process.pid}`, text);
  renameSync(`${target}.${process.pid}`, target);
  return target;
}

/** Drops the oldest programs; a running one has been read already. */
function prune(cache) {
  readdirSync(cache)
    .map((name) => ({ path: join(cache, name), mtimeMs: statSync(join(cache, name)).mtimeMs }))
    .sort((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(KEPT_FILES)
    .forEach(({ path }) => rmSync(path, { force: true }));
}
