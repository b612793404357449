// Makes the checkout ready to run: the right Node, and the dependencies the lock file names.
// Needs nothing but Node itself, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Installs the dependencies when they are missing or not those of package-lock.json.
 *
 * @param {string} root the checkout
 * @param {(root: string) => void} [install] what to run; replaced in tests
 * @returns {boolean} whether something was installed
 * @throws {Error} with one sentence when Node is too old or the install failed
 */
export function ensure(root, install = npmCi) {
  checkNode(process.versions.node);
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stampPath = join(root, 'node_modules/.hanse-lock');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === digest) return false;
  const isInstalled = matchesLock(root);
  if (!isInstalled) install(root);
  writeFileSync(stampPath, digest);
  return !isInstalled;
}

/** @throws {Error} when the version is older than 20.19 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Hanse needs Node 20.19 or newer; this is Node ${version}.`);
  }
}

/** Compares the lock file with the one npm keeps of what it has put into node_modules. */
function matchesLock(root) {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.includes('node_modules/')) return true;
    const found = present[path];
    // npm leaves out optional packages made for other platforms.
    if (!found) return entry.optional === true;
    return found.version === entry.version && found.link === entry.link;
  });
}

function npmCi(root) {
  process.stderr.write('Installing the dependencies (npm ci)...\n');
  // npm hands its own script to what it runs; on Windows `npm` alone is a shell script.
  const npm = process.env['npm_execpath'];
  const [command, args] = npm?.endsWith('npm-cli.js') ? [process.execPath, [npm]] : ['npm', []];
  const { status, error } = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (status !== 0) {
    const why = error ? error.message : `status ${status}`;
    throw new Error(`The dependencies could not be installed: npm ci failed (${why}).`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    ensure(fileURLToPath(new URL('..', import.meta.url)));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
