import {
  didKeyBytes,
  didRecordSchema,
  dutiesKeyBytes,
  dutiesRecordSchema,
  parseDid,
  rolesKeyBytes,
  rolesRecordSchema,
  type DidRecord,
  type Party,
} from '@hanse/model';
import type { StateRead } from './access.ts';
import { recordReader } from './records.ts';

type Read = Pick<StateRead, 'get'>;

const readDidRecord = recordReader(didRecordSchema);
const readRolesRecord = recordReader(rolesRecordSchema);
const readDutiesRecord = recordReader(dutiesRecordSchema);

/** The record of an identity, if it is registered. */
export function readDid(read: Read, did: string): DidRecord | undefined {
  const bytes = parseDid(did) === undefined ? undefined : read.get(didKeyBytes(did));
  const record = bytes === undefined ? undefined : readDidRecord(bytes);
  // Keys of the state leave the network out.
  return record?.did === did ? record : undefined;
}

/** Whether a DID is an organisation that can act. */
export function isActiveOrganisation(read: Read, did: string): boolean {
  const record = readDid(read, did);
  return record?.kind === 'organisation' && record.deactivatedHeight === undefined;
}

/**
 * The organisation that answers for an identity: itself, or the first of its controllers that is an active
 * organisation. Empty when there is none.
 */
export function organisationOf(read: Read, did: string): string {
  const record = readDid(read, did);
  if (record === undefined || record.deactivatedHeight !== undefined) return '';
  if (record.kind === 'organisation') return did;
  return record.controllers.find((one) => isActiveOrganisation(read, one)) ?? '';
}

/** Roles of an organisation, in the order they were granted in. */
export function rolesOf(read: Read, organisation: string): readonly string[] {
  const bytes = organisation === '' ? undefined : read.get(rolesKeyBytes(organisation));
  return bytes === undefined ? [] : readRolesRecord(bytes).roles;
}

/** Duties that an organisation gave to an identity, in the order they were given in. */
export function dutiesOf(read: Read, organisation: string, did: string): readonly string[] {
  const bytes = organisation === '' ? undefined : read.get(dutiesKeyBytes(organisation, did));
  return bytes === undefined ? [] : readDutiesRecord(bytes).duties;
}

/** An identity as contracts see it now. */
export function partyOf(read: Read, did: string): Party {
  const organisation = organisationOf(read, did);
  const roles = rolesOf(read, organisation);
  return { did, organisation, roles, duties: dutiesOf(read, organisation, did) };
}
