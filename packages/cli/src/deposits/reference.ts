import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromHex, must, toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { usage } from '../input.ts';
import { hashFile } from './prepare.ts';

const ID = /^[0-9a-f]{64}$/;

/** A deposit as it was named: by its id, or by a file whose hash is the id. */
export type DepositReference = {
  readonly id: Uint8Array;
  readonly idHex: string;
  /** Absolute; undefined when the id itself was given. */
  readonly path: string | undefined;
};

/** The deposit behind an argument. Throws UsageError when it is neither an id nor a file. */
export async function resolveDeposit(context: Context, text: string): Promise<DepositReference> {
  const path = resolve(context.cwd, text);
  if (ID.test(text) && !existsSync(path)) {
    return { id: must(fromHex(text), 'matched as hexadecimal'), idHex: text, path: undefined };
  }
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw usage(
      `"${text}" is neither the id of a deposit (64 hexadecimal digits) nor a file.`,
      `“${text}”既不是存证标识（64 位十六进制），也不是文件。`,
    );
  }
  const { hash } = await hashFile(await context.suite(), path);
  return { id: hash, idHex: toHex(hash), path };
}
