import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isHanseError } from '@hanse/kit';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { makePrivateDir, unreadable, writePrivateFile } from '../files.ts';
import { argumentList, usage, type Input } from '../input.ts';

/** Run a TypeScript program with the packages of Hanse, in a process of its own, and return its exit code. */
export async function run(context: Context, input: Input): Promise<number> {
  const { cwd, env, project, settings } = context;
  const [file, ...args] = argumentList(input, 0);
  if (file === undefined) throw usage('Name the program to run.', '请指定要运行的程序。');
  const path = resolve(cwd, file);
  if (!existsSync(path)) throw unreadable(file, new Error('There is no such file.'));
  const program = await bundle(path, join(project.dir, 'run'));
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    cwd,
    env: { ...env, HANSE_DATA: settings.data.value },
    stdio: 'inherit',
  });
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => done(code ?? exitCodes.failed));
  });
}

/** The program as one file below the project's folder, where it finds the packages that are not ours. */
async function bundle(path: string, dir: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@hanse/source'],
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [
      {
        name: 'external-packages',
        setup: (builder) => {
          builder.onResolve({ filter: /^[^./]/ }, ({ kind, path: name }) =>
            kind === 'entry-point' || name.startsWith('@hanse/')
              ? undefined
              : { path: name, external: true },
          );
        },
      },
    ],
  }).catch((error: unknown) => {
    throw isHanseError(error) ? error : unreadable(path, error);
  });
  const text = outputFiles[0]?.text ?? '';
  const target = join(dir, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`);
  makePrivateDir(dir);
  if (!existsSync(target)) writePrivateFile(target, text);
  return target;
}
