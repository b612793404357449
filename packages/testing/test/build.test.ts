import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { fromUtf8, limits } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { BuildError, buildContract, mapFrames } from '../src/index.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const receivables = join(root, 'test/unit/contracts/receivables.ts');

/** A folder with these files, outside of any package; returns the path of the first. */
function files(texts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hanse-build-'));
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, Object.keys(texts)[0] ?? '');
}

const HEAD = `import { schema } from '@hanse/contract';
const app = schema({ tables: {}, events: {} });
`;
/** A contract whose method has a body; it begins in line 4. */
const contract = (
  body: string,
  top = '',
): string => `${HEAD}export const go = app.command({ args: {} }, () => {
${body}
});
${top}
export default app.contract({ name: 'trial', methods: { go } });
`;

async function problems(text: string, others: Readonly<Record<string, string>> = {}) {
  const error = await buildContract(files({ 'contract.ts': text, ...others })).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return [];
  if (!(error instanceof BuildError)) throw error;
  return error.problems.map(({ file, line, column, message, kind }) => {
    const at = `${file.split('/').at(-1)}:${line}:${column}`;
    return `${kind} ${at} ${message.split(/[:;]/)[0]}`;
  });
}

describe('what a contract cannot use', () => {
  it.each([
    ['const now = Date.now();', '4:13 Date'],
    ['  return void new Date();', '4:19 Date'],
    ['void globalThis.Date;', '4:6 Date'],
    ['void typeof Date;', '4:13 Date'],
    ['const { now } = Date;', '4:17 Date'],
    ['void performance.now();', '4:6 performance'],
    ['void Math.random();', '4:6 Math.random'],
    ['const { random } = Math; void random;', ''],
    ['void Math.max(1, 2);', ''],
    [`eval('1');`, '4:1 eval'],
    [`(0, eval)('1');`, '4:5 eval'],
    [`void new Function('return 1');`, '4:10 Function'],
    ['void new WeakRef({});', '4:10 WeakRef'],
    ['void new FinalizationRegistry(() => {});', '4:10 FinalizationRegistry'],
    ['void Intl.NumberFormat;', '4:6 Intl'],
    ['void Promise.resolve();', '4:6 Promise'],
    ['setTimeout(() => {}, 1);', '4:1 setTimeout'],
    [`void fetch('x');`, '4:6 fetch'],
    ['void process.env;', '4:6 process'],
    ['void new SharedArrayBuffer(1);', '4:10 SharedArrayBuffer'],
    ['void (async () => {})();', '4:7 async'],
    ['async function later() {} void later;', '4:1 async'],
    ['class A { async b() {} } void A;', '4:11 async'],
    ['class A { async *b() {} } void A;', '4:11 async'],
    [`void import('./other.ts');`, `4:13 import()`],
    [`const name = './other.ts'; void import(name);`, '4:33 import()'],
  ])('%s', async (body, found) => {
    const expected = found === '' ? [] : [`determinism contract.ts:${found}`];
    expect(await problems(contract(body), { 'other.ts': 'export {};' })).toEqual(expected);
  });

  it.each([
    'const Date = { now: () => 1 }; void Date.now();',
    'const row = { Date: 1, async: 2, eval: 3, Promise: 4 }; void (row.Date + row.async + row.eval);',
    `void 'Date.now() async () => {} eval';`,
    'void `Math.random() ${1} async`;',
    'void /async Date/.test("async");',
    '// Date.now(), async, eval',
    'function* numbers() { yield 1; } for (const one of numbers()) void one;',
    'const f = (Date: number, Promise: string) => [Date, Promise]; void f;',
    'void new Map([[1n, new Set()]]).size; void JSON.stringify({}); console.log(1);',
  ])('but %s', async (body) => {
    expect(await problems(contract(body))).toEqual([]);
  });

  it('in any file that goes in, and only there', async () => {
    const lib = `export function used() { return Date.now(); }
export function unused() { return Math.random(); }
export async function later() {}
`;
    const text = `import { used } from './lib.ts';\n${contract('void used();')}`;
    expect(await problems(text, { 'lib.ts': lib })).toEqual(['determinism lib.ts:1:33 Date']);
  });

  it('all at once, in the order of the lines', async () => {
    const body = 'void Math.random();\nvoid (async () => {})();\nvoid Date.now();';
    expect(await problems(contract(body))).toEqual([
      'determinism contract.ts:4:6 Math.random',
      'determinism contract.ts:5:7 async',
      'determinism contract.ts:6:6 Date',
    ]);
  });

  it('at the top level of a module', async () => {
    expect(await problems(contract('', 'const at = Date.now();\nvoid at;'))).toEqual([
      'determinism contract.ts:6:12 Date',
    ]);
    expect(await problems(contract('', 'await 1;'))).toEqual(['determinism contract.ts:6:1 await']);
  });
});

describe('what is no contract', () => {
  it.each([
    [contract('const x = ;'), 'code contract.ts:4:11 Unexpected "'],
    [
      contract('', `import './missing.ts';`),
      'code contract.ts:6:8 Could not resolve "./missing.ts"',
    ],
    [contract('', `import 'node:fs';`), 'code contract.ts:6:8 A contract cannot use node'],
    [
      contract('', `import 'no-such-package';`),
      'code contract.ts:6:8 Could not resolve "no-such-package"',
    ],
    [
      contract(`const long = '${'x'.repeat(limits.codeBytesMax)}'; void long;`),
      'code contract.ts:1:1 The built contract has',
    ],
  ])('%#', async (text, found) => {
    const [first = ''] = await problems(text);
    expect(first.slice(0, found.length)).toBe(found);
  });

  it('says what is wrong as an error of the catalogue', async () => {
    const date = buildContract(files({ 'contract.ts': contract('void Date.now();') }));
    await expect(date).rejects.toMatchObject({ codeName: 'NotDeterministic', code: 'HANSE-3119' });
    await expect(date).rejects.toThrow(
      /ctx\.time or ctx\.today\n4 \| void Date\.now\(\);\n {9}~~~~/,
    );
    const gone = buildContract('no/such/file.ts');
    await expect(gone).rejects.toMatchObject({ codeName: 'ContractNotBuilt' });
  });
});

describe('a built contract', () => {
  it('is the same in every folder, and says nothing of it', async () => {
    const text = contract('');
    const first = await buildContract(files({ 'contract.ts': text }));
    const second = await buildContract(files({ 'deep/er/contract.ts': text }));
    expect(second.code).toEqual(first.code);
    const code = fromUtf8((await buildContract(receivables)).code) ?? '';
    expect(code).not.toContain('unit/contracts');
    expect(code).not.toMatch(/\/\/|\/\*|hanse_forbidden/);
  });

  it('names what went in', async () => {
    const { inputs } = await buildContract(receivables);
    expect(inputs).toContain(receivables);
    expect(inputs.filter((input) => !input.includes('packages/contract/'))).toEqual([receivables]);
  });

  it('is found under any name', async () => {
    const named = contract('').replace('export default', 'export const trial =');
    const { code } = await buildContract(files({ 'contract.ts': named }));
    const defined: unknown[] = [];
    const hanse = { define: (one: unknown) => defined.push(one) };
    runInNewContext(fromUtf8(code) ?? '', { hanse });
    expect(defined).toMatchObject([{ name: 'trial', manifest: { name: 'trial', abi: 1 } }]);
  });

  it('leads back from its code to the lines of its author', async () => {
    const { code, map } = await buildContract(receivables);
    const text = fromUtf8(code) ?? '';
    const at = (word: string) => {
      const before = text.slice(0, text.indexOf(word)).split('\n');
      return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, name: 'f' };
    };
    const frames = [at('throw new RejectError'), at('reject("DUE"'), at('hanse.define')];
    expect(mapFrames(frames, map)).toEqual([
      { file: expect.stringMatching(/receivables\.ts$/), line: 28, column: 28, name: 'f' },
    ]);
  });

  it('leaves the library below 8 KB', async () => {
    const { code } = await buildContract(files({ 'contract.ts': contract('') }));
    expect(code.length).toBeLessThan(8 * 1024);
  });
});
