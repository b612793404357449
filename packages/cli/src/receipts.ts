import {
  checkAge,
  readGenesis,
  verifyGenesis,
  verifyReceipt,
  type Client,
  type VerifiedReceipt,
} from '@hanse/client';
import { isJsonObject, type Json } from '@hanse/codec';
import { fromBase64Url, fromHex, HanseError, toHex } from '@hanse/kit';
import { genesisSchema } from '@hanse/model';
import { createNativeSuite } from '@hanse/native';

/** Format name of an exported receipt. */
export const RECEIPT_FORMAT = 'hanse-receipt/1';

const HASH_BYTES = 32;

/** A receipt with its transaction and proof as one document: canonical bytes, base64url. */
export async function makeReceiptDocument(
  client: Client,
  txid: string,
  signal: AbortSignal,
): Promise<Json> {
  const { genesis } = await client.chain();
  const { proof } = await client.receipt(txid, { signal });
  return { format: RECEIPT_FORMAT, genesis: genesisSchema.toJson(genesis), txid, ...proof };
}

/** Whether a document is an exported receipt. */
export function isReceiptDocument(document: Json): boolean {
  return isJsonObject(document) && document['format'] === RECEIPT_FORMAT;
}

/** What an exported receipt was checked against. */
export type CheckedReceipt = { readonly receipt: VerifiedReceipt; readonly genesisHash: string };

/**
 * Check an exported receipt down from a genesis hash; without one, from the genesis it brings.
 * Throws the first thing that does not hold.
 */
export function checkReceiptDocument(
  document: Json,
  check: {
    readonly trusted: string | undefined;
    readonly nowMs: number;
    readonly maxAgeMs?: number | undefined;
  },
): CheckedReceipt {
  if (!isJsonObject(document)) throw malformed('it is no object');
  const genesis = document['genesis'] ?? null;
  const { chainId } = readGenesis(genesis, createNativeSuite);
  const trusted = check.trusted === undefined ? chainId : fromHex(check.trusted);
  if (trusted?.length !== HASH_BYTES) throw malformed('the trusted genesis hash is none');
  const anchor = verifyGenesis(genesis, trusted, createNativeSuite);
  const txid = fromHex(textOf(document['txid'], 'txid'));
  if (txid?.length !== HASH_BYTES) throw malformed('its txid is no hash');
  const receipt = verifyReceipt(anchor, {
    txid,
    final: bytesOf(document['final'], 'final'),
    receipt: bytesOf(document['receipt'], 'receipt'),
    tx: bytesOf(document['tx'], 'tx'),
  });
  const { nowMs, maxAgeMs } = check;
  if (maxAgeMs !== undefined) checkAge(receipt.header, { nowMs, maxAgeMs });
  return { receipt, genesisHash: toHex(chainId) };
}

function textOf(json: Json | undefined, name: string): string {
  if (typeof json !== 'string') throw malformed(`it has no ${name}`);
  return json;
}

function bytesOf(json: Json | undefined, name: string): Uint8Array {
  const bytes = fromBase64Url(textOf(json, name));
  if (bytes === undefined) throw malformed(`its ${name} is no base64url`);
  return bytes;
}

function malformed(reason: string): HanseError {
  return new HanseError('ProofMalformed', { reason });
}
