// What the documentation shows is what runs: its examples are these files, word by word.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Blocks of code in a document that stand under a file's name, by the name. */
function examples(document: string): ReadonlyMap<string, string> {
  const text = readFileSync(`${root}${document}`, 'utf8');
  const blocks = text.matchAll(/^`([\w.]+\.ts)`:\n\n```ts\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, name = '', code = '']) => [name, code]));
}

it.each([
  ['packages/contract/README.md', ['receivables.ts', 'receivables.test.ts']],
  ['docs/contracts.md', ['counter.ts', 'counter.test.ts']],
])('%s', (document, names) => {
  const found = examples(document);
  expect([...found.keys()]).toEqual(names);
  for (const [name, code] of found) {
    expect(code).toBe(readFileSync(`${root}test/unit/contracts/${name}`, 'utf8'));
  }
});
