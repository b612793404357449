import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HanseError } from '@hanse/kit';

/** Keeps a folder to one process until it is released. */
export type FolderLock = { readonly release: () => Promise<void> };

type Owner = { readonly pid: number; readonly startedAt: string; readonly serial: number };

/** Locks of this process: a lock with our pid that is not among them is from before a restart. */
const held = new Set<string>();
let serial = 0;

/**
 * Take a folder, made when it is absent. Throws DataInUse while a living process has it. The lock of
 * a dead process is taken over: process ids are reused, so the start time decides where the system
 * tells it (Linux), the id alone where it does not.
 */
export async function lockFolder(dir: string): Promise<FolderLock> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, 'lock');
  const startedAt = await startTimeOf(process.pid);
  const own: Owner = { pid: process.pid, startedAt: startedAt ?? '', serial: ++serial };
  if (held.has(path)) throw inUse(dir, process.pid);
  held.add(path);
  try {
    await acquire(dir, path, own);
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return {
    release: async () => {
      if (isSame(await readOwner(path), own)) await rm(path, { force: true });
      held.delete(path);
    },
  };
}

async function acquire(dir: string, path: string, own: Owner): Promise<void> {
  const temporary = `${path}.${own.pid}.${own.serial}`;
  await writeFile(temporary, JSON.stringify(own), { mode: 0o600 });
  try {
    if (await tryLink(temporary, path)) return;
    const owner = await readOwner(path);
    if (owner !== undefined && (await isAlive(owner))) throw inUse(dir, owner.pid);
    await moveStaleAside(dir, path, temporary, owner);
    if (!(await tryLink(temporary, path))) throw inUse(dir, (await readOwner(path))?.pid ?? 0);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Of two processes that find a stale lock, one may move away the other's new lock: it gives it back. */
async function moveStaleAside(
  dir: string,
  path: string,
  temporary: string,
  stale: Owner | undefined,
): Promise<void> {
  const aside = `${temporary}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved !== undefined && !isSame(moved, stale)) {
    await tryLink(aside, path);
    await rm(aside, { force: true });
    throw inUse(dir, moved.pid);
  }
  await rm(aside, { force: true });
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOwner(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && 'pid' in value && 'startedAt' in value;
}

function isSame(a: Owner | undefined, b: Owner | undefined): boolean {
  return a?.pid === b?.pid && a?.startedAt === b?.startedAt && a?.serial === b?.serial;
}

async function isAlive(owner: Owner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: alive, of another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const startedAt = await startTimeOf(owner.pid);
  return startedAt === undefined || startedAt === owner.startedAt;
}

/** Boot id and start tick of a process, or undefined where the system does not say. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name of the process, in parentheses, may hold spaces; the start is field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot.trim()}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function inUse(dir: string, pid: number): HanseError {
  return new HanseError('DataInUse', { path: dir, pid });
}
