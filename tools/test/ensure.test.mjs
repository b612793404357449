import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkNode, ensure } from '../ensure.mjs';
import { makeTree } from './fixture.mjs';

const lock = (version) =>
  JSON.stringify({
    packages: {
      '': {},
      'packages/kit': { version: '0.1.0' },
      'node_modules/@hanse/kit': { link: true },
      'node_modules/a': { version },
      'node_modules/a-for-another-platform': { version, optional: true },
    },
  });

/** Stands in for `npm ci` and counts its calls. */
function fakeInstall() {
  const install = (root) => {
    install.calls += 1;
    mkdirSync(join(root, 'node_modules'), { recursive: true });
  };
  install.calls = 0;
  return install;
}

test('installs once, and again when the lock file changes', () => {
  const root = makeTree({ 'package-lock.json': lock('1.0.0') });
  const install = fakeInstall();
  expect([ensure(root, install), ensure(root, install)]).toEqual([true, false]);
  writeFileSync(join(root, 'package-lock.json'), lock('1.0.1'));
  expect(ensure(root, install)).toBe(true);
  expect(install.calls).toBe(2);
});

test('accepts what npm has installed by itself, if it is what the lock file names', () => {
  const packages = {
    'node_modules/@hanse/kit': { link: true },
    'node_modules/a': { version: '1.0.0' },
  };
  const hidden = { 'node_modules/.package-lock.json': JSON.stringify({ packages }) };
  const install = fakeInstall();
  expect(ensure(makeTree({ 'package-lock.json': lock('1.0.0'), ...hidden }), install)).toBe(false);
  expect(ensure(makeTree({ 'package-lock.json': lock('2.0.0'), ...hidden }), install)).toBe(true);
  expect(install.calls).toBe(1);
});

test('a failed install leaves no stamp', () => {
  const root = makeTree({ 'package-lock.json': lock('1.0.0') });
  const fail = () => {
    throw new Error('offline');
  };
  expect(() => ensure(root, fail)).toThrow('offline');
  expect(ensure(root, fakeInstall())).toBe(true);
});

test('the oldest Node is 20.19', () => {
  expect(() => checkNode('18.20.8')).toThrow('needs Node 20.19');
  expect(() => checkNode('20.18.3')).toThrow('this is Node 20.18.3');
  for (const version of ['20.19.0', '22.0.0', '24.21.0']) checkNode(version);
});
