import { fromHex, must } from '@hanse/kit';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of public test vectors beside the checkout; not part of the repository. */
const root = process.env['HANSE_SHARED'] ?? join(import.meta.dirname, '../../../../shared');

/** Whether a vector folder is there; suites that need it skip with its name otherwise. */
export function hasVectors(name: string): boolean {
  return existsSync(join(root, 'vectors', name));
}

/** Title of a suite that says when it could not run. */
export function titled(name: string): string {
  return hasVectors(name) ? name : `${name} (SKIPPED: set HANSE_SHARED to a folder with vectors/)`;
}

/** Parsed JSON of a vector file, in the shape its reader expects. */
export function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, 'vectors', path), 'utf8')) as T;
}

/** Names of the JSON files below a vector folder. */
export function listVectors(path: string): string[] {
  return readdirSync(join(root, 'vectors', path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .toSorted();
}

/** Bytes of hexadecimal text in either case. */
export function hex(text: string): Uint8Array {
  return must(fromHex(text.toLowerCase()), `not hexadecimal: ${text}`);
}
