import { expect, test } from 'vitest';
import { checkFloors, refusal } from '../floors.mjs';
import { makeTree, packageJson } from './fixture.mjs';

const house = (files = {}) =>
  makeTree({
    'package-lock.json': '{ "packages": { "": {} } }',
    '.oxlintrc.json': '"packages/{kit,ledger,client}/src/**"',
    'tsconfig.pure.json': '{ "include": ["packages/kit/src", "packages/ledger/src"] }',
    'packages/kit/package.json': packageJson('kit', 0, 'common'),
    'packages/ledger/package.json': packageJson('ledger', 3, 'node', {
      dependencies: ['@hanse/kit'],
    }),
    'packages/client/package.json': packageJson('client', 4, 'client', {
      dependencies: ['@hanse/kit'],
      pure: true,
    }),
    'packages/ledger/src/index.ts': `import type { Result } from '@hanse/kit';`,
    ...files,
  });

test('a house in order has no findings', () => {
  expect(checkFloors(house())).toEqual([]);
});

test.each([
  ['upward', 'kit', `import { x } from '@hanse/ledger';`],
  ['type-only', 'kit', `import type { x } from '@hanse/ledger';`],
  ['re-exported', 'kit', `export * from '@hanse/ledger';`],
  ['dynamic', 'kit', `const x = await import('@hanse/ledger');`],
  ['over two lines', 'kit', `import {\n  x,\n} from '@hanse/ledger';`],
])('an import that is %s is found', (_, name, text) => {
  const findings = checkFloors(house({ [`packages/${name}/src/a.ts`]: text }));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain('@hanse/ledger');
});

test.each([
  ['../../kit/src/index.ts', 'leaves the package'],
  ['@hanse/nowhere', 'is not a package'],
  ['@hanse/kit/src/error.ts', 'does not export'],
  ['@hanse/ledger', 'by relative path'],
])('from %s: %s', (specifier, problem) => {
  const findings = checkFloors(house({ 'packages/ledger/src/a.ts': `import '${specifier}';` }));
  expect(findings).toEqual([expect.stringContaining(problem)]);
});

test('a commented import is no import; the line of a real one is right', () => {
  const text = `// import '@hanse/ledger'\n/* from '@hanse/ledger' */\nimport '@hanse/ledger';`;
  const findings = checkFloors(house({ 'packages/kit/src/a.ts': text }));
  expect(findings).toEqual([expect.stringMatching(/^packages\/kit\/src\/a\.ts:3: /)]);
});

test('a dependency upwards is refused even before it is imported', () => {
  const json = packageJson('kit', 0, 'common', { dependencies: ['@hanse/ledger'] });
  expect(checkFloors(house({ 'packages/kit/package.json': json }))).toEqual([
    expect.stringContaining('packages/kit/package.json:1: @hanse/kit (floor 0) must not use'),
  ]);
});

test('the client side must not reach into Node', () => {
  const files = {
    'packages/client/src/a.ts': `import { readFileSync } from 'node:fs';`,
    'packages/client/src/a.test.ts': `import { readFileSync } from 'node:fs';`,
    'packages/client/test/node.ts': `import { readFileSync } from 'node:fs';`,
  };
  expect(checkFloors(house(files))).toEqual([
    expect.stringMatching(/^packages\/client\/src\/a\.ts:1: .* runs in browsers/),
  ]);
});

test('the lists of pure packages follow the data', () => {
  const findings = checkFloors(
    house({
      '.oxlintrc.json': '"packages/{kit,client,net}/src/**"',
      'tsconfig.pure.json': '{ "include": ["packages/kit/src"] }',
    }),
  );
  expect(findings).toEqual([
    '.oxlintrc.json:1: the pure package ledger is not listed',
    '.oxlintrc.json:1: lists net, which is not a pure package',
    'tsconfig.pure.json:1: the pure package ledger is not listed',
  ]);
});

test('the lock file names no host and nests no dependency', () => {
  const packages = {
    'node_modules/a': { resolved: 'https://registry.example/a.tgz' },
    'node_modules/@hanse/kit': { resolved: 'packages/kit', link: true },
    'packages/kit/node_modules/b': {},
  };
  const findings = checkFloors(house({ 'package-lock.json': JSON.stringify({ packages }) }));
  expect(findings).toHaveLength(2);
});

test('sides: the two meet only on common ground and in what stands on both', () => {
  const pkg = (name, floor, side) => ({ name, floor, side });
  const allowed = (from, to) => refusal(from, to) === undefined;
  const kit = pkg('kit', 0, 'common');
  const [ledger, client] = [pkg('ledger', 3, 'node'), pkg('client', 4, 'client')];
  const [sim, react, cli] = [
    pkg('sim', 5, 'node'),
    pkg('react', 5, 'client'),
    pkg('cli', 7, 'both'),
  ];
  expect(allowed(ledger, kit)).toBe(true);
  expect(allowed(react, client)).toBe(true);
  expect(allowed(cli, client) && allowed(cli, ledger)).toBe(true);
  expect(allowed(client, ledger)).toBe(false);
  expect(allowed(sim, client)).toBe(false);
  expect(allowed(sim, sim)).toBe(false);
});

test('tests may use what stands below on another side, sources may not', () => {
  const json = (dependencies) =>
    JSON.stringify({
      ...JSON.parse(packageJson('client', 4, 'client', { pure: true })),
      ...dependencies,
    });
  const both = { 'packages/testing/package.json': packageJson('testing', 3, 'both') };
  const tree = (path, dependencies) =>
    house({
      ...both,
      'tsconfig.pure.json':
        '{ "include": ["packages/kit/src", "packages/ledger/src", "packages/testing/src"] }',
      '.oxlintrc.json': '"packages/{kit,ledger,client,testing}/src/**"',
      'packages/client/package.json': json(dependencies),
      [path]: `import { testChain } from '@hanse/testing';`,
    });
  const dev = { devDependencies: { '@hanse/testing': '0.1.0' } };
  expect(checkFloors(tree('packages/client/src/a.test.ts', dev))).toEqual([]);
  expect(checkFloors(tree('packages/client/test/a.ts', dev))).toEqual([]);
  expect(checkFloors(tree('packages/client/src/a.ts', dev))).toEqual([
    expect.stringContaining('is not among the dependencies'),
  ]);
  expect(checkFloors(tree('packages/client/src/a.test.ts', {}))).toEqual([
    expect.stringContaining('is not among the dependencies'),
  ]);
});
