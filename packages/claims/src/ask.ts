import { decode, encode } from '@hanse/codec';
import { VOPRF_RANDOM_BYTES, type BlindedInput, type Suite, type Voprf } from '@hanse/crypto';
import {
  err,
  HanseError,
  limits,
  must,
  ok,
  type Clock,
  type Random,
  type Result,
} from '@hanse/kit';
import { functionOf, type RegistryKey } from './key.ts';
import { errorOf, refusal, type ClaimRefusal } from './refusal.ts';
import {
  NONCE_BYTES,
  sealRequest,
  tagAnswerSchema,
  tagRequestSchema,
  tagRequestSignBytes,
} from './request.ts';
import { functionInput, tagOf, type Tag, type TagInput } from './tag.ts';

/** Who asks: a key of the chain with the purpose `authenticate`. The client library's Signer is one. */
export type TagRequester = {
  readonly did: string;
  readonly kid: string;
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
};

/** What asking for tags needs. */
export type TagClient = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  /** The registry's key as the chain has it, read with proof. */
  readonly key: RegistryKey;
  readonly requester: TagRequester;
  readonly clock: Clock;
  readonly random: Random;
};

/** Carries a request to the registry and brings its answer. Throws HanseError when there is none. */
export type TagTransport = (request: Uint8Array) => Promise<Uint8Array>;

/** A request to send, and what stays here until its answer comes. */
export type PreparedTags = {
  readonly bytes: Uint8Array;
  readonly key: RegistryKey;
  readonly inputs: readonly TagInput[];
  readonly blinded: readonly BlindedInput[];
};

/** Blind the inputs and sign a request for their tags. Throws RegistryKeyInvalid and OverLimit. */
export async function prepareTags(
  client: TagClient,
  inputs: readonly TagInput[],
): Promise<PreparedTags> {
  const { chainId, key, requester, clock, random } = client;
  const voprf = mustFunction(key);
  checkBounds(inputs);
  const blinded = inputs.map((input) =>
    voprf.blind(functionInput(input), random.bytes(VOPRF_RANDOM_BYTES)),
  );
  const request = encode(tagRequestSchema, {
    chainId,
    registry: key.registry,
    epoch: key.epoch,
    requester: requester.did,
    kid: requester.kid,
    time: clock.nowMs(),
    nonce: random.bytes(NONCE_BYTES),
    elements: blinded.map(({ element }) => element),
  });
  const signature = await requester.sign(tagRequestSignBytes(request));
  return { bytes: sealRequest(request, signature), key, inputs, blinded };
}

/** The tags of an answer in the order of the inputs, or why it gives none (rule published key). */
export function finishTags(
  suite: Suite,
  { key, inputs, blinded }: PreparedTags,
  bytes: Uint8Array,
): Result<readonly Tag[], ClaimRefusal> {
  const answer = decode(tagAnswerSchema, bytes);
  const { epoch } = key;
  const refuse = (reason: string): Result<never, ClaimRefusal> =>
    err(refusal('TagProofInvalid', { epoch, reason }));
  if (!answer.ok) return refuse(`it does not decode (${answer.error})`);
  const outputs = mustFunction(key).finalize(blinded, key.publicKey, answer.value);
  if (outputs === undefined) return refuse('its proof does not hold');
  return ok(
    inputs.map(({ kind }, i) =>
      tagOf(suite, { kind, epoch, output: must(outputs[i], 'an output for each input') }),
    ),
  );
}

/**
 * The tags of business keys, in their order. Throws what the registry refused, TagProofInvalid for an answer
 * that proves nothing, and whatever the transport throws.
 *
 * @example const [x, n] = await requestTags(client, [{ kind: 'X', key }, { kind: 'N', key: number }], transport);
 */
export async function requestTags(
  client: TagClient,
  inputs: readonly TagInput[],
  transport: TagTransport,
): Promise<readonly Tag[]> {
  const prepared = await prepareTags(client, inputs);
  const tags = finishTags(client.suite, prepared, await transport(prepared.bytes));
  if (!tags.ok) throw errorOf(tags.error);
  return tags.value;
}

function mustFunction(key: RegistryKey): Voprf {
  const voprf = functionOf(key);
  if (!voprf.ok) throw errorOf(voprf.error);
  return voprf.value;
}

function checkBounds(inputs: readonly TagInput[]): void {
  const over = (name: string, value: number, limit: number): HanseError =>
    new HanseError('OverLimit', { name, value, limit });
  const { claimTagsPerRequestMax, claimKeyBytesMax } = limits;
  if (inputs.length === 0)
    throw new HanseError('UsageError', { message: 'No business key given.' });
  if (inputs.length > claimTagsPerRequestMax)
    throw over('claimTagsPerRequest', inputs.length, claimTagsPerRequestMax);
  for (const { key } of inputs)
    if (key.length > claimKeyBytesMax) throw over('claimKeyBytes', key.length, claimKeyBytesMax);
}
