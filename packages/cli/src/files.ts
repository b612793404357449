import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';

const OWNER_ONLY_DIR = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** Make a folder that only its owner may enter; an existing one is narrowed to that. */
export function makePrivateDir(path: string): void {
  mkdirSync(path, { recursive: true, mode: OWNER_ONLY_DIR });
  if ((statSync(path).mode & 0o777) !== OWNER_ONLY_DIR) chmodSync(path, OWNER_ONLY_DIR);
}

/** Replace a file as a whole: readers see the old content or the new one. Only its owner may read it. */
export function writePrivateFile(path: string, content: string | Uint8Array): void {
  const temp = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temp, content, { mode: OWNER_ONLY_FILE });
    renameSync(temp, path);
  } catch (error) {
    rmSync(temp, { force: true });
    throw unreadable(path, error);
  }
}

/** Replace a public file as a whole, making its folder. */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  const temp = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temp, content);
    renameSync(temp, path);
  } catch (error) {
    rmSync(temp, { force: true });
    throw unreadable(path, error);
  }
}

/** The JSON of a file. Throws FileUnreadable. */
export function readJsonFile(path: string): Json {
  try {
    const json: Json = JSON.parse(readFileSync(path, 'utf8'));
    return json;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The JSON of a file, or undefined when there is no such file. Throws FileUnreadable. */
export function readJsonIfPresent(path: string): Json | undefined {
  return existsSync(path) ? readJsonFile(path) : undefined;
}

/** A file operation that failed, as an error that names the file. */
export function unreadable(path: string, error: unknown): HanseError {
  return new HanseError('FileUnreadable', { path, reason: reasonOf(error) }, error);
}

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** JSON for people to read in an editor. */
export function prettyJson(json: Json): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
