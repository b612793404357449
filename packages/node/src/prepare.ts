import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair, Suite } from '@hanse/crypto';
import { HanseError, isHanseError, type Clock, type Log } from '@hanse/kit';
import { chainIdOf, parseGenesis, type Genesis } from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import { readJson, type NodeConfig } from './config.ts';
import { createLog } from './logger.ts';
import { readValidatorKey } from './signing.ts';

/** What every part of a node is made from. */
export type Parts = {
  readonly config: NodeConfig;
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly suite: Suite;
  readonly key: KeyPair;
  readonly self: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly fatal: (error: unknown) => void;
  /** The node is being stopped: what its parts say while they close is no failure. */
  readonly mute: () => void;
};

/** Read genesis and keys. `fatal` is called at most once, when the process must end. */
export async function prepare(config: NodeConfig, fatal: (error: unknown) => void): Promise<Parts> {
  const log = createLog(config.name);
  const parsed = parseGenesis(readJson(config.genesisFile));
  if (!parsed.ok)
    throw new HanseError('FileCorrupt', { path: config.genesisFile, reason: parsed.error });
  const genesis = parsed.value;
  const suite = createNativeSuite(genesis.suite);
  const { key, index } = await readValidatorKey(config, suite, genesis);
  let failed = false;
  const failOnce = (thrown: unknown): void => {
    if (failed) return;
    failed = true;
    const error = withDataDir(thrown, config.dataDir);
    log('error', 'node failed', { reason: error instanceof Error ? error.message : String(error) });
    if (isHanseError(error) && error.codeName === 'StateCorrupt') markForRebuild(config.dataDir);
    fatal(error);
  };
  return {
    config,
    genesis,
    suite,
    key,
    self: index,
    chainId: chainIdOf(suite, genesis),
    clock: monotonicClock(),
    log,
    fatal: failOnce,
    mute: () => {
      failed = true;
    },
  };
}

/** Wall time once, monotonic from then on: a corrected clock must not turn time back under the protocol. */
function monotonicClock(): Clock {
  const startMs = Date.now() - performance.now();
  return { nowMs: () => Math.floor(startMs + performance.now()) };
}

/** Storage names the part it found damaged; what a person repairs or restores is the whole folder. */
function withDataDir(error: unknown, dir: string): unknown {
  if (!isHanseError(error) || error.params['dir'] === undefined) return error;
  return new HanseError(error.codeName, { ...error.params, dir }, error);
}

/** Left in the data folder to ask the next start to rebuild what is derived from the log. */
export const REBUILD_MARK = 'rebuild';

/** Ask the next start to rebuild what is derived from the log. */
export function markForRebuild(dataDir: string): void {
  writeFileSync(join(dataDir, REBUILD_MARK), '');
}
