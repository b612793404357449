import { encode, isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import { fromBase64Url, fromHex, HanseError, limits, must, toBase64Url, toHex } from '@hanse/kit';
import { genesisSchema } from '@hanse/model';
import type { Client } from '../client.ts';
import type { ReadOptions } from '../query.ts';
import { disclosureSchema, type Commitment } from './commit.ts';

/** Name and version of the document's format. */
export const BUNDLE_FORMAT = 'hanse-evidence/1';

/** A record with its proof: canonical bytes, base64url. */
export type RecordProofText = { readonly final: string; readonly record: string };
/** A receipt with its proof and transaction: canonical bytes, base64url. */
export type ReceiptProofText = {
  readonly final: string;
  readonly receipt: string;
  readonly tx: string;
};

/**
 * Evidence as one JSON document that can be checked anywhere, without a network, by whoever trusts
 * the genesis hash. It never holds the file, nor any field but those disclosed.
 */
export type Bundle = {
  readonly format: typeof BUNDLE_FORMAT;
  /** JSON view of the genesis. */
  readonly genesis: Json;
  /** Id of the deposit, hexadecimal. */
  readonly id: string;
  /** The deposit's record. */
  readonly record: RecordProofText;
  /** The deposit's transaction and receipt. */
  readonly receipt: ReceiptProofText;
  /** Records of the depositor and its organisation, by DID: who stands behind the names. */
  readonly identities: Readonly<Record<string, RecordProofText>>;
  /** Disclosed fields: canonical bytes, base64url. */
  readonly disclosures: readonly string[];
};

/** What to put into a bundle beside the deposit itself. */
export type BundleParts = ReadOptions & {
  /** The depositor's commitment, needed to disclose fields. */
  readonly commitment?: Commitment;
  /** Paths of the fields to disclose. */
  readonly disclose?: readonly string[];
  /** The proof of the deposit's receipt, when it is at hand from submitting. */
  readonly receipt?: ReceiptProofText;
};

/** Collect a bundle from a chain. Throws RecordUnknown when there is no such deposit. */
export async function makeBundle(
  client: Client,
  id: Uint8Array,
  parts: BundleParts = {},
): Promise<Bundle> {
  const { commitment, disclose = [], receipt: known, ...options } = parts;
  const chain = await client.chain();
  const record = await client.evidence(id, options);
  const { value: evidence, height } = record;
  if (evidence === undefined) {
    throw new HanseError('RecordUnknown', { object: 'deposit', id: toHex(id), height });
  }
  const receipt = known ?? (await client.receipt(toHex(evidence.txid), options)).proof;
  const identities: Record<string, RecordProofText> = {};
  for (const did of new Set([evidence.depositor, evidence.organisation])) {
    identities[did] = (await client.identity(did, options)).proof;
  }
  if (disclose.length > 0 && commitment === undefined) {
    throw new HanseError('UsageError', { message: 'Disclosing fields needs their commitment.' });
  }
  const disclosures = disclose.map((path) => {
    const disclosure = must(commitment, 'checked above').disclose(path);
    return toBase64Url(encode(disclosureSchema, disclosure));
  });
  return {
    format: BUNDLE_FORMAT,
    genesis: genesisSchema.toJson(chain.genesis),
    id: toHex(id),
    record: record.proof,
    receipt,
    identities,
    disclosures,
  };
}

/** The bundle of a parsed JSON document. Throws ProofMalformed for any other shape. */
export function readBundle(document: Json): Bundle {
  const members = exactly(document, BUNDLE_MEMBERS, 'bundle');
  if (members['format'] !== BUNDLE_FORMAT) throw malformed(`its format is not ${BUNDLE_FORMAT}`);
  const { id, disclosures, identities } = members;
  if (typeof id !== 'string' || fromHex(id)?.length !== 32) throw malformed('its id is no hash');
  if (disclosures === undefined || !isJsonArray(disclosures)) throw malformed('no disclosures');
  if (disclosures.length > limits.evidenceFieldsMax) throw malformed('too many disclosures');
  if (!isJsonObject(identities)) throw malformed('no identities');
  const named = Object.entries(identities);
  if (named.length > 2) throw malformed('too many identities');
  const receipt = texts(members['receipt'], ['final', 'receipt', 'tx'], 'receipt');
  return {
    format: BUNDLE_FORMAT,
    genesis: members['genesis'] ?? null,
    id,
    record: recordText(members['record']),
    receipt: { final: receipt('final'), receipt: receipt('receipt'), tx: receipt('tx') },
    identities: Object.fromEntries(named.map(([did, one]) => [did, recordText(one)])),
    disclosures: disclosures.map((one) => base64(one, 'a disclosure')),
  };
}

const BUNDLE_MEMBERS = [
  'format',
  'genesis',
  'id',
  'record',
  'receipt',
  'identities',
  'disclosures',
];

function recordText(json: Json | undefined): RecordProofText {
  const record = texts(json, ['final', 'record'], 'record');
  return { final: record('final'), record: record('record') };
}

function texts(
  json: Json | undefined,
  names: readonly string[],
  object: string,
): (name: string) => string {
  const members = exactly(json, names, object);
  return (name) => base64(members[name], `${object}.${name}`);
}

/** An object with exactly these members: what a checker does not know must not look checked. */
function exactly(
  json: Json | undefined,
  names: readonly string[],
  object: string,
): { readonly [key: string]: Json } {
  if (!isJsonObject(json)) throw malformed(`${object} is no object`);
  const extra = Object.keys(json).find((name) => !names.includes(name));
  if (extra !== undefined)
    throw malformed(`${object} has an unknown member "${extra.slice(0, 40)}"`);
  const missing = names.find((name) => !Object.hasOwn(json, name));
  if (missing !== undefined) throw malformed(`${object} has no "${missing}"`);
  return json;
}

function base64(json: Json | undefined, object: string): string {
  if (typeof json !== 'string' || fromBase64Url(json) === undefined) {
    throw malformed(`${object} is no base64url`);
  }
  return json;
}

function malformed(reason: string): HanseError {
  return new HanseError('ProofMalformed', { reason });
}
