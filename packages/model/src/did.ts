import { encode, t, type Infer } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { limits, toBase32 } from '@hanse/kit';
import { algSchema, didSchema, kidSchema, publicKeySchema, taggedHash } from './common.ts';

/** What an identity stands for. */
export const didKindSchema = t.oneOf('organisation', 'person', 'node', 'device', 'application');
/** What a key may do; `invoke` signs transactions, `consensus` stands alone. */
export const purposeSchema = t.oneOf(
  'invoke',
  'authenticate',
  'assert',
  'agree',
  'delegate',
  'consensus',
);

/** A key as its holder registers it. */
export const keySpecSchema = t.struct({
  kid: kidSchema,
  alg: algSchema,
  publicKey: publicKeySchema,
  purposes: t.list(purposeSchema, 6, 1),
});

/** What an identity begins as; its identifier is the hash of this. */
export const inceptionSchema = t.struct({
  kind: didKindSchema,
  /** Public label of an organisation, node, device or application; empty for persons. */
  name: t.text(64),
  controllers: t.list(didSchema, limits.controllersPerDidMax),
  keys: t.list(keySpecSchema, limits.keysPerDidMax, 1),
  salt: t.fixed(limits.saltBytes),
});

/** A key in the record of an identity, with the heights between which it is valid. */
export const didKeySchema = t.struct({
  kid: kidSchema,
  alg: algSchema,
  publicKey: publicKeySchema,
  purposes: t.list(purposeSchema, 6, 1),
  fromHeight: t.u64,
  /** First height at which it is no longer valid; absent while it is. */
  untilHeight: t.option(t.u64),
});

/** The state record of an identity. */
export const didRecordSchema = t.struct({
  did: didSchema,
  kind: didKindSchema,
  name: t.text(64),
  /** 1 at registration, one more with each change. */
  version: t.u32,
  controllers: t.list(didSchema, limits.controllersPerDidMax),
  keys: t.list(didKeySchema, limits.keysPerDidMax, 1),
  /** Hashes of the next update keys (pre-rotation); empty until it is used. */
  nextKeys: t.list(t.hash, 8),
  createdHeight: t.u64,
  updatedHeight: t.u64,
  deactivatedHeight: t.option(t.u64),
});

export type DidKind = Infer<typeof didKindSchema>;
export type Purpose = Infer<typeof purposeSchema>;
export type KeySpec = Infer<typeof keySpecSchema>;
export type Inception = Infer<typeof inceptionSchema>;
export type DidKey = Infer<typeof didKeySchema>;
export type DidRecord = Infer<typeof didRecordSchema>;

const ID_BYTES = 20;

/** The identifier of an inception: nobody can take one whose keys they do not name. */
export function didOf(suite: Suite, network: string, inception: Inception): string {
  const id = taggedHash(suite, 'hanse-did/1', encode(inceptionSchema, inception)).subarray(
    0,
    ID_BYTES,
  );
  return `did:hanse:${network}:${toBase32(id)}`;
}

/** Whether a text can be the network part of DIDs. */
export function isNetworkName(text: string): boolean {
  return /^[a-z0-9-]{1,20}$/.test(text);
}

/** Network and identifier of a DID, or undefined when the text is none. */
export function parseDid(
  did: string,
): { readonly network: string; readonly id: string } | undefined {
  const match = /^did:hanse:([a-z0-9-]{1,20}):([a-z2-7]{32})$/.exec(did);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { network: match[1], id: match[2] };
}

/** The record an inception begins as. */
export function inceptionRecord(did: string, inception: Inception, height: number): DidRecord {
  return {
    did,
    kind: inception.kind,
    name: inception.name,
    version: 1,
    controllers: inception.controllers,
    keys: inception.keys.map((key) => ({ ...key, fromHeight: height, untilHeight: undefined })),
    nextKeys: [],
    createdHeight: height,
    updatedHeight: height,
    deactivatedHeight: undefined,
  };
}
