import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from '@hanse/codec';
import { HanseError, isHanseError, must, type Log } from '@hanse/kit';
import { genesisSchema, type Executed } from '@hanse/model';
import { Archive } from '@hanse/replica';
import { BlockLog, LevelKv } from '@hanse/store';
import { REBUILD_MARK, type Parts } from './prepare.ts';
import type { RequestOf, WorkerClient } from './rpc.ts';
import type { StateMethods } from './state.ts';

const MIB = 1024 * 1024;
/**
 * Keys of the state are hashes, so each write buffer that is full touches all of a level: with buffers
 * of LevelDB's usual 4 MiB, merging costs as much processor time as executing. Doubling these gains 4 %.
 */
const STATE_OPTIONS = { writeBufferBytes: 16 * MIB, cacheBytes: 8 * MIB } as const;
/** Open archive, the way to check its log, and the way to close it. */
export type Storage = {
  readonly archive: Archive;
  readonly scrub: BlockLog['scrub'];
  readonly close: () => Promise<void>;
};

/** Derived data that turned out damaged while running is thrown away and rebuilt from the log. */
export function rebuildIfMarked(dataDir: string, log: Log): void {
  const mark = join(dataDir, REBUILD_MARK);
  if (!existsSync(mark)) return;
  log('warn', 'derived data was damaged: rebuilding it from the block log');
  for (const name of ['state', 'index']) moveAside(join(dataDir, name));
  rmSync(mark);
}

function moveAside(dir: string): void {
  if (!existsSync(dir)) return;
  rmSync(`${dir}.damaged`, { recursive: true, force: true });
  renameSync(dir, `${dir}.damaged`);
}

/** The open state: what it has executed, and the way to close it after its threads did. */
export type OpenedState = { readonly executed: Executed; readonly close: () => Promise<void> };

/** Where the state lies, for each thread that opens it. */
export function stateRequest({ config, genesis }: Parts): RequestOf<StateMethods, 'open'> {
  return { dir: join(config.dataDir, 'state'), genesis: encode(genesisSchema, genesis) };
}

/** Open the state; what is damaged is moved aside and executed again from the log. */
export async function openState(
  parts: Parts,
  state: WorkerClient<StateMethods>,
): Promise<OpenedState> {
  const request = stateRequest(parts);
  try {
    return await openStateOnce(request, state);
  } catch (error) {
    if (!isHanseError(error) || error.codeName !== 'StateCorrupt') throw error;
    parts.log('warn', 'the state is damaged: rebuilding it from the block log', {
      reason: error.message,
    });
    moveAside(request.dir);
    return await openStateOnce(request, state);
  }
}

/**
 * The main thread holds the folder open for as long as any other does: LevelDB takes its options from the
 * thread that opens it first, and its cache goes with that one.
 */
async function openStateOnce(
  request: RequestOf<StateMethods, 'open'>,
  state: WorkerClient<StateMethods>,
): Promise<OpenedState> {
  const keeper = await LevelKv.open(request.dir, { ...STATE_OPTIONS, multithreading: true });
  try {
    return { executed: await state.call('open', request), close: () => keeper.close() };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

/** Open the block log and its index; a damaged index is rebuilt. */
export async function openStorage(parts: Parts): Promise<Storage> {
  try {
    return await openStorageOnce(parts);
  } catch (error) {
    if (isHanseError(error) && error.codeName === 'LogCorrupt') {
      // The command to run takes the validator's folder, not the log in it.
      throw new HanseError('LogCorrupt', { ...error.params, dir: parts.config.dataDir }, error);
    }
    // The index is derived; only damage to the log itself needs a person.
    if (isHanseError(error) && !['StateCorrupt', 'InvariantBroken'].includes(error.codeName))
      throw error;
    parts.log('warn', 'the index is damaged: rebuilding it from the block log', {
      reason: error instanceof Error ? error.message : String(error),
    });
    moveAside(join(parts.config.dataDir, 'index'));
    return await openStorageOnce(parts);
  }
}

async function openStorageOnce({ config, suite, chainId, log }: Parts): Promise<Storage> {
  const index = await LevelKv.open(join(config.dataDir, 'index'));
  let blockLog: BlockLog | undefined;
  const close = async (): Promise<void> => {
    await blockLog?.close();
    await index.close();
  };
  try {
    const archive = await Archive.open({
      suite,
      index,
      openLog: async (from, onRecord) => {
        blockLog = await BlockLog.open(join(config.dataDir, 'log'), {
          chainId,
          log,
          ...(from === undefined ? {} : { from }),
          onRecord,
        });
        return blockLog;
      },
    });
    const opened = must(blockLog, 'the archive has opened its log');
    return {
      archive,
      scrub: (pause) => opened.scrub(pause),
      close: async () => {
        await archive.sync();
        await archive.flush();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
