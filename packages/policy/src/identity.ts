import { encode } from '@hanse/codec';
import { limits, utf8 } from '@hanse/kit';
import {
  didKeyBytes,
  didOf,
  didRecordSchema,
  inceptionRecord,
  systemContracts,
  type DidKey,
  type DidRecord,
  type Inception,
  type KeySpec,
} from '@hanse/model';
import { method, type Method, type Transaction } from './call.ts';
import { canInvoke, didRefusal, isActiveOrganisation, readDid } from './dids.ts';
import { gasTable } from './gas.ts';
import { inceptionRefusal, keyRefusal, reuseRefusal } from './inception.ts';
import type { ErrorRefusal } from './ports.ts';
import { query, readPage, type Query } from './query.ts';
import { refuse, Refused } from './refuse.ts';

const contract = 'identity';
const { methods, queries, events } = systemContracts.identity;
const named = (name: string): { readonly contract: string; readonly method: string } => ({
  contract,
  method: name,
});

/** Methods of the identity contract. */
export const identityMethods: ReadonlyMap<string, Method> = new Map([
  ['register', method(named('register'), methods.register, register)],
  ['addKey', method(named('addKey'), methods.addKey, addKey)],
  ['rotateKey', method(named('rotateKey'), methods.rotateKey, rotateKey)],
  ['revokeKey', method(named('revokeKey'), methods.revokeKey, revokeKey)],
  ['deactivate', method(named('deactivate'), methods.deactivate, deactivate)],
]);

/** Queries of the identity contract. */
export const identityQueries: ReadonlyMap<string, Query> = new Map([
  [
    'get',
    query(named('get'), queries.get, async (read, { did }) => {
      const params = { object: 'identity', id: did, height: read.height };
      return readDid(read, did) ?? refuse('RecordUnknown', params);
    }),
  ],
  [
    'list',
    query(named('list'), queries.list, async (read, { after, limit }) => {
      const start = after === undefined ? undefined : didKeyBytes(after);
      const page = { name: named('list'), prefix: utf8('identity/did/'), after: start, limit };
      const { rows, last } = await readPage(read, page, didRecordSchema);
      return { rows, next: last?.did };
    }),
  ],
]);

type Changed = { readonly version: number };

function register(
  tx: Transaction,
  { inception }: { readonly inception: Inception },
): { readonly did: string } {
  const did = didOf(tx.chain.suite, tx.chain.network, inception);
  // The key names no network, so that what it holds is read without asking for one.
  if (tx.get(didKeyBytes(did)) !== undefined) refuse('DidExists', { did });
  tx.meter.charge(gasTable.keyCheck * inception.keys.length);
  check(inceptionRefusal(tx.chain, did, inception, (one) => isActiveOrganisation(tx, one)));
  const sponsors =
    inception.kind === 'organisation'
      ? tx.context.signers.map((signer) => signer.did)
      : inception.controllers.filter((controller) => tx.isSigner(controller));
  if (!sponsors.some((sponsor) => isActiveOrganisation(tx, sponsor))) {
    const subject = inception.kind === 'organisation' ? 'an organisation' : did;
    refuse('NotAuthorised', { caller: tx.actor, action: 'register', subject });
  }
  write(tx, inceptionRecord(did, inception, tx.context.height));
  tx.emit(contract, 'registered', events.registered, { did });
  return { did };
}

function addKey(
  tx: Transaction,
  { did, key }: { readonly did: string; readonly key: KeySpec },
): Changed {
  const record = open(tx, did, 'add a key to');
  const added = newKey(tx, record, key);
  tx.emit(contract, 'keyAdded', events.keyAdded, { did, kid: key.kid });
  return change(tx, record, { keys: [...record.keys, added] });
}

function rotateKey(
  tx: Transaction,
  { did, kid, key }: { readonly did: string; readonly kid: string; readonly key: KeySpec },
): Changed {
  const record = open(tx, did, 'rotate a key of');
  const keys = [...withRevoked(tx, record, kid), newKey(tx, record, key)];
  keepOneKey(tx, record, kid, keys);
  tx.emit(contract, 'keyRevoked', events.keyRevoked, { did, kid });
  tx.emit(contract, 'keyAdded', events.keyAdded, { did, kid: key.kid });
  return change(tx, record, { keys });
}

function revokeKey(
  tx: Transaction,
  { did, kid }: { readonly did: string; readonly kid: string },
): Changed {
  const record = open(tx, did, 'revoke a key of');
  const keys = withRevoked(tx, record, kid);
  keepOneKey(tx, record, kid, keys);
  tx.emit(contract, 'keyRevoked', events.keyRevoked, { did, kid });
  return change(tx, record, { keys });
}

function deactivate(tx: Transaction, { did }: { readonly did: string }): Changed {
  const record = open(tx, did, 'deactivate');
  tx.emit(contract, 'deactivated', events.deactivated, { did });
  return change(tx, record, { deactivatedHeight: tx.context.height });
}

/** The record of an identity that the signers may change (rule authority). */
function open(tx: Transaction, did: string, action: string): DidRecord {
  check(didRefusal(tx.chain.network, did));
  const record = readDid(tx, did) ?? refuse('DidUnknown', { did });
  const { deactivatedHeight } = record;
  if (deactivatedHeight !== undefined) refuse('DidDeactivated', { did, height: deactivatedHeight });
  if (![did, ...record.controllers].some((one) => tx.isSigner(one))) {
    refuse('NotAuthorised', { caller: tx.actor, action, subject: did });
  }
  return record;
}

function newKey(tx: Transaction, record: DidRecord, key: KeySpec): DidKey {
  const { did, keys } = record;
  if (keys.length >= limits.keysPerDidMax) {
    const params = { name: 'keys of the identity', value: keys.length + 1 };
    refuse('OverLimit', { ...params, limit: limits.keysPerDidMax });
  }
  tx.meter.charge(gasTable.keyCheck);
  check(reuseRefusal(did, keys, key));
  check(keyRefusal(tx.chain, key));
  return { ...key, fromHeight: tx.context.height, untilHeight: undefined };
}

/** The keys with one revoked (rule its block: still valid in this block). */
function withRevoked(tx: Transaction, { did, keys }: DidRecord, kid: string): readonly DidKey[] {
  const key = keys.find((one) => one.kid === kid) ?? refuse('KeyUnknown', { did, kid });
  const { untilHeight } = key;
  if (untilHeight !== undefined) refuse('KeyRevoked', { did, kid, height: untilHeight - 1 });
  return keys.map((one) => (one === key ? { ...one, untilHeight: tx.context.height + 1 } : one));
}

/** Rule last key. */
function keepOneKey(
  tx: Transaction,
  { did, controllers }: DidRecord,
  kid: string,
  keys: readonly DidKey[],
): void {
  if (keys.some(canInvoke)) return;
  if (!controllers.some((one) => isActiveOrganisation(tx, one))) refuse('LastKey', { did, kid });
}

/** Rule version. */
function change(tx: Transaction, record: DidRecord, changes: Partial<DidRecord>): Changed {
  const version = record.version + 1;
  write(tx, { ...record, ...changes, version, updatedHeight: tx.context.height });
  return { version };
}

function write(tx: Transaction, record: DidRecord): void {
  tx.set(didKeyBytes(record.did), encode(didRecordSchema, record));
}

function check(reason: ErrorRefusal | undefined): void {
  if (reason !== undefined) throw new Refused(reason);
}
