import { decode, isJsonObject, type Json, type Schema } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { equalBytes, fromBase64Url, HanseError, toHex, type Clock } from '@hanse/kit';
import {
  didKeyBytes,
  didRecordSchema,
  finalProofSchema,
  genesisValidators,
  recordProofSchema,
  verifyFinal,
  verifyRecordProof,
  type Genesis,
  type Header,
} from '@hanse/model';
import type { ReadIdentity } from './members.ts';

/** A chain, and the node that is asked about it. */
export type ChainSource = {
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  /** HTTP interface of a node, best the registry's own. */
  readonly nodeUrl: string;
  readonly clock: Clock;
};

const ASK_MS = 5_000;
const ANSWER_BYTES_MAX = 512 * 1024;
/** Age of the header under a proof; an idle chain makes a block a minute. */
const AGE_MS_MAX = 5 * 60_000;

/**
 * Identities as the validators vouch for them: the node brings a proof from the genesis' validators down to
 * the record. A header older than one seen before is refused, so a node cannot bring back a revoked key.
 */
export function readProved(source: ChainSource): ReadIdentity {
  let newest = 0;
  return async (did) => {
    const key = didKeyBytes(did);
    const answer = await askNode(source, `/v1/records/${toHex(key)}?proof=1&minHeight=${newest}`);
    const proof = isJsonObject(answer) ? answer['proof'] : undefined;
    if (!isJsonObject(proof)) throw malformed('there is none');
    const header = finalHeader(source, bytesOf(proof['final']));
    const { height, stateRoot } = header.executed;
    if (height < newest) throw new HanseError('HeightNotReached', { height, minHeight: newest });
    const record = mustDecode(recordProofSchema, bytesOf(proof['record']), 'record');
    if (!equalBytes(record.key, key) || !verifyRecordProof(source.suite, stateRoot, record))
      throw new HanseError('ProofMismatch', { object: 'record', root: 'state root' });
    newest = Math.max(newest, height);
    if (record.value === undefined) return undefined;
    const identity = mustDecode(didRecordSchema, record.value, 'identity');
    // Keys of the state leave the network out.
    return identity.did === did ? identity : undefined;
  };
}

function finalHeader({ suite, genesis, chainId, clock }: ChainSource, bytes: Uint8Array): Header {
  const proof = mustDecode(finalProofSchema, bytes, 'final header');
  const final = verifyFinal(suite, chainId, genesisValidators(genesis), proof);
  if (!final.ok) throw new HanseError('ProofBadCertificate', { reason: final.reason });
  const ageMs = clock.nowMs() - final.header.time;
  if (ageMs > AGE_MS_MAX) throw new HanseError('ProofStale', { ageMs, limit: AGE_MS_MAX });
  return final.header;
}

async function askNode({ nodeUrl }: ChainSource, path: string): Promise<Json> {
  const url = nodeUrl.replace(/\/$/, '') + path;
  try {
    const signal = AbortSignal.timeout(ASK_MS);
    const response = await fetch(url, { signal, redirect: 'error' });
    const text = await response.text();
    if (text.length > ANSWER_BYTES_MAX) throw new Error('the answer is too long');
    const json = JSON.parse(text) as Json;
    if (response.ok) return json;
    const detail = isJsonObject(json) ? json['detail'] : undefined;
    throw new Error(typeof detail === 'string' ? detail : `status ${response.status}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HanseError('NodeUnreachable', { urls: nodeUrl, reason }, cause);
  }
}

function bytesOf(value: Json | undefined): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined;
  if (bytes === undefined) throw malformed('it has no bytes');
  return bytes;
}

function mustDecode<T>(schema: Schema<T>, bytes: Uint8Array, what: string): T {
  const value = decode(schema, bytes);
  if (!value.ok) throw malformed(`${what}: ${value.error}`);
  return value.value;
}

function malformed(reason: string): HanseError {
  return new HanseError('ProofMalformed', { reason });
}
