// npm run mutants -- rules [names...]: the named faults, one per rule, each run against the simulator.
// npm run mutants -- <files...> [--max 50] [--seed 1]: changes one operator or condition at a time
// and runs the tests of the package; a change no test notices is reported as a survivor. Files are
// not touched: the change is planted while vitest loads the module.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { blankStrings, ROOT } from './workspace.mjs';

// Operators stand between spaces once formatted, which keeps generics and arrows out.
const SWAPS = [
  [/ (===) /g, '!=='],
  [/ (!==) /g, '==='],
  [/ (<) /g, '<='],
  [/ (<=) /g, '<'],
  [/ (>) /g, '>='],
  [/ (>=) /g, '>'],
  [/ (&&) /g, '||'],
  [/ (\|\|) /g, '&&'],
  [/ (\+) /g, '-'],
  [/ (-) /g, '+'],
  [/\breturn (true)\b/g, 'false'],
  [/\breturn (false)\b/g, 'true'],
];

/** Every single change this tool knows for one source text. */
export function findMutants(path, text) {
  const code = blankStrings(text);
  const swaps = SWAPS.flatMap(([pattern, to]) =>
    [...code.matchAll(pattern)].map((match) => ({
      path,
      at: match.index + match[0].indexOf(match[1]),
      from: match[1],
      to,
    })),
  );
  const conditions = [...code.matchAll(/\bif \(/g)].flatMap(({ index }) => {
    const at = index + 'if ('.length;
    const from = text.slice(at, closingParenthesis(code, at));
    return [`false`, `true`].map((to) => ({ path, at, from, to }));
  });
  return [...swaps, ...conditions].sort((a, b) => a.at - b.at);
}

function closingParenthesis(code, start) {
  let depth = 1;
  let at = start;
  for (; at < code.length && depth > 0; at += 1) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')') depth -= 1;
  }
  return at - 1;
}

/** Picks `max` of the list, the same ones for the same seed. */
function sample(list, max, seed) {
  let state = seed;
  const keyed = list.map((item) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return { key: state, item };
  });
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, max)
    .map(({ item }) => item);
}

function runTests(mutant) {
  const folder = mutant.path.split('/').slice(0, 2).join('/');
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--bail',
    '1',
    folder,
  ];
  return new Promise((done) => {
    const env = { ...process.env, HANSE_MUTANT: JSON.stringify(mutant) };
    // A mutant may loop for ever; one that does has been noticed.
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env,
      stdio: 'ignore',
      timeout: 120_000,
    });
    child.on('close', (code) => done(code === 0));
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { max: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
  });
  if (positionals.length === 0) {
    process.stderr.write('Which files? npm run mutants -- packages/model/src/tx.ts [--max 50]\n');
    return 2;
  }
  const unchanged = { path: positionals[0], at: 0, from: '', to: '' };
  if (!(await runTests(unchanged))) {
    process.stderr.write('The tests fail without any change; mend them first.\n');
    return 2;
  }
  const all = positionals.flatMap((path) =>
    findMutants(path, readFileSync(join(ROOT, path), 'utf8')),
  );
  const chosen = sample(all, Number(values.max), Number(values.seed));
  let survivors = 0;
  for (const mutant of chosen) {
    if (!(await runTests(mutant))) continue;
    survivors += 1;
    const line = readFileSync(join(ROOT, mutant.path), 'utf8')
      .slice(0, mutant.at)
      .split('\n').length;
    process.stdout.write(`${mutant.path}:${line}: survived: ${mutant.from} -> ${mutant.to}\n`);
  }
  process.stdout.write(`${chosen.length} of ${all.length} mutants tried\n`);
  process.stdout.write(`${chosen.length - survivors} passed, ${survivors} failed\n`);
  return survivors > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [first, ...names] = process.argv.slice(2);
  const rules = ['tools/run.mjs', 'test/mutants/main.ts', ...names];
  process.exitCode =
    first === 'rules'
      ? (spawnSync(process.execPath, rules, { cwd: ROOT, stdio: 'inherit' }).status ?? 1)
      : await main();
}
