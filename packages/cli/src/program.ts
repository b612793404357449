import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from './checkout.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit.ts';
import { argumentList, usage, type Input } from './input.ts';

/** Run a TypeScript program of the checkout's test folder with the arguments that follow, and return its exit code. */
export async function runProgram(context: Context, input: Input, path: string): Promise<number> {
  const root = checkoutRoot(context.env);
  const runner = root === undefined ? '' : join(root, 'tools/run.mjs');
  if (root === undefined || !existsSync(runner) || !existsSync(join(root, path))) {
    throw usage(
      `${path} is part of the checkout, and this program does not run from one.`,
      `${path} 属于源码目录，而本程序并非从源码运行。`,
    );
  }
  const json = context.out.isJson ? ['--json'] : [];
  const child = spawn(process.execPath, [runner, path, ...argumentList(input, 0), ...json], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? exitCodes.failed));
  });
}
