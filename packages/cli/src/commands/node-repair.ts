import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { HanseError } from '@hanse/kit';
import type { Context } from '../context.ts';
import { makePrivateDir } from '../files.ts';
import { textOption, usage, type Input } from '../input.ts';

/** Parts of a validator's data that it can fetch again from the others. */
const PARTS = ['log', 'state', 'index'];
/** Tells the validator that its log is lost by intent: it may not vote where it may have voted. */
const REJOIN_MARK = 'rejoin';

/**
 * Move the data of a stopped validator aside. Keys and the guard against double signing stay: what
 * was signed must not be signed again.
 */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, cwd, nowMs } = context;
  const given = textOption(input, 'data');
  if (given === undefined) {
    throw new HanseError('InputNeeded', {
      what: 'the data folder of the validator',
      flag: '--data',
    });
  }
  const dir = dataDirOf(resolve(cwd, given));
  if (!existsSync(dir)) {
    throw usage(`There is no folder ${dir}.`, `目录 ${dir} 不存在。`);
  }
  await checkUnused(dir);
  const moved = PARTS.filter((part) => existsSync(join(dir, part)));
  const to = join(dir, `damaged-${nowMs()}`);
  if (moved.length > 0) {
    makePrivateDir(to);
    for (const part of moved) renameSync(join(dir, part), join(to, part));
    writeFileSync(join(dir, REJOIN_MARK), '');
  }
  const json = { data: dir, moved, to: moved.length === 0 ? null : to };
  out.result(json, () => {
    const { words, style } = out;
    if (moved.length === 0) return words.nothingToRepair;
    return `${style.green('✓')} ${moved.join(', ')}: ${words.repaired(to)}`;
  });
  if (moved.length > 0) out.note(`  ${out.words.repairOneOnly}`);
}

/** The data folder itself, where one of its parts was named, as errors about that part do. */
function dataDirOf(path: string): string {
  const isPart = PARTS.includes(basename(path)) && !existsSync(join(path, 'log'));
  return isPart ? dirname(path) : path;
}

/** Throws DataInUse while a validator has its log open. */
async function checkUnused(dir: string): Promise<void> {
  const logDir = join(dir, 'log');
  if (!existsSync(logDir)) return;
  const { lockFolder } = await import('@hanse/store');
  const lock = await lockFolder(logDir);
  await lock.release();
}
