import { didKeyBytes, didRecordSchema, parseDid, type DidKey, type DidRecord } from '@hanse/model';
import type { ErrorRefusal, StateRead } from './ports.ts';
import { mustDecode } from './query.ts';
import { refusal } from './refuse.ts';

type Reader = Pick<StateRead, 'get'>;

// Signers come again and again, and a state finds a key faster in the same array.
const KEYS_MAX = 4_096;
const keys = new Map<string, Uint8Array>();

// A state hands out the same array as long as it has it at hand; a record of 300 bytes takes longer
// to decode than to find.
const decoded = new WeakMap<Uint8Array, DidRecord>();

/** The record of an identity, if it is registered. */
export function readDid(read: Reader, did: string): DidRecord | undefined {
  const key = stateKey(did);
  const bytes = key === undefined ? undefined : read.get(key);
  if (bytes === undefined) return undefined;
  const known = decoded.get(bytes);
  const record = known ?? mustDecode(didRecordSchema, bytes);
  if (known === undefined) decoded.set(bytes, record);
  // Keys of the state leave the network out.
  return record.did === did ? record : undefined;
}

function stateKey(did: string): Uint8Array | undefined {
  const known = keys.get(did);
  if (known !== undefined || parseDid(did) === undefined) return known;
  if (keys.size >= KEYS_MAX) keys.clear();
  const key = didKeyBytes(did);
  keys.set(did, key);
  return key;
}

/** Why a text is no identifier of a network, if it is none. */
export function didRefusal(network: string, did: string): ErrorRefusal | undefined {
  const parsed = parseDid(did);
  if (parsed === undefined) return refusal('BadDid', { did, reason: 'it has another form' });
  if (parsed.network === network) return undefined;
  return refusal('BadDid', { did, reason: `it is of network ${parsed.network}` });
}

/** Whether a DID is an organisation that can act. */
export function isActiveOrganisation(read: Reader, did: string): boolean {
  const record = readDid(read, did);
  return record?.kind === 'organisation' && record.deactivatedHeight === undefined;
}

/** Whether a key can sign transactions from the next block on. */
export function canInvoke(key: DidKey): boolean {
  return key.untilHeight === undefined && key.purposes.includes('invoke');
}
