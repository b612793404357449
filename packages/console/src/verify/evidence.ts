import { decode, type Json } from '@hanse/codec';
import {
  disclosureSchema,
  readBundle,
  verifyBundle,
  verifyDisclosure,
  type Bundle,
  type BundleReport,
  type FieldValue,
  type FinalHeader,
  type VerifiedReceipt,
} from '@hanse/client';
import { equalBytes, fromHex, HanseError, must, toHex } from '@hanse/kit';
import {
  depositSchema,
  didKeyBytes,
  didRecordSchema,
  evidenceKeyBytes,
  evidenceSchema,
  type Evidence,
  type TxProof,
} from '@hanse/model';
import { mustBytes } from '../data/http.ts';
import { nameOrDid } from '../i18n/format.ts';
import { openChain, type Trust, type TrustedChain } from '../data/trust.ts';
import { checkReceipt, checkRecord, type Age, type RecordProofText } from './checks.ts';
import { Trail, type Missing, type Step } from './trail.ts';

/** Proofs of a deposit: its record, and its receipt or why there is none. */
export type EvidenceProofs = {
  readonly record: RecordProofText;
  readonly receipt: TxProof | Missing;
};

/** What the trail of a deposit led to. */
export type EvidenceFound = {
  readonly steps: readonly Step[];
  /** The deposit; undefined when it is proved absent or not proved at all. */
  readonly evidence: Evidence | undefined;
  readonly isAbsent: boolean;
  /** The header the record is proved under. */
  readonly final: FinalHeader | undefined;
  readonly receipt: VerifiedReceipt | undefined;
};

/** The trail of a deposit, from the genesis to its record, and back to the transaction that made it. */
export function checkEvidence(
  chain: TrustedChain,
  id: Uint8Array,
  proofs: EvidenceProofs,
  age: Age,
): EvidenceFound {
  const { trail, found } = checkRecord(chain, evidenceKeyBytes(id), proofs.record, age);
  if (found === undefined || found.value === undefined) {
    const isAbsent = found !== undefined;
    const steps = trail.steps;
    return { steps, evidence: undefined, isAbsent, final: found, receipt: undefined };
  }
  const { value } = found;
  const evidence = trail.read('record', () => openEvidence(id, value));
  if (evidence === undefined) {
    return { steps: trail.steps, evidence, isAbsent: false, final: found, receipt: undefined };
  }
  const receipt = checkReceipt(trail, chain, evidence.txid, proofs.receipt);
  if (receipt !== undefined) trail.read('transaction', () => mustMatch(evidence, receipt));
  return { steps: trail.steps, evidence, isAbsent: false, final: found, receipt };
}

/** The deposit in the bytes of a proved record. Throws ProofMalformed, ProofMismatch. */
export function openEvidence(id: Uint8Array, bytes: Uint8Array): Evidence {
  const evidence = decode(evidenceSchema, bytes);
  if (!evidence.ok) throw new HanseError('ProofMalformed', { reason: `record: ${evidence.error}` });
  if (!equalBytes(evidence.value.byteHash, id)) throw mismatch('deposit', 'id asked for');
  return evidence.value;
}

/** A proved transaction is the one that made a deposit. Throws ProofMismatch. */
function mustMatch(evidence: Evidence, { receipt, tx }: VerifiedReceipt): void {
  if (receipt.status.kind !== 'ok') throw mismatch('receipt', 'deposit: it was refused');
  if (receipt.height !== evidence.height) throw mismatch('receipt', 'height of the deposit');
  const { calls, signers } = must(tx, 'the transaction was checked').value;
  if (!signers.some(({ did }) => did === evidence.depositor)) {
    throw mismatch('signer of the transaction', 'depositor');
  }
  const asked = calls.some(({ contract, method, args }) => {
    if (contract !== 'evidence' || method !== 'deposit') return false;
    const deposit = decode(depositSchema, args);
    return (
      deposit.ok &&
      equalBytes(deposit.value.byteHash, evidence.byteHash) &&
      equalBytes(deposit.value.fieldsRoot, evidence.fieldsRoot)
    );
  });
  if (!asked) throw mismatch('transaction', 'deposit: it asks for something else');
}

/** Name of an identity by its proved record. Throws Proof*. */
export function checkName(chain: TrustedChain, did: string, proof: RecordProofText): string {
  const { found } = checkRecord(chain, didKeyBytes(did), proof, undefined);
  if (found?.value === undefined) throw mismatch('identity', 'record, which is absent');
  const record = decode(didRecordSchema, found.value);
  if (!record.ok) throw new HanseError('ProofMalformed', { reason: `identity: ${record.error}` });
  if (record.value.did !== did) throw mismatch('identity', 'DID of its record');
  return record.value.name;
}

/** What a bundle was found to say, step by step. */
export type BundleFound = {
  readonly steps: readonly Step[];
  readonly bundle: Bundle;
  readonly chain: TrustedChain;
  readonly evidence: Evidence | undefined;
  readonly receipt: VerifiedReceipt | undefined;
  readonly fields: readonly { readonly path: string; readonly value: FieldValue }[];
  /** What the client's own check reports when all of it holds. */
  readonly report: BundleReport | undefined;
};

/** A file at hand to hold against a bundle. */
export type FileAtHand = { readonly hash: Uint8Array; readonly sizeBytes: number } | undefined;

/**
 * Check a bundle without any node. The steps are drawn from its parts; the last word is the client's
 * `verifyBundle`, so that nothing counts as verified here that it refuses. Throws ProofMalformed for
 * a document that is no bundle.
 */
export function checkBundle(
  document: Json,
  trust: Trust,
  nowMs: number,
  file: FileAtHand,
): BundleFound {
  const bundle = readBundle(document);
  const chain = openChain(bundle.genesis, trust, nowMs);
  const id = must(fromHex(bundle.id), 'read as a hash');
  const { record, receipt } = bundle;
  const found = checkEvidence(chain, id, { record, receipt }, undefined);
  const { evidence } = found;
  const trail = new Trail(found.steps);
  const report = trail.check('names', () => lastWord(document, chain, nowMs));
  const fields = trail.check('fields', () => disclosed(chain, evidence, bundle));
  if (file === undefined) trail.miss('file', { why: 'withheld' });
  else trail.check('file', () => sameFile(evidence, file));
  const steps = [...found.steps, ...trail.steps];
  return { ...found, steps, bundle, chain, report, fields: fields ?? [] };
}

function lastWord(document: Json, chain: TrustedChain, nowMs: number) {
  const report = verifyBundle(document, { trustedGenesisHash: chain.trust.hash, nowMs });
  const { depositor, organisation } = report;
  const facts = {
    depositor: nameOrDid(depositor.name, depositor.did),
    organisation: nameOrDid(organisation.name, organisation.did),
  };
  return { facts, value: report };
}

function disclosed(chain: TrustedChain, evidence: Evidence | undefined, bundle: Bundle) {
  const deposit = must(evidence, 'a whole trail has its deposit');
  const fields = bundle.disclosures.map((text) => {
    const disclosure = decode(disclosureSchema, mustBytes(text, 'disclosure'));
    if (!disclosure.ok) throw new HanseError('ProofMalformed', { reason: disclosure.error });
    const { path, value } = disclosure.value.leaf;
    if (!verifyDisclosure(chain.anchor.suite, deposit, disclosure.value)) {
      throw new HanseError('FieldMismatch', { path });
    }
    return { path, value };
  });
  return { facts: { shown: fields.length, of: deposit.fieldCount }, value: fields };
}

function sameFile(evidence: Evidence | undefined, file: NonNullable<FileAtHand>) {
  const { byteHash, sizeBytes } = must(evidence, 'a whole trail has its deposit');
  if (!equalBytes(file.hash, byteHash)) {
    throw new HanseError('FileMismatch', { got: toHex(file.hash), expected: toHex(byteHash) });
  }
  return { facts: { sizeBytes }, value: undefined };
}

function mismatch(object: string, root: string): HanseError {
  return new HanseError('ProofMismatch', { object, root });
}
