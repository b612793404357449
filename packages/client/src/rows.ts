import { EncodeError } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import { tableOf, type DeployedTable } from '@hanse/model';
import type { Client } from './client.ts';
import type { Proved, ProvedOptions } from './query.ts';

/** Which row of a deployed contract. */
export type RowName = {
  readonly contract: string;
  readonly table: string;
  /** Values of the fields of the key. */
  readonly key: Readonly<Record<string, unknown>>;
};

type Reader = Pick<Client, 'deployed' | 'record'>;

/** Manifests as a client has read them. Upgrades only widen rows: where one lies never changes. */
const manifests = new WeakMap<Reader, Map<string, Promise<Uint8Array>>>();

/**
 * A row of a deployed contract, or its absence, as the validators vouch for it. Where it lies and how it is read
 * is said by the contract's manifest, which is proved, too. Throws UnknownContract, BadArguments.
 *
 * @example const key = await readRow(client, { contract: 'claims', table: 'registryKey', key: { epoch: 1 } });
 */
export async function readRow(
  client: Reader,
  name: RowName,
  options: ProvedOptions = {},
): Promise<Proved<unknown>> {
  const { contract, table } = name;
  const known = tableIn(name, await manifestOf(client, contract, options, false));
  const found = await client.record(keyIn(known, name), options);
  if (found.value === undefined) return { ...found, value: undefined };
  const row = known.read(found.value);
  if (row.ok) return { ...found, value: row.value };
  // A newer version has written it.
  const newer = tableIn(name, await manifestOf(client, contract, options, true)).read(found.value);
  if (newer.ok) return { ...found, value: newer.value };
  throw new HanseError('ProofMalformed', { reason: `row of ${table}: ${newer.error}` });
}

async function manifestOf(
  client: Reader,
  contract: string,
  options: ProvedOptions,
  isFresh: boolean,
): Promise<Uint8Array> {
  const own = manifests.get(client) ?? new Map<string, Promise<Uint8Array>>();
  manifests.set(client, own);
  const before = own.get(contract);
  if (before !== undefined && !isFresh) return before;
  const reading = client.deployed(contract, options).then(({ record }) => record.manifest);
  own.set(contract, reading);
  reading.catch(() => own.delete(contract));
  return reading;
}

function tableIn(name: RowName, manifest: Uint8Array): DeployedTable {
  const table = tableOf(manifest, name.table);
  if (!table.ok) throw refused(name, table.error);
  return table.value;
}

function keyIn({ keyBytes }: DeployedTable, name: RowName): Uint8Array {
  try {
    return keyBytes(name.key);
  } catch (cause) {
    if (!(cause instanceof EncodeError)) throw cause;
    throw refused(name, cause.message, cause);
  }
}

function refused({ contract, table }: RowName, reason: string, cause?: unknown): HanseError {
  return new HanseError('BadArguments', { contract, method: table, reason }, cause);
}
