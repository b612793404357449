import { encode, type Schema } from '@hanse/codec';
import { limits, utf8 } from '@hanse/kit';
import {
  dutiesKeyBytes,
  dutiesRecordSchema,
  isRoleName,
  parseDid,
  rolesKeyBytes,
  rolesRecordSchema,
  systemContracts,
} from '@hanse/model';
import {
  emitEvent,
  nativeMethod,
  nativeQuery,
  readPage,
  type NativeCall,
  type NativeMethod,
  type NativeQuery,
} from './native.ts';
import {
  dutiesOf,
  isActiveOrganisation,
  organisationOf,
  partyOf,
  readDid,
  rolesOf,
} from './parties.ts';
import { refuse } from './refusal.ts';
import type { Named } from './target.ts';

const contract = 'roles';
const { methods, queries, events } = systemContracts.roles;

function named(method: string): Named {
  return { contract, method };
}

/** Methods of the contract `roles`. */
export const rolesMethods: ReadonlyMap<string, NativeMethod> = new Map([
  ['grant', nativeMethod(named('grant'), methods.grant, grant)],
  ['revoke', nativeMethod(named('revoke'), methods.revoke, revoke)],
  ['grantDuty', nativeMethod(named('grantDuty'), methods.grantDuty, grantDuty)],
  ['revokeDuty', nativeMethod(named('revokeDuty'), methods.revokeDuty, revokeDuty)],
]);

/** Queries of the contract `roles`. */
export const rolesQueries: ReadonlyMap<string, NativeQuery> = new Map([
  [
    'party',
    nativeQuery(named('party'), queries.party, (read, { did }) => {
      const params = { object: 'identity', id: did, height: read.height };
      if (readDid(read, did) === undefined) refuse('RecordUnknown', params);
      return partyOf(read, did);
    }),
  ],
  [
    'list',
    nativeQuery(named('list'), queries.list, async (read, { after, limit }) => {
      const start = after === undefined ? undefined : rolesKeyBytes(after);
      const prefix = utf8('roles/organisation/');
      const page = { name: named('list'), prefix, after: start, limit };
      const { rows, last } = await readPage(read, page, rolesRecordSchema);
      return { rows, next: last?.organisation };
    }),
  ],
  [
    'duties',
    nativeQuery(named('duties'), queries.duties, async (read, { organisation, after, limit }) => {
      const start = after === undefined ? undefined : dutiesKeyBytes(organisation, after);
      const prefix = utf8(`roles/duties/${parseDid(organisation)?.id ?? ''}/`);
      const page = { name: named('duties'), prefix, after: start, limit };
      const { rows, last } = await readPage(read, page, dutiesRecordSchema);
      return { rows, next: last?.did };
    }),
  ],
]);

type RoleChange = { readonly organisation: string; readonly role: string };
type DutyChange = { readonly did: string; readonly duty: string };
type Roles = { readonly roles: readonly string[] };
type Duties = { readonly duties: readonly string[] };

function grant(call: NativeCall, { organisation, role }: RoleChange): Roles {
  checkName('grant', role);
  checkMajority(call);
  if (!isActiveOrganisation(call.records, organisation)) {
    const reason = `${organisation} is no active organisation`;
    refuse('BadArguments', { ...named('grant'), reason });
  }
  const before = rolesOf(call.records, organisation);
  if (before.includes(role)) return { roles: before };
  const roles = [...before, role];
  checkCount('roles of the organisation', roles.length, limits.rolesPerOrganisationMax);
  writeRoles(call, organisation, roles);
  emitEvent(call, { contract, name: 'granted', schema: events.granted }, { organisation, role });
  return { roles };
}

function revoke(call: NativeCall, { organisation, role }: RoleChange): Roles {
  checkName('revoke', role);
  checkMajority(call);
  const before = rolesOf(call.records, organisation);
  if (!before.includes(role)) return { roles: before };
  const roles = before.filter((one) => one !== role);
  writeRoles(call, organisation, roles);
  emitEvent(call, { contract, name: 'revoked', schema: events.revoked }, { organisation, role });
  return { roles };
}

function grantDuty(call: NativeCall, { did, duty }: DutyChange): Duties {
  checkName('grantDuty', duty);
  const organisation = checkOrganisation(call, 'grantDuty', did);
  const before = dutiesOf(call.records, organisation, did);
  if (before.includes(duty)) return { duties: before };
  const duties = [...before, duty];
  checkCount('duties of the identity', duties.length, limits.dutiesPerPartyMax);
  writeDuties(call, organisation, did, duties);
  const event = { contract, name: 'dutyGranted', schema: events.dutyGranted };
  emitEvent(call, event, { did, organisation, duty });
  return { duties };
}

function revokeDuty(call: NativeCall, { did, duty }: DutyChange): Duties {
  checkName('revokeDuty', duty);
  const organisation = checkOrganisation(call, 'revokeDuty', did);
  const before = dutiesOf(call.records, organisation, did);
  if (!before.includes(duty)) return { duties: before };
  const duties = before.filter((one) => one !== duty);
  writeDuties(call, organisation, did, duties);
  const event = { contract, name: 'dutyRevoked', schema: events.dutyRevoked };
  emitEvent(call, event, { did, organisation, duty });
  return { duties };
}

function checkName(method: string, name: string): void {
  if (isRoleName(name)) return;
  const reason = 'a name is 1 to 32 lower-case letters, digits and dashes';
  refuse('BadArguments', { ...named(method), reason });
}

function checkCount(name: string, value: number, limit: number): void {
  if (value > limit) refuse('OverLimit', { name, value, limit });
}

/** Rule majority: more than half of the founding organisations that are active sign, each itself. */
function checkMajority({ session, records }: NativeCall): void {
  const active = session.chain.founders.filter((did) => isActiveOrganisation(records, did));
  const { signers } = session.context;
  const signed = active.filter((did) => signers.some((signer) => signer.did === did)).length;
  const needed = Math.floor(active.length / 2) + 1;
  if (signed < needed) refuse('NoMajority', { needed, signed });
}

/** Rule own people: the organisation that answers for an identity, which signs itself. */
function checkOrganisation({ session, records }: NativeCall, method: string, did: string): string {
  if (readDid(records, did) === undefined) refuse('DidUnknown', { did });
  const organisation = organisationOf(records, did);
  if (organisation === '') refuse('NoOrganisation', { caller: did });
  if (organisation === did) {
    const reason = 'duties are for the people and things of an organisation';
    refuse('BadArguments', { ...named(method), reason });
  }
  if (session.context.signers.some((signer) => signer.did === organisation)) return organisation;
  return refuse('NotItsOrganisation', { did });
}

function writeRoles(call: NativeCall, organisation: string, roles: readonly string[]): void {
  const record = { organisation, roles };
  writeList(call, rolesKeyBytes(organisation), rolesRecordSchema, record, roles);
}

function writeDuties(
  call: NativeCall,
  organisation: string,
  did: string,
  duties: readonly string[],
): void {
  const record = { did, organisation, duties };
  writeList(call, dutiesKeyBytes(organisation, did), dutiesRecordSchema, record, duties);
}

/** A record that lists nothing any more goes. */
function writeList<T>(
  { records }: NativeCall,
  key: Uint8Array,
  schema: Schema<T>,
  record: T,
  listed: readonly string[],
): void {
  if (listed.length === 0) records.delete(key);
  else records.set(key, encode(schema, record));
}
