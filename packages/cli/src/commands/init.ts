import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { HanseError } from '@hanse/kit';
import { checkoutRoot } from '../checkout.ts';
import type { Context } from '../context.ts';
import { writeFileWhole } from '../files.ts';
import { argument, type Input } from '../input.ts';
import { projectFiles } from '../init/template.ts';

const NAME = /^[a-z][a-z0-9-]{0,60}$/;

/** Make a small project: a contract, its test, and a program that uses it. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, cwd, env } = context;
  const dir = resolve(cwd, argument(input, 0) ?? '.');
  if (existsSync(dir) && readdirSync(dir).some((file) => !file.startsWith('.'))) {
    const expected = 'a folder that is empty or not there yet';
    throw new HanseError('ConfigInvalid', { key: 'dir', value: dir, expected });
  }
  const name = NAME.test(basename(dir)) ? basename(dir) : 'orders';
  const root = checkoutRoot(env);
  const command = commandIn(context, dir);
  const files = projectFiles(name, command, root);
  mkdirSync(dir, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileWhole(join(dir, path), text);
  const linked = root === undefined ? undefined : linkPackages(dir, root);
  const near = relative(cwd, dir) || '.';
  const json = { dir, name, files: Object.keys(files), packages: linked ?? null };
  out.result(json, () => {
    const { words, style } = out;
    const lines = Object.keys(files).map((path) => `    ${style.dim(path)}`);
    if (linked !== undefined) lines.push(`    ${words.initLinked(linked)}`);
    const enter = near === '.' ? '' : `cd ${near} && `;
    const install = linked === undefined ? 'npm install && ' : '';
    const next = `${enter}${install}${command} dev --contracts contracts`;
    return [
      `${style.green('✓')} ${words.initDone(near)}`,
      ...lines,
      `  ${words.initNext}  ${next}`,
    ].join('\n');
  });
}

/** How to type this command in another folder. */
function commandIn({ command, cwd }: Context, dir: string): string {
  if (!command.includes('/')) return command;
  const path = relative(dir, resolve(cwd, command));
  return path.includes('/') ? path : `./${path}`;
}

/**
 * Let a project outside of the checkout find the packages of it, those that tests and editors need included:
 * its `node_modules` is the checkout's. Nothing is fetched. Undefined when it finds them anyway.
 */
function linkPackages(dir: string, root: string): string | undefined {
  const packages = join(root, 'node_modules');
  if (!relative(root, dir).startsWith('..')) return root;
  if (!existsSync(packages) || existsSync(join(dir, 'node_modules'))) return undefined;
  symlinkSync(packages, join(dir, 'node_modules'), 'dir');
  return root;
}
