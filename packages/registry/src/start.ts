import { join } from 'node:path';
import { TagRegistry, type QuotaBounds, type RegistryKey } from '@hanse/claims';
import { createVoprf, selfTestVoprf, type Suite } from '@hanse/crypto';
import { limits, type Clock, type Random } from '@hanse/kit';
import { lockFolder } from '@hanse/store';
import { GrantLog } from './grants.ts';
import { readEpochKeys } from './keys.ts';
import { createMembers, type ReadIdentity } from './members.ts';
import { serveRegistry, type ListenOptions } from './server.ts';

/** What a registry's service needs. */
export type RegistryConfig = ListenOptions & {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  /** DID of the registry, as its key on the chain names it. */
  readonly did: string;
  /** Folder with `keys/`; the grants go beside it. */
  readonly dir: string;
  readonly readIdentity: ReadIdentity;
  /** Tags per organisation; the bounds of `kit/limits` when absent. */
  readonly quota?: QuotaBounds;
  readonly clock: Clock;
  readonly random: Random;
};

/** A registry that serves. `keys` is what has to stand on the chain. */
export type RunningRegistry = {
  readonly url: string;
  readonly keys: readonly RegistryKey[];
  readonly close: () => Promise<void>;
};

/** Folder of the key files below a registry's folder. */
export function registryKeysDir(dir: string): string {
  return join(dir, 'keys');
}

/**
 * Start a registry's service. Throws DataInUse when another process has the folder, KeyFileMode,
 * KeyFileInvalid and FileUnreadable for its keys, FileCorrupt for its grants, PortInUse for its port.
 */
export async function startRegistry(config: RegistryConfig): Promise<RunningRegistry> {
  const lock = await lockFolder(config.dir);
  try {
    const { registry, grants } = await openRegistry(config);
    const server = await serveRegistry(registry, config);
    return {
      url: server.url,
      keys: registry.publicKeys,
      close: async () => {
        await server.close();
        await grants.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openRegistry(
  config: RegistryConfig,
): Promise<{ readonly registry: TagRegistry; readonly grants: GrantLog }> {
  const { suite, chainId, did, dir, readIdentity, clock, random } = config;
  const keys = await readEpochKeys(registryKeysDir(dir));
  for (const group of new Set(keys.map((one) => one.group))) selfTestVoprf(createVoprf(group));
  const grants = new GrantLog(join(dir, 'grants'));
  const registry = new TagRegistry({
    suite,
    chainId,
    did,
    keys,
    members: createMembers(readIdentity, clock),
    quota: config.quota ?? { perMinute: limits.claimTagsPerMinute, perDay: limits.claimTagsPerDay },
    clock,
    random,
    record: (grant) => grants.record(grant),
  });
  for (const grant of await grants.recent(clock.nowMs())) registry.restore(grant);
  return { registry, grants };
}
