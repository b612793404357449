// Bundles the sources that run in a process of their own, and the console, into one flat folder.
//
//   node_modules/.cache/hanse/
//     manifest.json          what the current bundle was made from (path, mtime, size)
//     <digest of outputs>/   cli.js, node.js, registry.js, <name>.worker.js, chunks, console/
//
// A bundle folder never changes once it has its name: a running validator keeps the code it was
// started with, while a newer launcher makes a newer folder. Code finds its siblings by
// `new URL('./node.js', import.meta.url)`, which holds in every chunk because the folder is flat.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FORMAT = 1;
// A file's mtime comes from the kernel's coarse clock, which runs up to a tick behind.
const CLOCK_GRAIN_MS = 20;
const KEPT_FOLDERS = 10;
const KEPT_MS = 24 * 3600 * 1000;
const CONSOLE_MAIN = 'packages/console/src/main.tsx';
const ENGINE_MAIN = 'packages/isolate/src/enginefile.ts';
const CONSOLE_PUBLIC = 'packages/console/public';

/**
 * Returns the folder with the current bundle, building it first when a source has changed.
 * Loads esbuild only when there is something to build.
 *
 * @param {string} root the checkout
 * @param {{ logLevel?: 'warning' | 'silent' }} [options]
 * @returns {Promise<{ dir: string, built: boolean }>}
 * @throws {Error} when a source does not compile; esbuild has then printed where
 */
export async function ensureBundle(root, { logLevel = 'warning' } = {}) {
  const cache = join(root, 'node_modules/.cache/hanse');
  const entries = findEntries(root);
  const manifest = readManifest(cache);
  if (manifest && isCurrent(root, cache, manifest, entries)) {
    return { dir: join(cache, manifest.folder), built: false };
  }
  return { dir: await build({ root, cache, logLevel }, entries, manifest), built: true };
}

/** Entry points by output name. Two workers of one name would overwrite each other: refused. */
function findEntries(root) {
  const entries = {};
  const add = (name, path) => {
    if (entries[name]) throw new Error(`${path} and ${entries[name]} would both be ${name}.js`);
    entries[name] = path;
  };
  for (const name of ['cli', 'node', 'registry']) {
    const path = `packages/${name}/src/main.ts`;
    if (existsSync(join(root, path))) add(name, path);
  }
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const src = `packages/${name}/src`;
    if (!existsSync(join(root, src))) continue;
    for (const file of readdirSync(join(root, src)).sort()) {
      if (file.endsWith('.worker.ts')) add(file.slice(0, -'.ts'.length), `${src}/${file}`);
    }
  }
  return entries;
}

function readManifest(cache) {
  try {
    const manifest = JSON.parse(readFileSync(join(cache, 'manifest.json'), 'utf8'));
    return manifest.format === FORMAT ? manifest : undefined;
  } catch {
    return undefined; // absent, or half a disk full: build again
  }
}

function isCurrent(root, cache, manifest, entries) {
  return (
    existsSync(join(cache, manifest.folder)) &&
    JSON.stringify(manifest.entries) === JSON.stringify(entries) &&
    areUnchanged(root, manifest.inputs) &&
    isConsoleCurrent(root, manifest)
  );
}

function isConsoleCurrent(root, manifest) {
  if (!manifest.console) return !existsSync(join(root, CONSOLE_MAIN));
  const publicFiles = listFiles(root, CONSOLE_PUBLIC);
  return (
    JSON.stringify(publicFiles) === JSON.stringify(manifest.console.publicFiles) &&
    areUnchanged(root, manifest.console.inputs)
  );
}

function areUnchanged(root, inputs) {
  return inputs.every(([path, mtimeMs, size]) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    return stat !== undefined && stat.mtimeMs === mtimeMs && stat.size === size;
  });
}

/** Stamps inputs; one edited while (or just before) the build ran gets a stamp that never matches. */
function stamp(root, paths, startedMs) {
  return [...new Set(paths)].sort().map((path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    const settled = stat !== undefined && stat.mtimeMs < startedMs - CLOCK_GRAIN_MS;
    return [path, settled ? stat.mtimeMs : -1, stat?.size ?? -1];
  });
}

function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

async function build({ root, cache, logLevel }, entries, previous) {
  const startedMs = Date.now();
  mkdirSync(cache, { recursive: true });
  const temp = join(cache, `.new-${process.pid}-${startedMs}`);
  try {
    const esbuild = await import('esbuild');
    const bundle = (options) => esbuild.build({ ...options, logLevel });
    const [inputs, engineInputs, console] = await Promise.all([
      buildNode(bundle, root, temp, entries),
      buildEngine(bundle, root, temp, cache),
      buildConsole(bundle, root, temp, cache, previous, startedMs).catch(() =>
        withoutConsole(logLevel),
      ),
    ]);
    const folder = digestFolder(temp);
    publish(temp, join(cache, folder));
    const manifest = {
      format: FORMAT,
      folder,
      entries,
      inputs: stamp(root, [...inputs, ...engineInputs, ...configFiles(root)], startedMs),
      console,
    };
    writeAtomically(join(cache, 'manifest.json'), JSON.stringify(manifest));
    prune(cache, folder);
    return join(cache, folder);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** Files that change what the sources resolve to. */
function configFiles(root) {
  const packages = readdirSync(join(root, 'packages')).map(
    (name) => `packages/${name}/package.json`,
  );
  return ['package.json', 'tools/bundle.mjs', ...packages].filter((path) =>
    existsSync(join(root, path)),
  );
}

async function buildNode(bundle, root, outdir, entries) {
  mkdirSync(outdir, { recursive: true });
  if (Object.keys(entries).length === 0) return [];
  const result = await bundle({
    ...shared(root, outdir),
    entryPoints: entries,
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    chunkNames: '[name]-[hash]',
    plugins: [externalPackages()],
  });
  return Object.keys(result.metafile.inputs);
}

/** Puts the engine of contracts beside the code that looks for it there; made once, then kept by its maker. */
async function buildEngine(bundle, root, outdir, cache) {
  if (!existsSync(join(root, ENGINE_MAIN))) return [];
  const outfile = join(cache, `.engine-${process.pid}.mjs`);
  const { outdir: _, splitting: __, entryNames: ___, ...options } = shared(root, outdir);
  try {
    const { metafile } = await bundle({
      ...options,
      entryPoints: [ENGINE_MAIN],
      outfile,
      platform: 'node',
      target: 'node20',
      plugins: [externalPackages()],
    });
    const { readEngine } = await import(pathToFileURL(outfile).href);
    mkdirSync(outdir, { recursive: true });
    writeFileSync(join(outdir, 'engine.wasm'), readEngine());
    return Object.keys(metafile.inputs);
  } finally {
    rmSync(outfile, { force: true });
  }
}

async function buildConsole(bundle, root, temp, cache, previous, startedMs) {
  if (!existsSync(join(root, CONSOLE_MAIN))) return undefined;
  const outdir = join(temp, 'console');
  const old = previous && join(cache, previous.folder, 'console');
  if (old && previous.console && isConsoleCurrent(root, previous) && existsSync(old)) {
    cpSync(old, outdir, { recursive: true });
    return previous.console;
  }
  const result = await bundle({
    ...shared(root, outdir),
    entryPoints: { main: CONSOLE_MAIN },
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'file', '.png': 'file', '.woff2': 'file' },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [keptStyles()],
  });
  const publicFiles = listFiles(root, CONSOLE_PUBLIC);
  if (publicFiles.length > 0) cpSync(join(root, CONSOLE_PUBLIC), outdir, { recursive: true });
  const inputs = [...Object.keys(result.metafile.inputs), ...publicFiles, ...configFiles(root)];
  return { publicFiles, inputs: stamp(root, inputs, startedMs) };
}

/** A console that does not compile must not stop the other commands; the next start tries again. */
function withoutConsole(logLevel) {
  if (logLevel !== 'silent')
    process.stderr.write('hanse: the console does not compile (above); going on without it.\n');
  return { publicFiles: [], inputs: [[CONSOLE_MAIN, -1, -1]] };
}

function shared(root, outdir) {
  return {
    absWorkingDir: root,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    entryNames: '[name]',
    conditions: ['@hanse/source'],
    metafile: true,
    legalComments: 'none',
  };
}

/** Everything from node_modules stays outside; our own packages go in. */
export function externalPackages() {
  return {
    name: 'external-packages',
    setup(builder) {
      builder.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
        kind === 'entry-point' || path.startsWith('@hanse/') ? undefined : { path, external: true },
      );
    },
  };
}

/** A style sheet works by being imported, whatever "sideEffects" says of the package's modules. */
function keptStyles() {
  return {
    name: 'kept-styles',
    setup(builder) {
      builder.onResolve({ filter: /^\..*\.css$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        sideEffects: true,
      }));
    },
  };
}

function digestFolder(dir) {
  const hash = createHash('sha256');
  for (const path of listFiles(dir, '.')) {
    hash.update(`${path}\0`).update(readFileSync(join(dir, path)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Equal names mean equal bytes, so losing the race to another process is no loss. */
function publish(temp, target) {
  try {
    renameSync(temp, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

function writeAtomically(path, text) {
  const temp = `${path}.${process.pid}`;
  writeFileSync(temp, text);
  renameSync(temp, path);
}

/** Drops bundles that are both old and not among the newest; validators may run from the others. */
function prune(cache, current) {
  const folders = readdirSync(cache)
    .filter((name) => /^[0-9a-f]{16}$|^\.new-/.test(name) && name !== current)
    .map((name) => ({
      path: join(cache, name),
      stat: statSync(join(cache, name), { throwIfNoEntry: false }),
    }))
    .filter(({ stat }) => stat !== undefined)
    .sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  for (const { path, stat } of folders.slice(KEPT_FOLDERS)) {
    if (Date.now() - stat.mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { dir, built } = await ensureBundle(fileURLToPath(new URL('..', import.meta.url)));
  process.stdout.write(`${dir}${built ? ' (built)' : ''}\n`);
}
