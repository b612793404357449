import { readdir } from 'node:fs/promises';
import { HanseError } from '@hanse/kit';
import { ClassicLevel } from 'classic-level';
import type { KvEntry, KvRange, KvSnapshot, KvStore, KvWrite } from './kv.ts';

/** How to open a LevelDB folder. */
export type LevelKvOptions = {
  /** Share the folder among the threads of this process. Every thread has to pass it. */
  readonly multithreading?: boolean;
  readonly cacheBytes?: number;
  readonly writeBufferBytes?: number;
};

type Database = ClassicLevel<Uint8Array, Uint8Array>;
type At = { readonly snapshot?: ReturnType<Database['snapshot']> };

/** Key-value store on LevelDB. */
export class LevelKv implements KvStore {
  readonly #dir: string;
  readonly #database: Database;

  private constructor(dir: string, database: Database) {
    this.#dir = dir;
    this.#database = database;
  }

  /** Open a folder, made when it is absent. Throws StateCorrupt when LevelDB finds it damaged, or DataInUse. */
  static async open(dir: string, options: LevelKvOptions = {}): Promise<LevelKv> {
    await checkCurrent(dir);
    const database = new ClassicLevel<Uint8Array, Uint8Array>(dir, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      ...(options.multithreading === undefined ? {} : { multithreading: options.multithreading }),
      ...(options.cacheBytes === undefined ? {} : { cacheSize: options.cacheBytes }),
      ...(options.writeBufferBytes === undefined
        ? {}
        : { writeBufferSize: options.writeBufferBytes }),
    });
    try {
      await database.open();
    } catch (error) {
      throw openError(dir, error);
    }
    return new LevelKv(dir, database);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#get(key, {});
  }

  list(range: KvRange): Promise<readonly KvEntry[]> {
    return this.#list(range, {});
  }

  /** The store as it is now. Close it soon: LevelDB keeps what is overwritten for it. */
  snapshot(): KvSnapshot {
    const snapshot = this.#database.snapshot();
    return {
      get: (key) => this.#get(key, { snapshot }),
      list: (range) => this.#list(range, { snapshot }),
      close: () => snapshot.close(),
    };
  }

  #get(key: Uint8Array, at: At): Uint8Array | undefined {
    try {
      const value = this.#database.getSync(key, at);
      return value === undefined ? undefined : plain(value);
    } catch (error) {
      throw this.#readError(error);
    }
  }

  async #list({ gte, lt, limit, reverse = false }: KvRange, at: At): Promise<readonly KvEntry[]> {
    const iterator = this.#database.iterator({ gte, lt, limit, reverse, ...at });
    try {
      const entries = await iterator.all();
      return entries.map(([key, value]) => [plain(key), plain(value)] as const);
    } catch (error) {
      throw this.#readError(error);
    } finally {
      await iterator.close();
    }
  }

  async write(
    writes: readonly KvWrite[],
    { sync = false }: { readonly sync?: boolean } = {},
  ): Promise<void> {
    // A chained batch costs a quarter of an array of operations.
    const batch = this.#database.batch();
    for (const [key, value] of writes) {
      if (value === undefined) batch.del(key);
      else batch.put(key, value);
    }
    try {
      await batch.write({ sync });
    } catch (error) {
      throw new HanseError('SyncFailed', { file: this.#dir, reason: reasonOf(error) }, error);
    }
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  #readError(error: unknown): unknown {
    return codeOf(error) === 'LEVEL_CORRUPTION' || codeOf(error) === 'LEVEL_IO_ERROR'
      ? new HanseError('StateCorrupt', { object: this.#dir }, error)
      : error;
  }
}

/** Without CURRENT LevelDB would start afresh and remove the old files. */
async function checkCurrent(dir: string): Promise<void> {
  const names = await readdir(dir).catch((): string[] => []);
  const isStarted = names.some((name) => name.startsWith('MANIFEST-'));
  if (isStarted && !names.includes('CURRENT'))
    throw new HanseError('StateCorrupt', { object: `${dir}/CURRENT` });
}

function openError(dir: string, error: unknown): unknown {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = codeOf(cause);
  if (code === 'LEVEL_LOCKED')
    return new HanseError('DataInUse', { path: dir, pid: 'unknown' }, error);
  const isMissing = code === 'LEVEL_IO_ERROR' && /No such file/.test(reasonOf(cause));
  if (code === 'LEVEL_CORRUPTION' || isMissing)
    return new HanseError('StateCorrupt', { object: dir }, error);
  return new HanseError('FileUnreadable', { path: dir, reason: reasonOf(cause) }, error);
}

/** LevelDB returns Buffers, whose `slice` shares memory. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
