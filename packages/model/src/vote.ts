import { t, encode, type Infer } from '@hanse/codec';
import type { SignatureAlg, Suite } from '@hanse/crypto';
import { assert, concatBytes, limits, utf8 } from '@hanse/kit';
import { signatureSchema, taggedHash, u64Bytes, ZERO_HASH } from './common.ts';

/** N, X and F of the protocol: for a block, against a view, for finality. */
export const voteKindSchema = t.oneOf('notarize', 'nullify', 'finalize');
export type VoteKind = Infer<typeof voteKindSchema>;

/** One signed vote. */
export const voteSchema = t.struct({
  kind: voteKindSchema,
  epoch: t.u64,
  view: t.u64,
  /** Digest of the header; zero for `nullify`. */
  digest: t.hash,
  /** Index in the validator set of the epoch. */
  signer: t.u16,
  signature: signatureSchema,
});
export type Vote = Infer<typeof voteSchema>;

/** A quorum of votes of one kind, view and digest, signers in ascending order. */
export const certificateSchema = t.struct({
  kind: voteKindSchema,
  epoch: t.u64,
  view: t.u64,
  digest: t.hash,
  votes: t.refine(
    t.list(t.struct({ signer: t.u16, signature: signatureSchema }), limits.validatorsMax, 1),
    (votes) =>
      votes.every((one, i) => i === 0 || one.signer > (votes[i - 1]?.signer ?? 0))
        ? undefined
        : 'signers are not ascending',
  ),
});
export type Certificate = Infer<typeof certificateSchema>;

/** A member of a validator set. */
export type Validator = {
  readonly did: string;
  readonly organisation: string;
  readonly alg: SignatureAlg;
  readonly publicKey: Uint8Array;
};

/** Who votes in an epoch, in index order. */
export type ValidatorSet = { readonly epoch: number; readonly validators: readonly Validator[] };

/** Faults that n validators tolerate: f = ⌊(n − 1) / 3⌋. */
export function faultsOf(validatorCount: number): number {
  return Math.floor((validatorCount - 1) / 3);
}

/** Votes that make a certificate: q = n − f. Two quorums share at least f + 1 validators. */
export function quorumOf(validatorCount: number): number {
  return validatorCount - faultsOf(validatorCount);
}

const KIND_BYTE: Readonly<Record<VoteKind, number>> = { notarize: 1, nullify: 2, finalize: 3 };

/** What a vote signs: domain, chain, epoch, kind, view and digest. */
export function voteSignBytes(
  chainId: Uint8Array,
  vote: Pick<Vote, 'kind' | 'epoch' | 'view' | 'digest'>,
): Uint8Array {
  assert(vote.digest.length === 32, 'a vote names a digest');
  return concatBytes(
    utf8('CSX1'),
    chainId,
    u64Bytes(vote.epoch),
    Uint8Array.of(KIND_BYTE[vote.kind]),
    u64Bytes(vote.view),
    vote.digest,
  );
}

/** Whether a vote comes from a validator of the set and its signature holds. */
export function verifyVote(
  suite: Suite,
  chainId: Uint8Array,
  set: ValidatorSet,
  vote: Vote,
): boolean {
  const validator = set.validators[vote.signer];
  if (validator === undefined || vote.epoch !== set.epoch) return false;
  if (vote.kind === 'nullify' && !vote.digest.every((byte) => byte === 0)) return false;
  return suite.verify(
    validator.alg,
    validator.publicKey,
    voteSignBytes(chainId, vote),
    vote.signature,
  );
}

/** Why a certificate does not hold, or undefined when it does: a quorum of distinct valid signers of the epoch. */
export function certificateError(
  suite: Suite,
  chainId: Uint8Array,
  set: ValidatorSet,
  certificate: Certificate,
): string | undefined {
  if (certificate.epoch !== set.epoch) return `epoch ${certificate.epoch} instead of ${set.epoch}`;
  const quorum = quorumOf(set.validators.length);
  if (certificate.votes.length < quorum)
    return `${certificate.votes.length} votes, ${quorum} needed`;
  let previous = -1;
  for (const { signer, signature } of certificate.votes) {
    if (signer <= previous) return 'signers are not ascending';
    previous = signer;
    const { kind, epoch, view, digest } = certificate;
    if (!verifyVote(suite, chainId, set, { kind, epoch, view, digest, signer, signature }))
      return `the vote of validator ${signer} does not verify`;
  }
  return undefined;
}

/** Commitment to the certificates that justify a block's place: its parent's and those of skipped views. */
export function justRoot(
  suite: Suite,
  parent: Certificate | undefined,
  skipped: readonly Certificate[],
): Uint8Array {
  const names = [...(parent === undefined ? [] : [parent]), ...skipped].map(
    ({ kind, epoch, view, digest }) =>
      concatBytes(
        Uint8Array.of(KIND_BYTE[kind]),
        u64Bytes(epoch),
        u64Bytes(view),
        kind === 'nullify' ? ZERO_HASH : digest,
      ),
  );
  return taggedHash(suite, 'hanse-just/1', concatBytes(...names));
}

/** Hash of a validator set, for epoch changes and light clients. */
export function validatorSetHash(suite: Suite, set: ValidatorSet): Uint8Array {
  return taggedHash(suite, 'hanse-validators/1', encode(validatorSetSchema, set));
}

/** Bytes of a validator. */
export const validatorSchema = t.struct({
  did: t.text(limits.didBytesMax),
  organisation: t.text(limits.didBytesMax),
  alg: t.oneOf('ed25519', 'p256', 'sm2'),
  publicKey: t.bytes(33),
});
/** Bytes of a validator set; its hash names the next epoch. */
export const validatorSetSchema = t.struct({
  epoch: t.u64,
  validators: t.list(validatorSchema, limits.validatorsMax, 1),
});
