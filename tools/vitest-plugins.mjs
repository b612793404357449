// How `npm run fuzz` and `npm run mutants` reach into a test run without touching a file: both
// change the text of modules while vitest loads them.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from './workspace.mjs';

/** Multiplies every `numRuns: n` of the property tests. @param {string | undefined} factor */
export function repeatedRuns(factor) {
  return {
    name: 'hanse-repeated-runs',
    enforce: 'pre',
    transform(code, id) {
      if (factor === undefined || !/\.test\.tsx?$/.test(id)) return undefined;
      return code.replace(/\bnumRuns: ([\d_]+)/g, `numRuns: $1 * ${factor}`);
    },
  };
}

/** Loads one source file with one change in it. @param {string | undefined} json a mutant */
export function plantedMutant(json) {
  const mutant = json === undefined ? undefined : JSON.parse(json);
  return {
    name: 'hanse-planted-mutant',
    enforce: 'pre',
    load(id) {
      const path = relative(ROOT, id.split('?')[0] ?? '');
      return path === mutant?.path ? applyMutant(readFileSync(id, 'utf8'), mutant) : undefined;
    },
  };
}

/** The text with `mutant.from` at `mutant.at` replaced by `mutant.to`. */
export function applyMutant(text, { at, from, to }) {
  return text.slice(0, at) + to + text.slice(at + from.length);
}
