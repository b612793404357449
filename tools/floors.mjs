// Checks the floors: who may import whom. The rule is data: every package.json names its floor and
// side under "hanse". Naming clocks, timers, randomness or I/O in a pure package is refused by the
// linter and the pure type-check project; this file checks that both cover all pure packages.
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importsOf, isSource, isTest, listFiles, readPackages, ROOT } from './workspace.mjs';

const COMMON_FLOOR_MAX = 2;

/** All violations as `path:line: sentence`. @returns {string[]} */
export function checkFloors(root = ROOT) {
  const packages = readPackages(root);
  const byName = new Map(packages.map((pkg) => [pkg.name, pkg]));
  return [
    ...packages.flatMap((pkg) => checkDeclared(pkg, byName)),
    ...packages.flatMap((pkg) => checkImports(root, pkg, byName)),
    ...checkPureLists(root, packages),
    ...checkLock(root),
  ];
}

/** Why `from` must not use `to`, or undefined when it may. */
export function refusal(from, to) {
  if (to.floor >= from.floor) {
    return `${from.name} (floor ${from.floor}) must not use ${to.name} (floor ${to.floor})`;
  }
  const sidesMeet = from.side === 'both' || to.side === 'common' || from.side === to.side;
  if (!sidesMeet || (from.side === 'common' && to.side !== 'common')) {
    return `${from.name} (${from.side} side) must not use ${to.name} (${to.side} side)`;
  }
  return undefined;
}

function checkDeclared(pkg, byName) {
  const problems = pkg.dependencies
    .filter((name) => name.startsWith('@hanse/'))
    .map((name) => {
      const target = byName.get(name);
      return target ? refusal(pkg, target) : `${name} is not a package of this repository`;
    })
    .filter((problem) => problem !== undefined);
  if (pkg.side === 'common' && pkg.floor > COMMON_FLOOR_MAX) {
    problems.push(`common ground ends at floor ${COMMON_FLOOR_MAX}`);
  }
  return problems.map((problem) => `${pkg.dir}/package.json:1: ${problem}`);
}

function checkImports(root, pkg, byName) {
  return listFiles(root, pkg.dir, isSource).flatMap((path) =>
    importsOf(readFileSync(join(root, path), 'utf8'))
      .map(({ specifier, line }) => ({
        line,
        problem: importProblem(pkg, path, specifier, byName),
      }))
      .filter(({ problem }) => problem !== undefined)
      .map(({ line, problem }) => `${path}:${line}: ${problem}`),
  );
}

function importProblem(pkg, path, specifier, byName) {
  if (specifier.startsWith('.')) {
    const target = normalize(join(path, '..', specifier));
    return target.startsWith(`${pkg.dir}/`) ? undefined : `${specifier} leaves the package`;
  }
  if (!specifier.startsWith('@hanse/')) {
    return pkg.side === 'client' && specifier.startsWith('node:') && !isTest(path)
      ? `${pkg.name} runs in browsers and must not use ${specifier}`
      : undefined;
  }
  const target = byName.get(specifier.split('/').slice(0, 2).join('/'));
  if (!target) return `${specifier} is not a package of this repository`;
  if (target.name === pkg.name) return `${specifier}: import own files by relative path`;
  if (!target.exports.includes(specifier)) return `${target.name} does not export ${specifier}`;
  // Tests run on Node, whatever side they test; what is above stays out of reach for them, too.
  if (isTest(path) && pkg.devDependencies.includes(target.name) && target.floor < pkg.floor) {
    return undefined;
  }
  if (!pkg.dependencies.includes(target.name)) {
    return `${target.name} is not among the dependencies in ${pkg.dir}/package.json`;
  }
  return refusal(pkg, target);
}

/** The linter's and the compiler's lists of pure packages must be the ones package.json gives. */
function checkPureLists(root, packages) {
  const pure = packages.filter((pkg) => pkg.pure).map((pkg) => pkg.dir.slice('packages/'.length));
  const read = (file) => readFileSync(join(root, file), 'utf8');
  const lists = [
    [
      '.oxlintrc.json',
      /packages\/\{([a-z,-]+)\}/.exec(read('.oxlintrc.json'))?.[1].split(','),
      pure,
    ],
    // The client has a project of its own: it is typed against the browser, too.
    [
      'tsconfig.pure.json',
      JSON.parse(read('tsconfig.pure.json')).include.map((path) => path.split('/')[1]),
      pure.filter((name) => name !== 'client'),
    ],
  ];
  return lists.flatMap(([file, listed = [], expected]) => {
    const missing = expected.filter((name) => !listed.includes(name));
    const extra = listed.filter((name) => name !== 'types' && !expected.includes(name));
    return [
      ...missing.map((name) => `${file}:1: the pure package ${name} is not listed`),
      ...extra.map((name) => `${file}:1: lists ${name}, which is not a pure package`),
    ];
  });
}

/** The lock file names no host, and every dependency is hoisted to where bundles find it. */
function checkLock(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    if (/^packages\/.*node_modules\//.test(path)) {
      return [`package-lock.json:1: ${path} is not hoisted; pin one version for all packages`];
    }
    const isRemote = typeof entry.resolved === 'string' && entry.resolved.includes('://');
    return isRemote ? [`package-lock.json:1: ${path} names a host in "resolved"`] : [];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = checkFloors();
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
