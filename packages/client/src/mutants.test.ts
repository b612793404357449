import { build, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

type Edit = { readonly file: string; readonly find: string; readonly replace: string };
type Mutant = { readonly name: string; readonly edits: readonly Edit[] };
type Verdict = { readonly refusedHonest: readonly string[]; readonly accepted: readonly string[] };

const packages = fileURLToPath(new URL('../../', import.meta.url));
const mutants = JSON.parse(
  readFileSync(new URL('../test/mutants.json', import.meta.url), 'utf8'),
) as readonly Mutant[];

/** Loads the named files with their edits; an edit that no longer fits its file is an error. */
function planted(edits: readonly Edit[]): Plugin {
  return {
    name: 'planted',
    setup: (plugins) => {
      // Only the edited files leave esbuild's own fast path.
      const names = edits.map(({ file }) => file.replace(/.*\//, '').replaceAll('.', '\\.'));
      if (names.length === 0) return;
      plugins.onLoad({ filter: new RegExp(`/(${names.join('|')})$`) }, ({ path }) => {
        const own = edits.filter((edit) => path === join(packages, edit.file));
        if (own.length === 0) return undefined;
        let contents = readFileSync(path, 'utf8');
        for (const { find, replace } of own) {
          const flat = looseFind(contents, find);
          contents = contents.slice(0, flat.start) + replace + contents.slice(flat.end);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** Where a text stands, whatever line breaks the formatter put into it; it must stand there once. */
function looseFind(text: string, find: string): { readonly start: number; readonly end: number } {
  const parts = find.split(/\s+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const matches = [...text.matchAll(new RegExp(parts.join('\\s+'), 'g'))];
  const [match] = matches;
  if (match === undefined || matches.length > 1)
    throw new Error(`${matches.length} times: ${find}`);
  return { start: match.index, end: match.index + match[0].length };
}

async function verdictOf(mutant: Mutant): Promise<Verdict> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { cheapSuite } from './chain.ts'; import { evaluate } from './forgeries.ts';
        export const verdict = evaluate(cheapSuite());`,
      resolveDir: join(packages, 'client/test'),
      loader: 'ts',
    },
    write: false,
    bundle: true,
    format: 'iife',
    globalName: 'mutated',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['@hanse/source', 'import'],
    plugins: [planted(mutant.edits)],
    logLevel: 'silent',
  });
  return runInThisContext(`${outputFiles[0]?.text}; mutated.verdict`) as Verdict;
}

describe('a verifier without one of its checks', () => {
  it('is the whole verifier when nothing is changed', async () => {
    const verdict = await verdictOf({ name: 'none', edits: [] });
    expect(verdict).toEqual({ refusedHonest: [], accepted: [] });
  });

  it.each(mutants)('is fooled: $name', async (mutant) => {
    const { accepted } = await verdictOf(mutant);
    expect(accepted).not.toEqual([]);
  });
});
