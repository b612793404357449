import { decode, encode, t, type Infer } from '@hanse/codec';
import { err, limits, ok, type Result } from '@hanse/kit';
import { elementSchema } from './key.ts';
import { refusal, type ClaimRefusal } from './refusal.ts';
import { domain } from './tag.ts';

/** Size of the random number that makes each request another one. */
export const NONCE_BYTES = 16;

/** What is asked of a registry. */
export const tagRequestSchema = t.struct({
  chainId: t.hash,
  registry: t.text(limits.didBytesMax),
  epoch: t.u32,
  requester: t.text(limits.didBytesMax),
  /** Name of the signing key within the requester's DID. */
  kid: t.text(limits.kidBytesMax),
  /** When it was made, Unix milliseconds. */
  time: t.u64,
  nonce: t.fixed(NONCE_BYTES),
  /** Blinded inputs. */
  elements: t.list(elementSchema, limits.claimTagsPerRequestMax, 1),
});
export type TagRequest = Infer<typeof tagRequestSchema>;

/** A request as it is sent: its bytes, and a signature over them. */
export const signedTagRequestSchema = t.struct({
  request: t.bytes(limits.claimRequestBytesMax),
  signature: t.fixed(64),
});

/** Evaluated elements in the order of the request, and the proof for all of them. */
export const tagAnswerSchema = t.struct({
  evaluated: t.list(elementSchema, limits.claimTagsPerRequestMax, 1),
  proof: t.fixed(64),
});

/** Rule *signed*: what a requester signs, given the bytes of the request. */
export function tagRequestSignBytes(request: Uint8Array): Uint8Array {
  return domain('hanse-tag-request-sig/1', request);
}

/** A received request with what its signature is over. */
export type OpenRequest = {
  readonly request: TagRequest;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
};

/** Read a request as it was received, or say why it is none. */
export function openRequest(bytes: Uint8Array): Result<OpenRequest, ClaimRefusal> {
  if (bytes.length > limits.claimRequestBytesMax) {
    const limit = limits.claimRequestBytesMax;
    return err(refusal('OverLimit', { name: 'claimRequestBytes', value: bytes.length, limit }));
  }
  const signed = decode(signedTagRequestSchema, bytes);
  if (!signed.ok) return malformed(signed.error);
  const request = decode(tagRequestSchema, signed.value.request);
  if (!request.ok) return malformed(request.error);
  const { request: own, signature } = signed.value;
  return ok({ request: request.value, bytes: own, signature });
}

/** The bytes of a signed request. */
export function sealRequest(request: Uint8Array, signature: Uint8Array): Uint8Array {
  return encode(signedTagRequestSchema, { request, signature });
}

function malformed(reason: string): Result<never, ClaimRefusal> {
  return err(refusal('Malformed', { object: 'request for tags', reason }));
}
