import { decode, type Json, type Schema } from '@hanse/codec';
import { createSuite, verifyMerkleProof, type Suite } from '@hanse/crypto';
import { equalBytes, HanseError, toHex } from '@hanse/kit';
import {
  chainIdOf,
  finalProofSchema,
  genesisValidators,
  headerDigest,
  historyProofSchema,
  openHeader,
  openTx,
  parseGenesis,
  receiptProofSchema,
  receiptSchema,
  recordProofSchema,
  verifyFinal,
  verifyHistory,
  verifyRecordProof,
  type FinalProof,
  type Genesis,
  type Header,
  type HistoryLeaf,
  type HistoryProof,
  type Receipt,
  type ReceiptProof,
  type Sealed,
  type Tx,
  type ValidatorSet,
} from '@hanse/model';

/** What every check starts from: a chain whose genesis hash is trusted, and its validators. */
export type Anchor = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly genesis: Genesis;
  readonly validators: ValidatorSet;
};

/** A header that a quorum made final, with the indexes of those who signed. */
export type FinalHeader = {
  readonly header: Header;
  readonly digest: Uint8Array;
  readonly signers: readonly number[];
};

/** How old the header under a proof may be. */
export type AgeRule = { readonly nowMs: number; readonly maxAgeMs: number };

/** A record, or its absence, in the state a final header binds. */
export type VerifiedRecord = FinalHeader & {
  readonly key: Uint8Array;
  /** Undefined: proved absent. */
  readonly value: Uint8Array | undefined;
  /** Height of the state. */
  readonly height: number;
};

/** A receipt under a final header, with its transaction when that was given. */
export type VerifiedReceipt = FinalHeader & {
  readonly receipt: Receipt;
  readonly receiptBytes: Uint8Array;
  readonly tx: Sealed<Tx> | undefined;
};

/** What a block was and did, under a later final header. */
export type VerifiedBlock = FinalHeader & { readonly leaf: HistoryLeaf };

/** Rule `anchor`: the genesis document whose hash is trusted. Throws ProofMalformed, ProofWrongChain. */
export function verifyGenesis(
  document: Json,
  trustedHash: Uint8Array,
  suiteOf: (id: Genesis['suite']) => Suite = createSuite,
): Anchor {
  const anchor = readGenesis(document, suiteOf);
  if (!equalBytes(anchor.chainId, trustedHash)) throw wrongChain(anchor.chainId, trustedHash);
  return anchor;
}

/** The chain a genesis document starts, trusted by nobody yet. Throws ProofMalformed. */
export function readGenesis(
  document: Json,
  suiteOf: (id: Genesis['suite']) => Suite = createSuite,
): Anchor {
  const genesis = parseGenesis(document);
  if (!genesis.ok) throw malformed(`genesis: ${genesis.error}`);
  const suite = suiteOf(genesis.value.suite);
  const chainId = chainIdOf(suite, genesis.value);
  return { suite, chainId, genesis: genesis.value, validators: genesisValidators(genesis.value) };
}

/** Rule `final`. Throws ProofMalformed, ProofWrongChain, ProofBadCertificate. */
export function verifyHeader(anchor: Anchor, finalBytes: Uint8Array): FinalHeader {
  const proof = mustDecode(finalProofSchema, finalBytes, 'final header');
  const { suite, chainId, validators } = anchor;
  const final = verifyFinal(suite, chainId, validators, proof);
  if (!final.ok) throw finalRefusal(anchor, proof, final.reason);
  const signers = proof.certificate.votes.map((vote) => vote.signer);
  return { header: final.header, digest: final.digest, signers };
}

/** Rule `age`. Throws ProofStale. */
export function checkAge(header: Header, rule: AgeRule): void {
  const ageMs = rule.nowMs - header.time;
  if (ageMs > rule.maxAgeMs) throw new HanseError('ProofStale', { ageMs, limit: rule.maxAgeMs });
}

/** What is claimed about the record of a key. */
export type RecordClaim = { readonly key: Uint8Array; readonly record: Uint8Array };

/** Rule `bound` for the record of a key, or its absence. */
export function verifyRecord(
  anchor: Anchor,
  claim: RecordClaim & { readonly final: Uint8Array },
): VerifiedRecord {
  return recordUnder(anchor.suite, verifyHeader(anchor, claim.final), claim);
}

/** {@link verifyRecord} under a header that {@link verifyHeader} returned. */
export function recordUnder(suite: Suite, final: FinalHeader, claim: RecordClaim): VerifiedRecord {
  const proof = mustDecode(recordProofSchema, claim.record, 'record');
  const { executed } = final.header;
  if (!equalBytes(proof.key, claim.key)) throw mismatch('key of the record', 'key asked for');
  if (!verifyRecordProof(suite, executed.stateRoot, proof)) throw mismatch('record', 'state root');
  return { ...final, key: proof.key, value: proof.value, height: executed.height };
}

/** What is claimed about a transaction: its receipt's proof, and its bytes where they matter. */
export type ReceiptClaim = {
  readonly txid: Uint8Array;
  readonly receipt: Uint8Array;
  readonly tx?: Uint8Array | undefined;
};

/** Rule `bound` for the receipt of a transaction. */
export function verifyReceipt(
  anchor: Anchor,
  claim: ReceiptClaim & { readonly final: Uint8Array },
): VerifiedReceipt {
  return receiptUnder(anchor.suite, verifyHeader(anchor, claim.final), claim);
}

/** {@link verifyReceipt} under a header that {@link verifyHeader} returned: many share one. */
export function receiptUnder(
  suite: Suite,
  final: FinalHeader,
  claim: ReceiptClaim,
): VerifiedReceipt {
  const proof = mustDecode(receiptProofSchema, claim.receipt, 'receipt proof');
  checkHistory(suite, final.header, proof.history);
  checkReceiptPath(suite, proof);
  const receipt = mustDecode(receiptSchema, proof.receipt, 'receipt');
  if (!equalBytes(receipt.txid, claim.txid)) throw mismatch('receipt', 'transaction asked for');
  const tx = claim.tx === undefined ? undefined : checkTx(suite, claim.tx, claim.txid);
  return { ...final, receipt, receiptBytes: proof.receipt, tx };
}

/** What is claimed about the block of a height. */
export type BlockClaim = { readonly height: number; readonly history: Uint8Array };

/** Rule `bound` for the block of a height at or below the one the header binds. */
export function verifyBlock(
  anchor: Anchor,
  claim: BlockClaim & { readonly final: Uint8Array },
): VerifiedBlock {
  return blockUnder(anchor.suite, verifyHeader(anchor, claim.final), claim);
}

/** {@link verifyBlock} under a header that {@link verifyHeader} returned. */
export function blockUnder(suite: Suite, final: FinalHeader, claim: BlockClaim): VerifiedBlock {
  const proof = mustDecode(historyProofSchema, claim.history, 'history');
  checkHistory(suite, final.header, proof);
  if (proof.leaf.height !== claim.height) throw mismatch('block', 'height asked for');
  return { ...final, leaf: proof.leaf };
}

/** The header behind a verified block's digest. Throws ProofMalformed, ProofMismatch. */
export function verifyBlockHeader(
  suite: Suite,
  block: VerifiedBlock,
  headerBytes: Uint8Array,
): Header {
  const opened = openHeader(suite, headerBytes);
  if (!opened.ok) throw malformed(`header: ${opened.error}`);
  if (!equalBytes(headerDigest(suite, headerBytes), block.leaf.headerDigest)) {
    throw mismatch('header', 'digest of the block');
  }
  return opened.value.header;
}

/** The leaf of a height belongs to the history that the header binds. */
function checkHistory(suite: Suite, header: Header, proof: HistoryProof): void {
  if (!verifyHistory(suite, header.executed, proof)) throw mismatch('block', 'history root');
}

/** The receipt belongs to the block whose leaf its history path shows. */
function checkReceiptPath(suite: Suite, proof: ReceiptProof): void {
  const { receipt, index, count, path, history } = proof;
  const root = history.leaf.receiptsRoot;
  if (!verifyMerkleProof(suite, { leaf: receipt, index, count, root, proof: path })) {
    throw mismatch('receipt', 'receipts root');
  }
}

/** The transaction's bytes are those its id names. */
function checkTx(suite: Suite, bytes: Uint8Array, txid: Uint8Array): Sealed<Tx> {
  const tx = openTx(suite, bytes);
  if (!tx.ok) throw malformed(`transaction: ${tx.error}`);
  if (!equalBytes(tx.value.digest, txid)) throw mismatch('transaction', 'transaction id');
  return tx.value;
}

/** The refusal that says most about a header that is not final. */
function finalRefusal(anchor: Anchor, proof: FinalProof, reason: string): HanseError {
  const opened = openHeader(anchor.suite, proof.header);
  if (!opened.ok) return malformed(`header: ${opened.error}`);
  const { chainId } = opened.value.header;
  if (!equalBytes(chainId, anchor.chainId)) return wrongChain(chainId, anchor.chainId);
  return new HanseError('ProofBadCertificate', { reason });
}

function mustDecode<T>(schema: Schema<T>, bytes: Uint8Array, name: string): T {
  const decoded = decode(schema, bytes);
  if (!decoded.ok) throw malformed(`${name}: ${decoded.error}`);
  return decoded.value;
}

function malformed(reason: string): HanseError {
  return new HanseError('ProofMalformed', { reason });
}

function mismatch(object: string, root: string): HanseError {
  return new HanseError('ProofMismatch', { object, root });
}

function wrongChain(got: Uint8Array, expected: Uint8Array): HanseError {
  return new HanseError('ProofWrongChain', { got: toHex(got), expected: toHex(expected) });
}
