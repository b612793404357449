import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { TagGrant } from '@hanse/claims';
import { HanseError } from '@hanse/kit';

type Pending = {
  readonly line: string;
  readonly path: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
};

const DAY_MS = 86_400_000;
const NEWLINE = 0x0a;
const TEXTS = ['organisation', 'requester', 'kid', 'digest'] as const;
const NUMBERS = ['time', 'epoch', 'tags'] as const;

/** What a registry granted, one line each, in a file per day (UTC) that only its owner can read. */
export class GrantLog {
  readonly #dir: string;
  readonly #pending: Pending[] = [];
  #writing: Promise<void> | undefined;
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * Grants of yesterday and today, oldest first. A last line cut short by a crash was never answered and
   * is taken away; throws FileCorrupt for any other damage.
   */
  async recent(nowMs: number): Promise<readonly TagGrant[]> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const days = [nowMs - DAY_MS, nowMs].map((time) => this.#pathOf(time));
    const grants: TagGrant[] = [];
    for (const path of days) grants.push(...(await readGrants(path)));
    return grants.toSorted((a, b) => a.time - b.time);
  }

  /** Write a grant and sync it; grants that come meanwhile share the next sync. */
  record(grant: TagGrant): Promise<void> {
    return new Promise((done, failed) => {
      const line = `${JSON.stringify(grant)}\n`;
      this.#pending.push({ line, path: this.#pathOf(grant.time), done, failed });
      this.#writing ??= this.#drain().finally(() => (this.#writing = undefined));
    });
  }

  /** Wait for what is being written and close the file. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  #pathOf(timeMs: number): string {
    return join(this.#dir, `grants-${new Date(timeMs).toISOString().slice(0, 10)}.ndjson`);
  }

  async #drain(): Promise<void> {
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      const { path } = first;
      const other = this.#pending.findIndex((one) => one.path !== path);
      const group = this.#pending.splice(0, other < 0 ? this.#pending.length : other);
      try {
        const handle = await this.#handleOf(path);
        await handle.appendFile(group.map(({ line }) => line).join(''));
        await handle.datasync();
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
  }

  async #handleOf(path: string): Promise<FileHandle> {
    if (this.#file?.path === path) return this.#file.handle;
    await this.#file?.handle.close();
    this.#file = undefined;
    const handle = await open(path, 'a', 0o600);
    this.#file = { path, handle };
    return handle;
  }
}

async function readGrants(path: string): Promise<readonly TagGrant[]> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return [];
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end < bytes.length) await truncate(path, end);
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, i) => {
    const grant = parseGrant(line);
    if (grant === undefined)
      throw new HanseError('FileCorrupt', { path, reason: `line ${i + 1} is no grant` });
    return grant;
  });
}

function parseGrant(line: string): TagGrant | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isGrant(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isGrant(value: unknown): value is TagGrant {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return (
    TEXTS.every((name) => typeof fields[name] === 'string') &&
    NUMBERS.every((name) => Number.isSafeInteger(fields[name]))
  );
}
