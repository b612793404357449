import { decode, encode, t, type Infer } from '@hanse/codec';
import { merkleRoot, type Suite } from '@hanse/crypto';
import { concatBytes, equalBytes, err, limits, ok, utf8, type Result } from '@hanse/kit';
import { signatureSchema, taggedHash, u64Bytes } from './common.ts';
import type { ValidatorSet } from './vote.ts';

/** Header of a batch: one link in the hash chain of its author's lane. */
export const batchHeaderSchema = t.struct({
  chainId: t.hash,
  epoch: t.u64,
  /** Index of the author in the validator set of the epoch. */
  lane: t.u16,
  /** 1 for the first batch of the lane in the epoch, then without gaps. */
  seq: t.u64,
  prevDigest: t.hash,
  envelopesRoot: t.hash,
  txCount: t.u32,
  /** Bytes of all envelopes together; voters bound blocks by it. */
  sizeBytes: t.u32,
  /** Sum of the gas limits of all transactions; voters bound blocks by it. */
  gasSum: t.u64,
});

const ENVELOPES_PER_BATCH_MAX = 16_384;

/** A batch as it travels and is stored. */
export const batchSchema = t.struct({
  header: t.bytes(512),
  signature: signatureSchema,
  envelopes: t.list(t.bytes(limits.envelopeBytesMax), ENVELOPES_PER_BATCH_MAX, 1),
});

export type BatchHeader = Infer<typeof batchHeaderSchema>;

/** A received or built batch: header, digest, envelopes and the whole as bytes. */
export type Batch = {
  readonly header: BatchHeader;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly envelopes: readonly Uint8Array[];
  readonly bytes: Uint8Array;
};

/** Identity of a batch: the hash of its header. */
export function batchDigest(suite: Suite, headerBytes: Uint8Array): Uint8Array {
  return taggedHash(suite, 'hanse-batch/1', headerBytes);
}

/** What the author of a batch signs. */
export function batchSignBytes(header: BatchHeader, digest: Uint8Array): Uint8Array {
  return concatBytes(utf8('hanse-batch-sig/1\0'), header.chainId, u64Bytes(header.epoch), digest);
}

/** Root over the envelopes of a batch (hashes of their bytes, RFC 6962 tree). */
export function envelopesRoot(suite: Suite, envelopes: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(suite, envelopes);
}

/** Encode and sign a batch. */
export function sealBatch(
  suite: Suite,
  header: Omit<BatchHeader, 'envelopesRoot' | 'sizeBytes'>,
  envelopes: readonly Uint8Array[],
  sign: (message: Uint8Array) => Uint8Array,
): Batch {
  const sizeBytes = envelopes.reduce((sum, one) => sum + one.length, 0);
  const whole: BatchHeader = {
    ...header,
    envelopesRoot: envelopesRoot(suite, envelopes),
    sizeBytes,
  };
  const headerBytes = encode(batchHeaderSchema, whole);
  const digest = batchDigest(suite, headerBytes);
  const signature = sign(batchSignBytes(whole, digest));
  const bytes = encode(batchSchema, { header: headerBytes, signature, envelopes });
  return { header: whole, digest, signature, envelopes, bytes };
}

/**
 * Decode a batch and check that its header commits to its envelopes. The author's signature, the
 * envelopes' signatures and the counts in the header (`txCount`, `gasSum`) are checked by whoever
 * opens the envelopes.
 */
export function openBatch(suite: Suite, bytes: Uint8Array): Result<Batch, string> {
  const outer = decode(batchSchema, bytes);
  if (!outer.ok) return outer;
  const header = decode(batchHeaderSchema, outer.value.header);
  if (!header.ok) return header;
  const { envelopes, signature } = outer.value;
  const sizeBytes = envelopes.reduce((sum, one) => sum + one.length, 0);
  if (sizeBytes !== header.value.sizeBytes || sizeBytes > limits.batchBytesMax)
    return err('size differs from the header or is over the bound');
  if (!equalBytes(envelopesRoot(suite, envelopes), header.value.envelopesRoot))
    return err('envelopes differ from the header');
  return ok({
    header: header.value,
    digest: batchDigest(suite, outer.value.header),
    signature,
    envelopes,
    bytes,
  });
}

/** Whether a batch is signed by the validator whose lane it names, for this chain and epoch. */
export function verifyBatchAuthor(
  suite: Suite,
  chainId: Uint8Array,
  set: ValidatorSet,
  batch: Batch,
): boolean {
  const { header, digest, signature } = batch;
  const author = set.validators[header.lane];
  if (author === undefined || header.epoch !== set.epoch || !equalBytes(header.chainId, chainId))
    return false;
  return suite.verify(author.alg, author.publicKey, batchSignBytes(header, digest), signature);
}
