import { EncodeError } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import { tableOf } from '@hanse/model';
import type { Client } from './client.ts';
import type { Proved, ProvedOptions } from './query.ts';

/** Which row of a deployed contract. */
export type RowName = {
  readonly contract: string;
  readonly table: string;
  /** Values of the fields of the key. */
  readonly key: Readonly<Record<string, unknown>>;
};

/**
 * A row of a deployed contract, or its absence, as the validators vouch for it. Where it lies and how it is read
 * is said by the contract's manifest, which is proved, too. Throws UnknownContract, BadArguments.
 *
 * @example const key = await readRow(client, { contract: 'claims', table: 'registryKey', key: { epoch: 1 } });
 */
export async function readRow(
  client: Pick<Client, 'deployed' | 'record'>,
  { contract, table, key }: RowName,
  options: ProvedOptions = {},
): Promise<Proved<unknown>> {
  const { record } = await client.deployed(contract, options);
  const known = tableOf(record.manifest, table);
  const refuse = (reason: string, cause?: unknown): HanseError =>
    new HanseError('BadArguments', { contract, method: table, reason }, cause);
  if (!known.ok) throw refuse(known.error);
  let bytes: Uint8Array;
  try {
    bytes = known.value.keyBytes(key);
  } catch (cause) {
    if (!(cause instanceof EncodeError)) throw cause;
    throw refuse(cause.message, cause);
  }
  const found = await client.record(bytes, options);
  if (found.value === undefined) return { ...found, value: undefined };
  const row = known.value.read(found.value);
  if (!row.ok) throw new HanseError('ProofMalformed', { reason: `row: ${row.error}` });
  return { ...found, value: row.value };
}
