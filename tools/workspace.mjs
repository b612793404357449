// What the other tools know about the workspaces: package data, source files, imports.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout these tools belong to. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.hanse']);

/**
 * @typedef {object} Package
 * @property {string} dir relative folder, for example `packages/kit`
 * @property {string} name
 * @property {string} description
 * @property {number} floor
 * @property {'common' | 'node' | 'client' | 'both'} side
 * @property {boolean} pure whether it must not name clocks, timers, randomness or I/O
 * @property {string[]} dependencies run-time dependencies, all of them
 * @property {string[]} devDependencies what only tests use
 * @property {string[]} exports the import paths it offers, for example `@hanse/kit`
 */

/** Reads every package.json under packages/, lowest floor first. @returns {Package[]} */
export function readPackages(root = ROOT) {
  return readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .map((name) => readPackage(root, `packages/${name}`))
    .sort((a, b) => a.floor - b.floor || (a.name < b.name ? -1 : 1));
}

function readPackage(root, dir) {
  const json = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8'));
  const { floor, side, pure = false } = json.hanse ?? {};
  if (!Number.isInteger(floor) || !['common', 'node', 'client', 'both'].includes(side)) {
    throw new Error(`${dir}/package.json: "hanse" must name a floor and a side`);
  }
  return {
    dir,
    name: json.name,
    description: json.description ?? '',
    floor,
    side,
    pure: pure || floor <= 3,
    dependencies: Object.keys(json.dependencies ?? {}),
    devDependencies: Object.keys(json.devDependencies ?? {}),
    exports: Object.keys(json.exports ?? {}).map((path) => json.name + path.slice(1)),
  };
}

/** Files under `folder` whose path passes `test`, relative to the root, sorted. */
export function listFiles(root, folder, test) {
  const found = [];
  const visit = (dir) => {
    for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
      const path = dir === '.' ? entry.name : `${dir}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) visit(path);
      if (entry.isFile() && test(path)) found.push(path);
    }
  };
  if (existsSync(join(root, folder))) visit(folder);
  return found.sort();
}

export const isSource = (path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts');
export const isTest = (path) => /\.test\.tsx?$/.test(path) || /^packages\/[^/]+\/test\//.test(path);

/** Import specifiers of a module (static, dynamic, type-only, re-exports) with their lines. */
export function importsOf(text) {
  const code = blankProse(text);
  const pattern = /(?:\bfrom|\bimport)\s*\(?\s*(['"])([^'"\n]+)\1/g;
  return [...code.matchAll(pattern)].map((match) => ({
    specifier: match[2],
    line: code.slice(0, match.index).split('\n').length,
  }));
}

// A string, a template, a comment; good enough for formatted sources, where a regular expression
// literal with a quote in it is the one thing that can mislead it.
const TOKEN = /(['"])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\[\s\S]|[^\\`])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
const blank = (text) => text.replace(/[^\n]/g, ' ');

/** Blanks comments and templates, which may hold sources of others, keeping every position. */
function blankProse(text) {
  return text.replace(TOKEN, (match) => (/^[/`]/.test(match) ? blank(match) : match));
}

/** Blanks templates, keeping every position. */
export function blankTemplates(text) {
  return text.replace(TOKEN, (match) => (match.startsWith('`') ? blank(match) : match));
}

/** Blanks comments and strings, keeping every position. */
export function blankStrings(text) {
  return text.replace(TOKEN, blank);
}
