import { t, type AnySchema } from '@hanse/codec';
import { limits, toHex, utf8 } from '@hanse/kit';
import { didSchema, kidSchema } from './common.ts';
import {
  contractNameSchema,
  contractRecordSchema,
  contractSummarySchema,
  dutiesRecordSchema,
  ownersSchema,
  partySchema,
  roleSchema,
  rolesRecordSchema,
} from './deployment.ts';
import { didRecordSchema, inceptionSchema, keySpecSchema, parseDid } from './did.ts';
import {
  coSignatureSchema,
  depositSchema,
  evidenceSchema,
  linkSchema,
  relationSchema,
} from './evidence.ts';

const deployed = t.struct({ name: contractNameSchema, version: t.u32, codeHash: t.hash });
const roleChange = t.struct({ organisation: didSchema, role: roleSchema });
const dutyChange = t.struct({ did: didSchema, duty: roleSchema });
const dutyChanged = t.struct({ did: didSchema, organisation: didSchema, duty: roleSchema });
const roles = t.struct({ roles: t.list(roleSchema, limits.rolesPerOrganisationMax) });
const duties = t.struct({ duties: t.list(roleSchema, limits.dutiesPerPartyMax) });

/** Methods, queries and events of the native system contracts, as clients and nodes both read them. */
export const systemContracts = {
  identity: {
    methods: {
      register: {
        args: t.struct({ inception: inceptionSchema }),
        result: t.struct({ did: didSchema }),
      },
      addKey: {
        args: t.struct({ did: didSchema, key: keySpecSchema }),
        result: t.struct({ version: t.u32 }),
      },
      rotateKey: {
        args: t.struct({ did: didSchema, kid: kidSchema, key: keySpecSchema }),
        result: t.struct({ version: t.u32 }),
      },
      revokeKey: {
        args: t.struct({ did: didSchema, kid: kidSchema }),
        result: t.struct({ version: t.u32 }),
      },
      deactivate: { args: t.struct({ did: didSchema }), result: t.struct({ version: t.u32 }) },
    },
    queries: {
      get: { args: t.struct({ did: didSchema }), result: didRecordSchema },
      list: {
        args: t.struct({ after: t.option(didSchema), limit: t.u32 }),
        result: t.struct({
          rows: t.list(didRecordSchema, limits.pageRowsMax),
          next: t.option(didSchema),
        }),
      },
    },
    events: {
      registered: t.struct({ did: didSchema }),
      keyAdded: t.struct({ did: didSchema, kid: kidSchema }),
      keyRevoked: t.struct({ did: didSchema, kid: kidSchema }),
      deactivated: t.struct({ did: didSchema }),
    },
  },
  evidence: {
    methods: {
      deposit: { args: depositSchema, result: t.struct({ id: t.hash }) },
      coSign: {
        args: t.struct({ id: t.hash, statement: t.text(limits.evidenceTextBytesMax) }),
        result: t.struct({}),
      },
      link: {
        args: t.struct({ from: t.hash, to: t.hash, relation: relationSchema }),
        result: t.struct({}),
      },
      supersede: { args: t.struct({ id: t.hash, by: t.hash }), result: t.struct({}) },
    },
    queries: {
      get: { args: t.struct({ id: t.hash }), result: evidenceSchema },
      coSignatures: {
        args: t.struct({ id: t.hash, after: t.option(didSchema), limit: t.u32 }),
        result: t.struct({
          rows: t.list(coSignatureSchema, limits.pageRowsMax),
          next: t.option(didSchema),
        }),
      },
      links: {
        args: t.struct({ id: t.hash, after: t.option(t.text(200)), limit: t.u32 }),
        result: t.struct({
          rows: t.list(linkSchema, limits.pageRowsMax),
          next: t.option(t.text(200)),
        }),
      },
      list: {
        args: t.struct({ after: t.option(t.hash), limit: t.u32 }),
        result: t.struct({
          rows: t.list(evidenceSchema, limits.pageRowsMax),
          next: t.option(t.hash),
        }),
      },
    },
    events: {
      deposited: t.struct({ id: t.hash, depositor: didSchema }),
      coSigned: t.struct({ id: t.hash, signer: didSchema }),
      linked: t.struct({ from: t.hash, to: t.hash, relation: relationSchema }),
      superseded: t.struct({ id: t.hash, by: t.hash }),
    },
  },
  contracts: {
    methods: {
      /** Keep a piece of code; whoever deploys names pieces by their hashes. */
      upload: {
        args: t.struct({ bytes: t.bytes(limits.codeChunkBytesMax) }),
        result: t.struct({ hash: t.hash }),
      },
      deploy: {
        args: t.struct({
          name: contractNameSchema,
          chunks: t.list(t.hash, limits.codeChunksMax, 1),
          owners: ownersSchema,
        }),
        result: deployed,
      },
      upgrade: {
        args: t.struct({
          name: contractNameSchema,
          chunks: t.list(t.hash, limits.codeChunksMax, 1),
          /** New owners, unless they stay. */
          owners: t.option(ownersSchema),
        }),
        result: deployed,
      },
    },
    queries: {
      /** A contract's newest version, or the one asked for. */
      get: {
        args: t.struct({ name: contractNameSchema, version: t.option(t.u32) }),
        result: contractRecordSchema,
      },
      list: {
        args: t.struct({ after: t.option(contractNameSchema), limit: t.u32 }),
        result: t.struct({
          rows: t.list(contractSummarySchema, limits.pageRowsMax),
          next: t.option(contractNameSchema),
        }),
      },
      /** A piece of code. */
      code: {
        args: t.struct({ hash: t.hash }),
        result: t.struct({ bytes: t.bytes(limits.codeChunkBytesMax) }),
      },
    },
    events: { deployed, upgraded: deployed },
  },
  roles: {
    methods: {
      grant: { args: roleChange, result: roles },
      revoke: { args: roleChange, result: roles },
      grantDuty: { args: dutyChange, result: duties },
      revokeDuty: { args: dutyChange, result: duties },
    },
    queries: {
      party: { args: t.struct({ did: didSchema }), result: partySchema },
      list: {
        args: t.struct({ after: t.option(didSchema), limit: t.u32 }),
        result: t.struct({
          rows: t.list(rolesRecordSchema, limits.pageRowsMax),
          next: t.option(didSchema),
        }),
      },
      duties: {
        args: t.struct({ organisation: didSchema, after: t.option(didSchema), limit: t.u32 }),
        result: t.struct({
          rows: t.list(dutiesRecordSchema, limits.pageRowsMax),
          next: t.option(didSchema),
        }),
      },
    },
    events: {
      granted: roleChange,
      revoked: roleChange,
      dutyGranted: dutyChanged,
      dutyRevoked: dutyChanged,
    },
  },
} as const satisfies Record<string, ContractInterface>;

/** What a contract offers, by name. */
export type ContractInterface = {
  readonly methods: Readonly<
    Record<string, { readonly args: AnySchema; readonly result: AnySchema }>
  >;
  readonly queries: Readonly<
    Record<string, { readonly args: AnySchema; readonly result: AnySchema }>
  >;
  readonly events: Readonly<Record<string, AnySchema>>;
};

/** State key of an identity's record. */
export function didKeyBytes(did: string): Uint8Array {
  return utf8(`identity/did/${parseDid(did)?.id ?? ''}`);
}

/** State key of a deposit. */
export function evidenceKeyBytes(id: Uint8Array): Uint8Array {
  return utf8(`evidence/deposit/${toHex(id)}`);
}

/** State key of a co-signature. */
export function coSignatureKeyBytes(id: Uint8Array, signer: string): Uint8Array {
  return utf8(`evidence/cosign/${toHex(id)}/${parseDid(signer)?.id ?? ''}`);
}

/** State key of a link. */
export function linkKeyBytes(from: Uint8Array, to: Uint8Array, relation: string): Uint8Array {
  return utf8(`evidence/link/${toHex(from)}/${toHex(to)}/${relation}`);
}

/** State key of a contract's newest record. */
export function contractKeyBytes(name: string): Uint8Array {
  return utf8(`contracts/contract/${name}`);
}

/** State key of one version of a contract; versions sort as numbers. */
export function contractVersionKeyBytes(name: string, version: number): Uint8Array {
  return utf8(`contracts/version/${name}/${String(version).padStart(10, '0')}`);
}

/** State key of a piece of code. */
export function codeChunkKeyBytes(hash: Uint8Array): Uint8Array {
  return utf8(`contracts/chunk/${toHex(hash)}`);
}

/** State key of an organisation's roles. */
export function rolesKeyBytes(organisation: string): Uint8Array {
  return utf8(`roles/organisation/${parseDid(organisation)?.id ?? ''}`);
}

/** State key of the duties that an organisation gave. */
export function dutiesKeyBytes(organisation: string, did: string): Uint8Array {
  return utf8(`roles/duties/${parseDid(organisation)?.id ?? ''}/${parseDid(did)?.id ?? ''}`);
}
