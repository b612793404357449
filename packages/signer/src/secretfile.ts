import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HanseError } from '@hanse/kit';

const FILE_BYTES_MAX = 64 * 1024;

/**
 * Make a file that only its owner can read: whole or not at all, durable, and never over another
 * one. Throws KeyFileInvalid when it exists.
 */
export async function createSecretFile(path: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(contents);
    await handle.sync();
    await handle.close();
    // A link, unlike a rename, does not replace what is there.
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      const reason = 'It exists already, and a key is never overwritten.';
      throw new HanseError('KeyFileInvalid', { path, reason }, error);
    }
    throw error;
  } finally {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(path));
}

/** Read a file of secrets. Throws KeyFileMode when others could read it too, or FileUnreadable. */
export async function readSecretFile(path: string): Promise<string> {
  try {
    const { mode, size } = await stat(path);
    checkSecretMode(path, mode);
    if (size > FILE_BYTES_MAX)
      throw new HanseError('KeyFileInvalid', { path, reason: `It has ${size} bytes.` });
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === undefined || error instanceof HanseError) throw error;
    throw new HanseError('FileUnreadable', { path, reason: reasonOf(error) }, error);
  }
}

/** Throws KeyFileMode unless the owner alone has access. Windows has no such modes. */
export function checkSecretMode(path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new HanseError('KeyFileMode', { path, mode: (mode & 0o777).toString(8).padStart(3, '0') });
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.message}.` : String(error);
}
