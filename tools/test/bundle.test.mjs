import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureBundle as ensure } from '../bundle.mjs';

const BUNDLE = fileURLToPath(new URL('../bundle.mjs', import.meta.url));
const ensureBundle = (root) => ensure(root, { logLevel: 'silent' });
let root = '';
let writes = 0; // every write gets an mtime of its own, well in the past

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hanse-bundle-'));
  addPackage('kit', { 'src/index.ts': `export const greeting: string = 'moin';` });
  addPackage('cli', {
    'src/main.ts': `
      import { greeting } from '@hanse/kit';
      import { outside } from 'outside';
      export const said: string = greeting + outside;
      export const node: string = new URL('./node.js', import.meta.url).href;`,
  });
  addPackage('node', {
    'src/main.ts': `export { greeting } from '@hanse/kit';`,
    'src/verify.worker.ts': `export const worker: boolean = true;`,
  });
  write('node_modules/outside/package.json', `{ "type": "module", "exports": "./index.js" }`);
  write('node_modules/outside/index.js', `export const outside = '!';`);
  write('package.json', '{}');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  writes += 1;
  utimesSync(join(root, path), 1_700_000_000, 1_700_000_000 + writes);
}

function addPackage(name, files) {
  for (const [path, text] of Object.entries(files)) write(`packages/${name}/${path}`, text);
  write(
    `packages/${name}/package.json`,
    JSON.stringify({
      name: `@hanse/${name}`,
      type: 'module',
      sideEffects: false,
      exports: { '.': { '@hanse/source': './src/index.ts', default: './dist/index.js' } },
    }),
  );
  mkdirSync(join(root, 'node_modules/@hanse'), { recursive: true });
  symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@hanse', name));
}

const load = (dir, file) => import(/* @vite-ignore */ pathToFileURL(join(dir, file)).href);

test('bundles own packages, leaves the others outside, and puts siblings in one folder', async () => {
  const { dir, built } = await ensureBundle(root);
  expect(built).toBe(true);
  const cli = await load(dir, 'cli.js');
  expect(cli.said).toBe('moin!');
  expect(cli.node).toBe(pathToFileURL(join(dir, 'node.js')).href);
  expect((await load(dir, 'verify.worker.js')).worker).toBe(true);
  expect(readFileSync(join(dir, 'cli.js'), 'utf8')).toContain('from "outside"');
});

test('builds again only when a source or the set of entries changed', async () => {
  const first = await ensureBundle(root);
  expect(await ensureBundle(root)).toEqual({ dir: first.dir, built: false });

  write('packages/kit/src/index.ts', `export const greeting: string = 'tach';`);
  const second = await ensureBundle(root);
  expect(second.built).toBe(true);
  expect(second.dir).not.toBe(first.dir);
  expect((await load(second.dir, 'cli.js')).said).toBe('tach!');
  expect((await load(first.dir, 'cli.js')).said).toBe('moin!'); // a running process keeps its code

  write('packages/node/src/execute.worker.ts', `export const x: number = 1;`);
  const third = await ensureBundle(root);
  expect(existsSync(join(third.dir, 'execute.worker.js'))).toBe(true);
  expect((await ensureBundle(root)).built).toBe(false);
});

test('refuses two workers of one name', async () => {
  write('packages/kit/src/verify.worker.ts', `export const y: number = 1;`);
  await expect(ensureBundle(root)).rejects.toThrow('would both be verify.worker.js');
});

test('a source that does not compile fails the build and leaves the old bundle in place', async () => {
  const { dir } = await ensureBundle(root);
  write('packages/kit/src/index.ts', `export const = 1;`);
  await expect(ensureBundle(root)).rejects.toThrow('Build failed');
  expect(existsSync(join(dir, 'cli.js'))).toBe(true);
});

test('bundles the console with its style and public files; a broken one does not stop the rest', async () => {
  addPackage('console', {
    'src/main.tsx': `import './style.css'; document.title = 'hanse' as string;`,
    'src/style.css': `body { color: red; }`,
    'public/index.html': `<!doctype html>`,
  });
  const { dir } = await ensureBundle(root);
  expect(readFileSync(join(dir, 'console/main.css'), 'utf8')).toContain('red');
  expect(existsSync(join(dir, 'console/main.js'))).toBe(true);
  expect(existsSync(join(dir, 'console/index.html'))).toBe(true);

  write('packages/console/public/icon.svg', `<svg/>`);
  const next = await ensureBundle(root);
  expect(existsSync(join(next.dir, 'console/icon.svg'))).toBe(true);

  write('packages/console/src/main.tsx', `const = ;`);
  const broken = await ensureBundle(root);
  expect(existsSync(join(broken.dir, 'cli.js'))).toBe(true);
  expect((await ensureBundle(root)).built).toBe(true);
});

test('processes that build at the same time agree on one whole bundle', async () => {
  const script = `import { ensureBundle } from ${JSON.stringify(pathToFileURL(BUNDLE).href)};
    const { dir } = await ensureBundle(${JSON.stringify(root)});
    const { said } = await import(new URL('cli.js', 'file://' + dir + '/').href);
    console.log(dir + ' ' + said);`;
  const lines = await Promise.all(Array.from({ length: 3 }, () => run(script)));
  expect(new Set(lines).size).toBe(1);
  expect(lines[0]).toMatch(/ moin!\n$/);
});

function run(script) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let out = '';
    let error = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (error += data));
    child.on('close', (code) => (code === 0 ? done(out) : fail(new Error(error))));
  });
}
