import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { KeyPair, Suite } from '@hanse/crypto';
import { equalBytes, HanseError } from '@hanse/kit';
import type { Genesis } from '@hanse/model';
import type { Archive } from '@hanse/replica';
import { LocalSigner, readKeyFile, ViewGuard } from '@hanse/signer';
import type { NodeConfig } from './config.ts';

/** Left in the data folder by `hanse node repair`. */
const REJOIN_MARK = 'rejoin';

/** The validator that this node's consensus key makes it: its key and its index in the genesis. */
export type ValidatorKey = { readonly key: KeyPair; readonly index: number };

/** Read the consensus key and find whose it is. Throws ConfigInvalid when the genesis does not name it. */
export async function readValidatorKey(
  config: NodeConfig,
  suite: Suite,
  genesis: Genesis,
): Promise<ValidatorKey> {
  const { key } = await readKeyFile(suite, config.consensusKeyFile, 'consensus');
  const index = genesis.validators.findIndex(
    (one) => one.alg === key.alg && equalBytes(one.publicKey, key.publicKey),
  );
  if (index < 0)
    throw new HanseError('ConfigInvalid', {
      key: 'consensusKeyFile',
      value: config.consensusKeyFile,
      expected: 'the key of a validator in the genesis',
    });
  return { key, index };
}

/** The double-sign guard lies beside the key it belongs to. */
export function guardFileOf(consensusKeyFile: string): string {
  return `${consensusKeyFile}.guard`;
}

/** Open the signer of a validator; its guard is compared with the votes in the log first. */
export async function openSigner(options: {
  readonly config: NodeConfig;
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly key: KeyPair;
  readonly archive: Archive;
  readonly lostUpTo: number;
}): Promise<LocalSigner> {
  const { config, suite, chainId, key, archive, lostUpTo } = options;
  const { ownVotes } = await archive.unfinished();
  const guard = ViewGuard.open(guardFileOf(config.consensusKeyFile), {
    publicKey: key.publicKey,
    chainId,
    epoch: 0,
    finalView: archive.lastFinal()?.view ?? 0,
    votes: ownVotes,
    lostUpTo,
  });
  return new LocalSigner({ suite, chainId, key, guard });
}

/**
 * View up to which this validator may have voted before its log was moved away by a repair; 0 when it
 * was not. The first start after the repair writes the view down: later starts must not forget it.
 */
export function lostUpTo(config: NodeConfig, key: KeyPair): number {
  const mark = join(config.dataDir, REJOIN_MARK);
  if (!existsSync(mark)) return 0;
  const text = readFileSync(mark, 'utf8');
  if (/^[0-9]+$/.test(text)) return Number(text);
  const view = ViewGuard.reservedUpTo(guardFileOf(config.consensusKeyFile), key.publicKey);
  const file = openSync(`${mark}.new`, 'w', 0o600);
  writeSync(file, String(view));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${mark}.new`, mark);
  return view;
}
