import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';
import { plant } from './tier.ts';
import { wholeMutants } from './whole/mutants.ts';

const ROOT = new URL('../../../', import.meta.url);

test('every mutant finds its place in the sources exactly once', () => {
  for (const { name, edits } of [...mutants, ...wholeMutants]) {
    for (const edit of edits) {
      const path = fileURLToPath(new URL(edit.file, ROOT));
      expect(existsSync(path), path).toBe(true);
      const text = readFileSync(path, 'utf8');
      expect(plant(text, edit), name).not.toBe(text);
    }
  }
});

test('names of mutants are unique and every rule of the write-ahead log has one', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  const rules = new Set(mutants.map(({ rule }) => rule));
  for (const rule of ['W1', 'W2', 'W3', 'W4', 'B2', 'B3', 'B4']) expect(rules).toContain(rule);
});

test('an edit that does not fit exactly once is refused', () => {
  const edit = { file: 'x.ts', find: 'a(b)', replace: '' };
  expect(plant('x; a(\n  b,\n); y', edit)).toBe('x; ; y');
  expect(() => plant('a(b) a(b)', edit)).toThrow();
  expect(() => plant('c', edit)).toThrow();
});
