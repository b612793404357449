import { decode, encode, t, type Infer } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { equalBytes, err, limits, ok, type Result } from '@hanse/kit';
import { PROTOCOL_VERSION, taggedHash, ZERO_HASH } from './common.ts';

/** Results of executing the chain up to a height, as a later header binds them. */
export const executedSchema = t.struct({ height: t.u64, stateRoot: t.hash, historyRoot: t.hash });

/** Header of a block. Its digest is what votes name. */
export const headerSchema = t.struct({
  protocolVersion: t.u16,
  engineVersion: t.u16,
  chainId: t.hash,
  epoch: t.u64,
  view: t.u64,
  height: t.u64,
  parentView: t.u64,
  parentDigest: t.hash,
  /** Unix time in milliseconds, above the parent's. */
  time: t.u64,
  proposer: t.u16,
  payloadRoot: t.hash,
  executed: executedSchema,
  /** Zero until chains are linked. */
  outboxRoot: t.hash,
  /** Hash over the parent's certificate and the nullifications of all skipped views. */
  justRoot: t.hash,
  /** Zero except in the boundary block of an epoch. */
  nextSetHash: t.hash,
});

/**
 * Payload of a block: the tip of every lane up to which batches are ordered, all lanes in index
 * order. A block whose payload equals its parent's is empty.
 */
export const payloadSchema = t.list(
  t.struct({ seq: t.u64, digest: t.hash }),
  limits.validatorsMax,
  1,
);

/** A block as it travels and is stored. */
export const blockSchema = t.struct({ header: t.bytes(1_024), payload: t.bytes(8_192) });

export type Executed = Infer<typeof executedSchema>;
export type Header = Infer<typeof headerSchema>;
export type LaneTip = { readonly seq: number; readonly digest: Uint8Array };
export type Payload = readonly LaneTip[];

/** A received or built block: header, digest, payload and the whole as bytes. */
export type Block = {
  readonly header: Header;
  readonly digest: Uint8Array;
  readonly payload: Payload;
  readonly bytes: Uint8Array;
};

/** Digest of a header: the identity of its block. */
export function headerDigest(suite: Suite, headerBytes: Uint8Array): Uint8Array {
  return taggedHash(suite, 'hanse-header/1', headerBytes);
}

/** Commitment of a header to its payload. */
export function payloadRoot(suite: Suite, payload: Payload): Uint8Array {
  return taggedHash(suite, 'hanse-payload/1', encode(payloadSchema, payload));
}

/** Encode a block around its header and payload. */
export function sealBlock(
  suite: Suite,
  header: Omit<Header, 'payloadRoot'>,
  payload: Payload,
): Block {
  const whole: Header = { ...header, payloadRoot: payloadRoot(suite, payload) };
  const headerBytes = encode(headerSchema, whole);
  const bytes = encode(blockSchema, {
    header: headerBytes,
    payload: encode(payloadSchema, payload),
  });
  return { header: whole, digest: headerDigest(suite, headerBytes), payload, bytes };
}

/** Decode a block and check that its header commits to its payload. */
export function openBlock(suite: Suite, bytes: Uint8Array): Result<Block, string> {
  const outer = decode(blockSchema, bytes);
  if (!outer.ok) return outer;
  const header = openHeader(suite, outer.value.header);
  if (!header.ok) return header;
  const payload = decode(payloadSchema, outer.value.payload);
  if (!payload.ok) return payload;
  if (
    !equalBytes(
      taggedHash(suite, 'hanse-payload/1', outer.value.payload),
      header.value.header.payloadRoot,
    )
  )
    return err('payload differs from the header');
  return ok({ ...header.value, payload: payload.value, bytes });
}

/** Decode a header alone, with its digest. */
export function openHeader(
  suite: Suite,
  bytes: Uint8Array,
): Result<{ header: Header; digest: Uint8Array }, string> {
  const header = decode(headerSchema, bytes);
  if (!header.ok) return header;
  if (header.value.protocolVersion !== PROTOCOL_VERSION)
    return err(`protocol version ${header.value.protocolVersion}`);
  return ok({ header: header.value, digest: headerDigest(suite, bytes) });
}

/** Header bytes of a block. */
export function headerBytes(block: Block): Uint8Array {
  return encode(headerSchema, block.header);
}

/** Whether a payload adds nothing to its parent's. */
export function isEmptyPayload(payload: Payload, parent: Payload): boolean {
  return (
    payload.length === parent.length && payload.every((tip, lane) => tip.seq === parent[lane]?.seq)
  );
}

/** Lane tips before the first batch of an epoch. */
export function emptyPayload(laneCount: number): Payload {
  return Array.from({ length: laneCount }, () => ({ seq: 0, digest: ZERO_HASH }));
}
