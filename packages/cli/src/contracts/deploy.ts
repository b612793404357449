import { deployContract, type Client, type DeployedVersion, type Signer } from '@hanse/client';
import { equalBytes, HanseError, isHanseError } from '@hanse/kit';
import type { ContractRecord, Owners } from '@hanse/model';
import type { Project } from '../project.ts';
import type { Built } from './build.ts';
import { keepManifest, keepMap } from './kept.ts';

/** How a built contract stands to the one on the chain. */
export type Plan = {
  /** The version on the chain, if there is one. */
  readonly before: ContractRecord | undefined;
  /** Whether that one is the same code. */
  readonly isSame: boolean;
  /** What an upgrade changes, in words, and what of it does not fit what is stored. */
  readonly changes: readonly string[];
  readonly conflicts: readonly string[];
};

/** Compare a built contract with the one of its name on the chain, as one node answers. */
export async function planOf(client: Client, built: Built, signal: AbortSignal): Promise<Plan> {
  const before = await recordOf(client, built.name, signal);
  if (before === undefined) return { before, isSame: false, changes: [], conflicts: [] };
  const { compareManifests, readManifest } = await import('@hanse/vm');
  const { suite } = await client.chain();
  const isSame = equalBytes(before.codeHash, suite.hash(built.code));
  const old = readManifest(before.manifest);
  if (!old.ok) throw new HanseError('Malformed', { object: 'manifest', reason: old.error });
  return { before, isSame, ...compareManifests(old.value, built.manifest) };
}

/** The newest record of a contract, as one node answers; undefined when there is none. */
export async function recordOf(
  client: Client,
  name: string,
  signal: AbortSignal,
): Promise<ContractRecord | undefined> {
  try {
    return (await client.query('contracts', 'get', { name, version: undefined }, { signal })).value;
  } catch (error) {
    if (isHanseError(error) && error.codeName === 'RecordUnknown') return undefined;
    throw error;
  }
}

/** Everything that a deployment needs. */
export type DeployWith = {
  readonly client: Client;
  readonly project: Project;
  readonly signers: readonly Signer[];
  readonly owners: Owners | undefined;
  readonly isUpgrade: boolean;
  readonly until: 'final' | 'proved';
  readonly signal: AbortSignal;
  readonly onUploaded?: (done: number, total: number) => void;
};

/** Deploy or upgrade a built contract and keep what leads from its code to the sources. */
export async function deployBuilt(
  built: Built,
  { client, project, ...options }: DeployWith,
): Promise<DeployedVersion> {
  const { name, code, map, folder } = built;
  const { owners, isUpgrade, ...submit } = options;
  // Places of a refusal are in this code, too: the map is there before anything is sent.
  const { suite } = await client.chain();
  keepMap(project, suite.hash(code), { folder, map });
  const deployed = await deployContract(client, { name, code, owners, isUpgrade }, submit);
  const { signal } = options;
  const record = await recordOf(client, name, signal);
  if (record !== undefined) keepManifest(project, record);
  return deployed;
}
