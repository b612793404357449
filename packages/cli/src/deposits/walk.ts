import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { unreadable } from '../files.ts';

/** A file to deposit. */
export type FoundFile = {
  readonly path: string;
  /** As shown: relative to where the command runs. */
  readonly shown: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
};

/** Something in a folder that is no file, and why it was left out. */
export type Skipped = { readonly shown: string; readonly why: 'symbolicLink' | 'notAFile' };

/** What was found under the named paths, in an order that does not depend on the file system. */
export type Found = { readonly files: readonly FoundFile[]; readonly skipped: readonly Skipped[] };

/** All files under paths. A named link is followed, one inside a folder is reported. Throws FileUnreadable. */
export function findFiles(cwd: string, paths: readonly string[]): Found {
  const files: FoundFile[] = [];
  const skipped: Skipped[] = [];
  const seen = new Set<string>();
  const shownOf = (path: string): string => {
    const near = relative(cwd, path);
    return near === '' ? '.' : near;
  };
  const visit = (path: string, isNamed: boolean): void => {
    const stat = statOf(path, isNamed);
    if (stat.isDirectory()) {
      for (const name of namesOf(path)) visit(join(path, name), false);
    } else if (stat.isFile()) {
      if (seen.has(path)) return;
      seen.add(path);
      const modifiedMs = Math.max(0, Math.floor(stat.mtimeMs));
      files.push({ path, shown: shownOf(path), sizeBytes: stat.size, modifiedMs });
    } else {
      const why = stat.isSymbolicLink() ? 'symbolicLink' : 'notAFile';
      skipped.push({ shown: shownOf(path), why });
    }
  };
  for (const path of paths) visit(resolve(cwd, path), true);
  return { files, skipped };
}

function statOf(path: string, isNamed: boolean) {
  try {
    return isNamed ? statSync(path) : lstatSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function namesOf(path: string): readonly string[] {
  try {
    // By code units, whatever the locale and the file system say.
    return readdirSync(path).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  } catch (error) {
    throw unreadable(path, error);
  }
}
