import { decode, encode, t, type Infer } from '@hanse/codec';
import { verifyMerkleProof, type Suite } from '@hanse/crypto';
import { equalBytes, limits } from '@hanse/kit';
import { openHeader, type Header } from './block.ts';
import { historyLeafSchema, type HistoryLeaf } from './receipt.ts';
import { certificateError, certificateSchema, type ValidatorSet } from './vote.ts';

const PATH_MAX = 64;

/** A header with its finalization certificate: the root every other proof starts from. */
export const finalProofSchema = t.struct({
  header: t.bytes(1_024),
  certificate: certificateSchema,
});
export type FinalProof = Infer<typeof finalProofSchema>;

/** Path from the leaf of one height to the history root that a final header binds. */
export const historyProofSchema = t.struct({
  leaf: historyLeafSchema,
  /** Number of leaves of the range: bound height plus one. */
  count: t.u64,
  path: t.list(t.hash, PATH_MAX),
});
export type HistoryProof = Infer<typeof historyProofSchema>;

/** Path from a receipt to the receipts root in the history leaf of its height. */
export const receiptProofSchema = t.struct({
  receipt: t.bytes(2 * limits.txBytesMax * limits.callsPerTxMax),
  index: t.u32,
  count: t.u32,
  path: t.list(t.hash, PATH_MAX),
  history: historyProofSchema,
});
export type ReceiptProof = Infer<typeof receiptProofSchema>;

/**
 * The header that a proof's certificate makes final, or why it does not: right chain, a quorum of
 * the set's validators, finality of exactly this header.
 */
export function verifyFinal(
  suite: Suite,
  chainId: Uint8Array,
  set: ValidatorSet,
  proof: FinalProof,
):
  | { readonly ok: true; readonly header: Header; readonly digest: Uint8Array }
  | { readonly ok: false; readonly reason: string } {
  const opened = openHeader(suite, proof.header);
  if (!opened.ok) return { ok: false, reason: opened.error };
  const { header, digest } = opened.value;
  const { certificate } = proof;
  if (!equalBytes(header.chainId, chainId))
    return { ok: false, reason: 'the header is of another chain' };
  if (header.epoch !== set.epoch)
    return { ok: false, reason: `the header is of epoch ${header.epoch}` };
  if (certificate.kind !== 'finalize')
    return { ok: false, reason: 'the certificate is not one of finality' };
  if (certificate.view !== header.view || !equalBytes(certificate.digest, digest))
    return { ok: false, reason: 'the certificate names another block' };
  const reason = certificateError(suite, chainId, set, certificate);
  return reason === undefined ? { ok: true, header, digest } : { ok: false, reason };
}

/** Whether a history leaf is in the range with this root, bound at this height. */
export function verifyHistory(
  suite: Suite,
  bound: { readonly height: number; readonly historyRoot: Uint8Array },
  proof: HistoryProof,
): boolean {
  if (proof.count !== bound.height + 1) return false;
  const leaf = encode(historyLeafSchema, proof.leaf);
  return verifyMerkleProof(suite, {
    leaf,
    index: proof.leaf.height,
    count: proof.count,
    root: bound.historyRoot,
    proof: proof.path,
  });
}

/** The history leaf of received bytes. */
export function openHistoryLeaf(bytes: Uint8Array): HistoryLeaf | undefined {
  const leaf = decode(historyLeafSchema, bytes);
  return leaf.ok ? leaf.value : undefined;
}
