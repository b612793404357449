// `tsc` accepts a mistake under `@ts-expect-error` for whatever reason. This checks that it is the reason meant:
// the comments go, and the compiler's errors must be the ones that they name, line by line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const FILES = [
  'packages/contract/test/contract.types.ts',
  'packages/testing/test/testing.types.ts',
  'test/unit/contracts/client.types.ts',
];
const MARK = /\/\/ @ts-expect-error (TS\d+) \S/;

/** Errors of the compiler in files of a folder, as `name:line code`. */
function compile(folder: string): readonly string[] {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  let output = '';
  try {
    execFileSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
  } catch (error) {
    output = (error as { readonly stdout?: string }).stdout ?? '';
  }
  return [...output.matchAll(/^(\S+?)\((\d+),\d+\): error (TS\d+):/gm)].flatMap(
    ([, path = '', line = '', code = '']) =>
      resolve(root, path).startsWith(folder) ? [`${path.split('/').at(-1)}:${line} ${code}`] : [],
  );
}

it('every mistake in the type tests is found for the reason that stands beside it', () => {
  const cache = join(root, 'node_modules/.cache/hanse-types');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'run-'));
  try {
    const expected = FILES.flatMap((file, i) => {
      const text = readFileSync(join(root, file), 'utf8');
      const name = `part${i}.ts`;
      const stripped = text
        .replaceAll('@ts-expect-error', 'a mistake:')
        .replace(/from '(\.[^']+)'/g, (_, path: string) => {
          return `from '${join(root, dirname(file), path)}'`;
        });
      writeFileSync(join(folder, name), stripped);
      return text.split('\n').flatMap((line, at) => {
        const code = MARK.exec(line)?.[1];
        return code === undefined ? [] : [`${name}:${at + 2} ${code}`];
      });
    });
    const marks = FILES.map((file) =>
      readFileSync(join(root, file), 'utf8').split('@ts-expect-error'),
    );
    expect(expected).toHaveLength(marks.reduce((sum, parts) => sum + parts.length - 1, 0));
    expect(expected.length).toBeGreaterThanOrEqual(80);
    const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'], exclude: [] };
    const compilerOptions = { typeRoots: [join(root, 'node_modules/@types')] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, compilerOptions }));
    expect(compile(folder)).toEqual(expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
