import { decode } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import {
  contractKeyBytes,
  contractRecordSchema,
  interfaceOf,
  type ContractRecord,
  type DeployedInterface,
} from '@hanse/model';
import type { Connection } from './connection.ts';
import { readRecord, type ProvedOptions } from './query.ts';

/** A deployed contract: its proved record, and its manifest as schemas. */
export type Deployed = { readonly record: ContractRecord; readonly offers: DeployedInterface };

/** Deployed contracts as this client knows them. */
export type Offers = {
  /** A contract as it was proved before, or now. Throws UnknownContract. */
  readonly get: (name: string, options?: ProvedOptions) => Promise<Deployed>;
  /** A contract as it is proved now: after an upgrade, for one. */
  readonly read: (name: string, options?: ProvedOptions) => Promise<Deployed>;
};

/** Rule *manifest*: schemas come from the registry's record, which is proved, not from a node's word. */
export function createOffers(connection: Connection): Offers {
  const known = new Map<string, Promise<Deployed>>();
  const read: Offers['read'] = (name, options = {}) => {
    const reading = readDeployed(connection, name, options);
    known.set(name, reading);
    reading.catch(() => {
      if (known.get(name) === reading) known.delete(name);
    });
    return reading;
  };
  return { read, get: (name, options) => known.get(name) ?? read(name, options) };
}

async function readDeployed(
  connection: Connection,
  name: string,
  options: ProvedOptions,
): Promise<Deployed> {
  const { value } = await readRecord(connection, contractKeyBytes(name), options);
  if (value === undefined) throw new HanseError('UnknownContract', { contract: name });
  const record = decode(contractRecordSchema, value);
  if (!record.ok) throw new HanseError('ProofMalformed', { reason: `record: ${record.error}` });
  const offers = interfaceOf(record.value.manifest);
  if (!offers.ok) throw new HanseError('ProofMalformed', { reason: `manifest: ${offers.error}` });
  return { record: record.value, offers: offers.value };
}
