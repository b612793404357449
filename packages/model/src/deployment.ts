import { t, type Infer } from '@hanse/codec';
import { limits } from '@hanse/kit';
import { didSchema } from './common.ts';

/** Name of a contract, see `isContractName`. */
export const contractNameSchema = t.text(limits.contractNameBytesMax);
/** Name of a role of an organisation or of a duty inside one, see `isRoleName`. */
export const roleSchema = t.text(limits.roleBytesMax);

/** Organisations that decide on a contract, and how many of them an upgrade needs. */
export const ownersSchema = t.struct({
  organisations: t.list(didSchema, limits.ownersPerContractMax, 1),
  threshold: t.u8,
});

/** The state record of a contract, and of each of its versions. */
export const contractRecordSchema = t.struct({
  name: contractNameSchema,
  /** 1 at deployment, one more with each upgrade. */
  version: t.u32,
  /** Hash of the whole code under the chain's hash function, without any tag. */
  codeHash: t.hash,
  codeBytes: t.u32,
  /** Hashes of the pieces of the code, in order. */
  chunks: t.list(t.hash, limits.codeChunksMax, 1),
  /** Canonical JSON of the manifest, in UTF-8. */
  manifest: t.bytes(limits.manifestBytesMax),
  owners: ownersSchema,
  txid: t.hash,
  height: t.u64,
  /** Block time in Unix milliseconds. */
  time: t.u64,
});

/** A row of the list of contracts. */
export const contractSummarySchema = t.struct({
  name: contractNameSchema,
  version: t.u32,
  codeHash: t.hash,
  codeBytes: t.u32,
  owners: ownersSchema,
  height: t.u64,
  time: t.u64,
});

/** The state record of an organisation's roles. */
export const rolesRecordSchema = t.struct({
  organisation: didSchema,
  roles: t.list(roleSchema, limits.rolesPerOrganisationMax),
});

/** The state record of the duties that an organisation gave to one of its people or things. */
export const dutiesRecordSchema = t.struct({
  did: didSchema,
  organisation: didSchema,
  duties: t.list(roleSchema, limits.dutiesPerPartyMax),
});

/** Whom contracts see in a signer: its organisation, roles and duties as they are now. */
export const partySchema = t.struct({
  did: didSchema,
  /** Organisation that answers for it; empty when there is none. */
  organisation: t.text(limits.didBytesMax),
  roles: t.list(roleSchema, limits.rolesPerOrganisationMax),
  duties: t.list(roleSchema, limits.dutiesPerPartyMax),
});

export type Owners = Infer<typeof ownersSchema>;
export type ContractRecord = Infer<typeof contractRecordSchema>;
export type ContractSummary = Infer<typeof contractSummarySchema>;
export type RolesRecord = Infer<typeof rolesRecordSchema>;
export type DutiesRecord = Infer<typeof dutiesRecordSchema>;
export type Party = Infer<typeof partySchema>;

/** Whether a text can name a contract that is deployed. */
export function isContractName(text: string): boolean {
  return /^[a-z][a-z0-9-]{1,31}$/.test(text);
}

/** Whether a text can name a role or a duty. */
export function isRoleName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,31}$/.test(text);
}
