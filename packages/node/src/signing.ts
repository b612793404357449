import type { Suite } from '@hanse/crypto';
import { equalBytes, HanseError } from '@hanse/kit';
import type { Genesis } from '@hanse/model';
import type { Archive } from '@hanse/replica';
import { LocalSigner, readKeyFile, ViewGuard } from '@hanse/signer';
import type { KeyPair } from '@hanse/crypto';
import type { NodeConfig } from './config.ts';

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
}): Promise<LocalSigner> {
  const { config, suite, chainId, key, archive } = options;
  const { ownVotes } = await archive.unfinished();
  const guard = ViewGuard.open(guardFileOf(config.consensusKeyFile), {
    publicKey: key.publicKey,
    chainId,
    epoch: 0,
    finalView: archive.lastFinal()?.view ?? 0,
    votes: ownVotes,
  });
  return new LocalSigner({ suite, chainId, key, guard });
}
