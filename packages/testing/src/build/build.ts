import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildFailure, type BuildOptions, type Message, type Plugin } from 'esbuild';
import { limits, must, utf8 } from '@hanse/kit';
import { FORBIDDEN, findMarkers, markers, NOT_ASYNC, NOT_DYNAMIC } from './forbidden.ts';
import { ENTRY, readMap } from './frames.ts';
import { BuildError, problemOf, type Problem } from './problem.ts';

/** A contract as it is deployed. */
export type BuiltContract = {
  /** One script, the same bytes wherever it is built from the same sources. */
  readonly code: Uint8Array;
  /** Source map (version 3) of the script; its sources are named relative to the working folder. */
  readonly map: string;
  /** Absolute paths of all files that went in: what to watch for changes. */
  readonly inputs: readonly string[];
};

/**
 * Build the contract that a TypeScript file exports: as default, as `contract`, or the first one. Throws BuildError with
 * file, line and column for syntax errors, imports that lead nowhere, code that would not give every
 * validator the same, and code that is too large.
 */
export async function buildContract(file: string): Promise<BuiltContract> {
  const path = resolve(file);
  if (!existsSync(path)) throw new BuildError([problemAt(file, `There is no file ${file}.`)]);
  const { outputFiles, metafile } = await bundle(optionsOf(path)).catch((error: unknown) => {
    throw failureOf(error);
  });
  const output = (suffix: string): string =>
    must(
      outputFiles.find((one) => one.path.endsWith(suffix)),
      `esbuild gives ${suffix}`,
    ).text;
  const [code, map] = [output('.js'), output('.js.map')];
  const problems = [...forbiddenIn(code, map), ...(await asyncIn(path, code, map))];
  if (problems.length > 0) throw new BuildError(problems.toSorted(byPlace));
  const bytes = utf8(code);
  if (bytes.length > limits.codeBytesMax) {
    const message = `The built contract has ${bytes.length} bytes; the limit is ${limits.codeBytesMax}.`;
    throw new BuildError([problemAt(file, message)]);
  }
  const inputs = Object.keys(metafile.inputs)
    .filter((input) => basename(input) !== ENTRY)
    .map((input) => resolve(input))
    .sort();
  return { code: bytes, map, inputs };
}

type Bundled = {
  readonly outputFiles: readonly { readonly path: string; readonly text: string }[];
  readonly metafile: { readonly inputs: Readonly<Record<string, unknown>> };
};

async function bundle(options: BuildOptions): Promise<Bundled> {
  return build({ ...options, write: false, metafile: true });
}

function optionsOf(path: string): BuildOptions {
  return {
    stdin: {
      contents: entryOf(basename(path)),
      resolveDir: dirname(path),
      sourcefile: ENTRY,
      loader: 'ts',
    },
    bundle: true,
    outfile: 'contract.js',
    format: 'iife',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    conditions: ['@hanse/source'],
    // Names stay, for the frames of errors; the map stands for everything else.
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'utf8',
    sourcemap: 'external',
    define: markers(),
    logLevel: 'silent',
    logOverride: {
      'import-is-undefined': 'silent',
      'unsupported-dynamic-import': 'error',
    },
    plugins: [imports],
    // What the nearest configuration says to a test runner or an editor has no say here.
    tsconfigRaw: { compilerOptions: { target: 'es2022', useDefineForClassFields: true } },
  };
}

/** Any export that is a contract will do; without one, loading says so. */
function entryOf(file: string): string {
  return `import * as all from ${JSON.stringify(`./${file}`)};
const exported: any[] = [all.default, all.contract, ...Object.values(all)];
hanse.define(exported.find((one) => one?.manifest && one.run));
`;
}

const here = fileURLToPath(new URL('.', import.meta.url));

/** Refuses imports of other than source files, and finds the library for files outside of any package. */
const imports: Plugin = {
  name: 'hanse-imports',
  setup: (esbuild) => {
    esbuild.onResolve({ filter: /./ }, ({ kind, path }) => {
      if (kind === 'dynamic-import') return { errors: [{ text: NOT_DYNAMIC }] };
      if (path.startsWith('node:')) {
        return {
          errors: [{ text: `A contract cannot use ${path}: it reaches nothing but the chain.` }],
        };
      }
      return undefined;
    });
    esbuild.onResolve({ filter: /^@hanse\/contract$/ }, async ({ pluginData, ...at }) => {
      if (pluginData === imports) return undefined;
      const { path, kind, importer, resolveDir } = at;
      const ask = { kind, importer, pluginData: imports };
      const own = await esbuild.resolve(path, { ...ask, resolveDir });
      return own.errors.length === 0 ? own : esbuild.resolve(path, { ...ask, resolveDir: here });
    });
  },
};

function forbiddenIn(code: string, map: string): readonly Problem[] {
  const found = findMarkers(code);
  if (found.length === 0) return [];
  const { positionOf, lineOf } = readMap(map);
  return found.map(({ name, line, column }) => {
    const place = must(positionOf(line, column), 'a marker has a place in a source');
    return {
      file: place.file,
      line: place.line + 1,
      column: place.column + 1,
      length: name.length,
      lineText: lineOf(place.file, place.line),
      message: `${name}: ${FORBIDDEN[name] ?? ''}`,
      kind: 'determinism',
    };
  });
}

/**
 * Asynchronous functions. esbuild says where they are when it is told that neither they nor generators
 * exist; what it says of generators, and of functions that nothing uses, is not meant.
 */
async function asyncIn(path: string, code: string, map: string): Promise<readonly Problem[]> {
  const used = linesWith(/\basync\b/g, code, map);
  if (used.size === 0) return [];
  const supported = { 'async-await': false, 'async-generator': false, generator: false };
  const errors = await bundle({ ...optionsOf(path), supported }).then(
    () => [],
    (error: unknown) => messagesOf(error),
  );
  return errors
    .filter(({ text }) => /\basync\b/.test(text))
    .map((error): Problem => ({
      ...problemOf(error),
      message: `async: ${NOT_ASYNC}`,
      kind: 'determinism',
    }))
    .filter(({ file, line }) => used.has(`${file}:${line}`));
}

/** Lines of sources, as `file:line`, that stand behind a word of the built code. */
function linesWith(word: RegExp, code: string, map: string): ReadonlySet<string> {
  const { positionOf } = readMap(map);
  const places = [...code.matchAll(word)].map(({ index }) => {
    const before = code.slice(0, index).split('\n');
    return positionOf(before.length - 1, before.at(-1)?.length ?? 0);
  });
  return new Set(places.map((place) => `${place?.file ?? ''}:${(place?.line ?? 0) + 1}`));
}

function byPlace(a: Problem, b: Problem): number {
  const [left, right] = [a, b].map(({ file, line, column }) => ({
    file,
    at: line * 10_000 + column,
  }));
  if (left === undefined || right === undefined || left.file === right.file) {
    return (left?.at ?? 0) - (right?.at ?? 0);
  }
  return left.file < right.file ? -1 : 1;
}

function failureOf(error: unknown): unknown {
  const messages = messagesOf(error);
  return messages.length === 0 ? error : new BuildError(messages.map(clarified));
}

/** What esbuild says, in the words of this file where it concerns what contracts may do. */
function clarified(error: Message): Problem {
  const problem = problemOf(error);
  if (error.id === 'unsupported-dynamic-import' || error.text === NOT_DYNAMIC) {
    return { ...problem, message: `import(): ${NOT_DYNAMIC}`, kind: 'determinism' };
  }
  if (/top-level await/i.test(error.text)) {
    return { ...problem, message: `await: ${NOT_ASYNC}`, kind: 'determinism' };
  }
  return problem;
}

function messagesOf(error: unknown): readonly Message[] {
  const { errors } = error as Partial<BuildFailure>;
  return errors ?? [];
}

function problemAt(file: string, message: string): Problem {
  const from = relative('.', resolve(file));
  return { file: from, line: 1, column: 1, length: 0, lineText: '', message, kind: 'code' };
}
