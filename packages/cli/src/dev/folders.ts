import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Watches the folders of files: editors replace a file rather than write it, and a file's own watch ends then. */
export class FolderWatch {
  readonly #onChange: (path: string | undefined) => void;
  readonly #watchers = new Map<string, FSWatcher>();

  /** `onChange` is told the absolute path that changed, or undefined when the system does not say which. */
  constructor(onChange: (path: string | undefined) => void) {
    this.#onChange = onChange;
  }

  /** Watch the folders of these files and these folders, and no others. Installed packages are left out. */
  set(paths: readonly string[]): void {
    const folders = new Set(
      paths
        .filter((path) => !path.includes('/node_modules/'))
        .map((path) => folderOf(resolve(path))),
    );
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (!this.#watchers.has(folder)) this.#watchers.set(folder, this.#start(folder));
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #start(folder: string): FSWatcher {
    const watcher = watch(folder, (_, name) => {
      this.#onChange(name === null ? undefined : join(folder, name));
    });
    // A folder that goes is looked for again with the next change.
    watcher.on('error', () => {
      watcher.close();
      this.#watchers.delete(folder);
    });
    return watcher;
  }
}

function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path);
}
