import { registryKeySchema, requestTags, verdictTags, type RegistryKey } from '@hanse/claims';
import { readRow, type Signer } from '@hanse/client';
import { decode, encode, t, type Schema } from '@hanse/codec';
import { tagInputs, type BusinessKeys } from '@hanse/einvoice';
import { HanseError, isHanseError } from '@hanse/kit';
import type { RegistryKey as KeyRow } from '../claims/tables.ts';
import { claimsCall, doneBy, send, type Desk, type Done } from './desk.ts';

/** A key of the registry as the chain proves it, and what it is good for now. */
export type EpochKey = RegistryKey & { readonly state: KeyRow['state'] };

/** Tags of a document in one epoch, as verdicts and locks name them. */
export type EpochTags = {
  readonly epoch: number;
  readonly x: Uint8Array;
  readonly n: readonly Uint8Array[];
  readonly t: readonly Uint8Array[];
};

/** Epochs that can be open at a time: the one before, the current one, and what is published ahead. */
const EPOCHS_MAX = 8;
const ATTEMPTS_MAX = 3;

const epochsSchema = t.struct({
  newest: t.u32,
  current: t.option(t.u32),
  previous: t.option(t.u32),
});

/**
 * The registry's keys of all epochs that are not closed, the current one first. Each row is read with proof:
 * whoever can make up a key can make up tags. Throws RegistryKeyMissing when none is current.
 */
export async function registryKeys(desk: Desk): Promise<readonly EpochKey[]> {
  const row = (table: string, key: Readonly<Record<string, unknown>>) =>
    readRow(desk.client, { contract: 'claims', table, key });
  const epochs = (await row('epochs', { id: 'epochs' })).value;
  const { newest, current, previous } = readWith(epochsSchema, {
    newest: 0,
    current: undefined,
    previous: undefined,
    ...fieldsOf(epochs),
  });
  if (current === undefined) throw new HanseError('RegistryKeyMissing', { contract: 'claims' });
  const ahead = Array.from({ length: newest - current }, (_, i) => current + 1 + i);
  const wanted = [current, ...(previous === undefined ? [] : [previous]), ...ahead];
  const rows = await Promise.all(
    wanted.slice(0, EPOCHS_MAX).map(async (epoch) => (await row('registryKey', { epoch })).value),
  );
  return rows
    .map((one) => {
      const { state, ...key } = fieldsOf(one);
      return { ...readWith(registryKeySchema, key), state: state as EpochKey['state'] };
    })
    .filter(({ state }) => state !== 'closed');
}

/** The keys that a lock must be checked under: the current one and, while it is open, the one before. */
export function neededKeys(keys: readonly EpochKey[]): readonly EpochKey[] {
  return keys.filter(({ state }) => state === 'current' || state === 'open');
}

/** Ask the registry, as somebody, for the tags of a document's keys under one of its keys. */
export async function tagsOf(
  desk: Desk,
  requester: Signer,
  key: EpochKey,
  keys: BusinessKeys,
): Promise<EpochTags> {
  const { clock, random, registry } = desk;
  const { suite, chainId } = await desk.client.chain();
  const client = { suite, chainId, key, requester, clock, random };
  for (let attempt = 1; ; attempt++) {
    try {
      return verdictTags(await requestTags(client, tagInputs(keys), registry));
    } catch (error) {
      // A connection that was idle may be gone. Each attempt is a request of its own: none is answered twice.
      const isAway = isHanseError(error) && error.codeName === 'RegistryUnreachable';
      if (!isAway || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}

/** Publish a registry's key of the next epoch and, unless askers shall move first, make it current. */
export async function publishKey(
  desk: Desk,
  registry: Signer,
  key: Omit<RegistryKey, 'registry'>,
  isCurrent = true,
): Promise<Done> {
  const { epoch } = key;
  const calls = [
    await claimsCall(desk, 'publish', key),
    ...(isCurrent ? [await claimsCall(desk, 'makeCurrent', { epoch })] : []),
  ];
  return doneBy(await send(desk, [registry], calls), {
    en: `The registry published its key of epoch ${epoch}${isCurrent ? ' and made it current' : ''}.`,
    zh: `登记机构已发布周期 ${epoch} 的密钥${isCurrent ? '并设为当前' : ''}。`,
  });
}

function fieldsOf(row: unknown): Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null ? { ...row } : {};
}

/** A row as a schema says it is: what the manifest of another version gives is no key. */
function readWith<T>(schema: Schema<T>, row: Readonly<Record<string, unknown>>): T {
  const names = schema.shape.kind === 'struct' ? Object.keys(schema.shape.fields) : [];
  const own = Object.fromEntries(names.map((name) => [name, row[name]]));
  try {
    const value = decode(schema, encode(schema, own as T));
    if (value.ok) return value.value;
  } catch (cause) {
    throw new HanseError('ProofMalformed', { reason: 'the row is no key of a registry' }, cause);
  }
  throw new HanseError('ProofMalformed', { reason: 'the row is no key of a registry' });
}
