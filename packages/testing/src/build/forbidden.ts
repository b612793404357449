/**
 * Names that give each validator something else, or nothing: why, and what to use instead. The engine has
 * none of them either; being told at the line is kinder than `Date is not defined`.
 */
export const FORBIDDEN: Readonly<Record<string, string>> = {
  Date: 'each validator would read a different time; use ctx.time or ctx.today',
  performance: 'each validator would read a different time; use ctx.time',
  Temporal: 'each validator would read a different time; use ctx.time or ctx.today',
  'Math.random': 'each validator would draw a different number; derive one from ctx.txid',
  crypto: 'each validator would draw different numbers; hash with ctx.hash',
  eval: 'code that is made at run time cannot be checked',
  Function: 'code that is made at run time cannot be checked',
  WeakRef: 'garbage is collected at a different moment on each validator',
  FinalizationRegistry: 'garbage is collected at a different moment on each validator',
  Intl: 'texts of a locale differ between versions of the platform; format in the client',
  Promise: 'a contract runs to its end at once; nothing can be waited for',
  setTimeout: 'a contract runs to its end at once; nothing can be waited for',
  setInterval: 'a contract runs to its end at once; nothing can be waited for',
  setImmediate: 'a contract runs to its end at once; nothing can be waited for',
  queueMicrotask: 'a contract runs to its end at once; nothing can be waited for',
  SharedArrayBuffer: 'a contract shares no memory',
  Atomics: 'a contract shares no memory',
  fetch: 'a contract reaches nothing but the chain; pass what it needs as an argument',
  XMLHttpRequest: 'a contract reaches nothing but the chain; pass what it needs as an argument',
  WebSocket: 'a contract reaches nothing but the chain; pass what it needs as an argument',
  process: 'a contract knows nothing of the machine it runs on',
  require: 'use import',
};

/** Why `async`, `await` and `import()` are refused. */
export const NOT_ASYNC = 'a contract runs to its end at once; nothing can be waited for';
export const NOT_DYNAMIC =
  'the deployed code is one file; name what it needs in an import at the top of the file';

const MARK = 'hanse_forbidden_';

/**
 * Replacements for esbuild's `define`: it replaces a name only where nothing in the program declares it, so
 * that a field `row.Date` or a variable of that name stay what they are.
 */
export function markers(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(FORBIDDEN).flatMap((name, i) => [
      [name, `${MARK}${i}`],
      [`globalThis.${name}`, `${MARK}${i}`],
    ]),
  );
}

/** A forbidden name in code that was built with the markers; `line` and `column` begin at 0. */
export type Found = {
  readonly name: string;
  readonly line: number;
  readonly column: number;
};

/** All forbidden names in built code. */
export function findMarkers(code: string): readonly Found[] {
  const names = Object.keys(FORBIDDEN);
  return [...code.matchAll(new RegExp(`\\b${MARK}(\\d+)\\b`, 'g'))].map((match) => {
    const before = code.slice(0, match.index).split('\n');
    return {
      name: names[Number(match[1])] ?? '',
      line: before.length - 1,
      column: before.at(-1)?.length ?? 0,
    };
  });
}
