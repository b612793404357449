import { join } from 'node:path';
import { deployContract, type Client } from '@hanse/client';
import type { Suite } from '@hanse/crypto';
import { equalBytes, HanseError, must } from '@hanse/kit';
import { readEpochKeys, registryKeysDir } from '@hanse/registry';
import { askClaims, publishKey, setUpMembers, type Desk } from '@hanse/trade-finance';
import { checkoutRoot } from '../checkout.ts';
import type { Context } from '../context.ts';
import { recordOf } from '../contracts/deploy.ts';
import { keepManifest, keepMap } from '../contracts/kept.ts';
import { ensureCast, foundersOf, membersOf, REGISTRY } from './cast.ts';
import { registryDir } from './service.ts';

/** Contracts of trade finance, in the order in which one needs the other. */
const CONTRACTS = ['claims', 'packs'] as const;
/** Founders whose signatures an upgrade needs, of four. */
const THRESHOLD = 3;

/** What was done, for people. */
export type Installed =
  | { readonly kind: 'members'; readonly count: number }
  | { readonly kind: 'contract'; readonly name: string; readonly version: number }
  | { readonly kind: 'key'; readonly epoch: number };

/**
 * Bring a local network to where trade finance works: everybody with their roles, the contracts in the version of this
 * checkout, and a current key of claim tags. What is there already is left alone.
 */
export async function installTrade(
  context: Context,
  desk: Desk,
  onDone: (installed: Installed) => void,
): Promise<void> {
  const { identities, network, signal } = context;
  const client = await context.client();
  const suite = await context.suite();
  await ensureCast(suite, network.dir, identities);
  const founders = await foundersOf(suite, identities);
  const members = await membersOf(suite, network.dir, identities);
  await setUpMembers({ client, signal }, founders, members);
  onDone({ kind: 'members', count: members.length });
  const organisations = founders.map(({ did }) => did);
  for (const name of CONTRACTS) {
    const version = await bring(context, { client, suite, name, organisations });
    onDone({ kind: 'contract', name, version });
  }
  const registry = must(
    members.find(({ name }) => name === REGISTRY),
    'somebody holds the key of claim tags',
  );
  const { value } = await askClaims(desk).epochs({});
  if (value.current === undefined) {
    const [first] = await readEpochKeys(registryKeysDir(registryDir(network.dir)));
    const { epoch, group, key } = must(first, 'the registry has a key');
    await publishKey(desk, registry.organisation, { epoch, group, publicKey: key.publicKey });
    onDone({ kind: 'key', epoch });
    return;
  }
  onDone({ kind: 'key', epoch: value.current });
}

/** Deploy a contract, or upgrade it to the code of this checkout. Gives its version. */
async function bring(
  context: Context,
  parts: {
    readonly client: Client;
    readonly suite: Suite;
    readonly name: (typeof CONTRACTS)[number];
    readonly organisations: readonly string[];
  },
): Promise<number> {
  const { project, identities, env, signal } = context;
  const { client, suite, name, organisations } = parts;
  const root = checkoutRoot(env);
  if (root === undefined) {
    throw new HanseError('UsageError', {
      message: 'The contracts of trade finance are built from a checkout, and this is none.',
      messageZh: '贸易融资合约由源码构建，而此处不是源码目录。',
    });
  }
  const { buildContract } = await import('@hanse/testing');
  const { code, map } = await buildContract(join(root, 'packages/trade-finance/src', `${name}.ts`));
  const codeHash = suite.hash(code);
  const before = await recordOf(client, name, signal);
  if (before !== undefined && equalBytes(before.codeHash, codeHash)) return before.version;
  keepMap(project, codeHash, { folder: process.cwd(), map });
  const isUpgrade = before !== undefined;
  const signers = (await foundersOf(suite, identities)).slice(0, THRESHOLD);
  const owners = isUpgrade ? undefined : { organisations, threshold: THRESHOLD };
  const options = { signers, until: 'final', signal } as const;
  const { version } = await deployContract(client, { name, code, owners, isUpgrade }, options);
  const record = await recordOf(client, name, signal);
  if (record !== undefined) keepManifest(project, record);
  return version;
}
