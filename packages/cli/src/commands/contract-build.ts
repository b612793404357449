import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import type { Json } from '@hanse/codec';
import type { Context } from '../context.ts';
import { buildFile, type Built } from '../contracts/build.ts';
import { writeFileWhole } from '../files.ts';
import { mustArgument, textOption, type Input } from '../input.ts';
import { renderFields } from '../render/table.ts';
import { formatBytes, formatCount } from '../render/values.ts';

/** Build a contract, load it as validators do, and say what it is. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, cwd } = context;
  const built = await buildFile(resolve(cwd, mustArgument(input, 0, 'file')));
  const target = textOption(input, 'out');
  if (target !== undefined) {
    writeFileWhole(resolve(cwd, target), built.code);
    writeFileWhole(resolve(cwd, `${target}.map`), built.map);
  }
  const sha256 = createHash('sha256').update(built.code).digest('hex');
  const json = {
    name: built.name,
    codeBytes: built.code.length,
    sha256,
    gas: built.gas,
    // A manifest is plain data; its type says more than JSON can.
    manifest: built.manifest as unknown as Json,
    inputs: [...built.inputs],
  };
  out.result(json, () => render(context, built, sha256));
}

function render({ out, cwd }: Context, built: Built, sha256: string): string {
  const { words, style, language } = out;
  const of = (kind: string): string =>
    built.manifest.methods
      .filter((method) => method.kind === kind)
      .map(({ name }) => name)
      .join(' · ');
  const rows = [
    [words.fieldFile, relative(cwd, built.file)],
    [words.size, formatBytes(built.code.length)],
    ['SHA-256', sha256],
    [words.gas, formatCount(built.gas, language)],
    [words.tables, built.manifest.tables.map(({ name }) => name).join(' · ')],
    [words.methods, of('command')],
    [words.queries, of('query')],
    [words.internals, of('internal')],
    [words.events, built.manifest.events.map(({ name }) => name).join(' · ')],
  ].filter((row): row is [string, string] => row[1] !== '');
  const head = `${style.green('✓')} ${words.contractBuilt(style.bold(built.name))}`;
  return `${head}\n${renderFields(rows, { style, indent: 2 })}`;
}
