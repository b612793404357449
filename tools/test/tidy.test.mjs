import { expect, test } from 'vitest';
import { checkTidy } from '../tidy.mjs';
import { makeTree, packageJson } from './fixture.mjs';

const tidy = (files) =>
  checkTidy(
    makeTree({
      'packages/kit/package.json': packageJson('kit', 0, 'common'),
      'packages/kit/README.md': '# kit',
      ...files,
    }),
  );

test.each([
  ['// FIXME later', 'FIXME'],
  [`const path = '/home/me/x';`, '/home/m'],
  [`test.only('x', () => {});`, 'test.only('],
])('%s does not stay', (text, found) => {
  expect(tidy({ 'packages/kit/src/a.test.ts': `\n${text}` })).toEqual([
    expect.stringContaining(`packages/kit/src/a.test.ts:2: ${found}`),
  ]);
});

test('exports are documented', () => {
  const text = `/** Why. */
export type A = 1;
export type B = 2;

export const c = 3;
/** Both. */
export function d(x: string): string;
export function d(x: number): number;
export async function e() {}
function inner() {}

export type F = ReturnType<typeof inner>;`;
  expect(tidy({ 'packages/kit/src/a.ts': text })).toEqual([
    'packages/kit/src/a.ts:5: c is exported without a doc comment',
    'packages/kit/src/a.ts:9: e is exported without a doc comment',
  ]);
});

test('a package with sources has a README', () => {
  const files = {
    'packages/pool/package.json': packageJson('pool', 3, 'node'),
    'packages/pool/src/a.ts': '',
  };
  expect(tidy(files)).toEqual([expect.stringContaining('packages/pool/README.md')]);
});
