import { decode, type Json, type Schema } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { equalBytes, fromBase64Url, fromHex, HanseError, must, toHex } from '@hanse/kit';
import {
  depositSchema,
  didKeyBytes,
  didOf,
  didRecordSchema,
  evidenceKeyBytes,
  evidenceSchema,
  type Capture,
  type DidKind,
  type Evidence,
  type Genesis,
} from '@hanse/model';
import { ambientPlatform } from '../platform.ts';
import {
  checkAge,
  verifyGenesis,
  verifyReceipt,
  verifyRecord,
  type Anchor,
  type FinalHeader,
  type VerifiedReceipt,
} from '../verify.ts';
import { readBundle, type Bundle, type RecordProofText } from './bundle.ts';
import { disclosureSchema, verifyDisclosure, type FieldValue } from './commit.ts';

/** What the reader of a bundle trusts and has at hand. */
export type BundleCheck = {
  /** The one thing to trust: hash of the genesis, hexadecimal. */
  readonly trustedGenesisHash: string;
  /** The file itself, or its hash under the chain's hash function. */
  readonly file?: Uint8Array;
  readonly fileHash?: Uint8Array;
  /** Refuse a bundle whose newest header is older; the state of a deposit can change later. */
  readonly maxAgeMs?: number;
  /** Unix milliseconds; this machine's clock when absent. */
  readonly nowMs?: number;
  readonly suiteOf?: (id: Genesis['suite']) => Suite;
};

/** A party, with the name it is registered under where that is proved. */
export type Party = {
  readonly did: string;
  readonly name: string | undefined;
  readonly kind: DidKind | undefined;
};

/** What a bundle proves; everything here was checked. */
export type BundleReport = {
  readonly network: string;
  readonly genesisHash: string;
  readonly id: string;
  /** Who deposited, and for which organisation. */
  readonly depositor: Party;
  readonly organisation: Party;
  readonly what: {
    readonly byteHash: string;
    readonly sizeBytes: number;
    readonly mediaType: string;
    readonly fieldCount: number;
  };
  /** Height and block time (Unix milliseconds) of the deposit. */
  readonly when: { readonly height: number; readonly time: number };
  readonly txid: string;
  /** As the depositor declared it. */
  readonly capture: Capture;
  readonly fields: readonly { readonly path: string; readonly value: FieldValue }[];
  readonly file: 'matches' | 'not given';
  /** Id of the deposit that replaces this one, as of `state`. */
  readonly supersededBy: string | undefined;
  /** The header that the record is proved under, and who signed it. */
  readonly state: {
    readonly height: number;
    readonly time: number;
    readonly ageMs: number;
    readonly signers: readonly string[];
    readonly validators: number;
  };
};

/**
 * Check a bundle from the genesis hash down to the file. Throws the first thing that does not hold:
 * ProofMalformed, ProofWrongChain, ProofBadCertificate, ProofMismatch, ProofStale, FieldMismatch,
 * FileMismatch.
 */
export function verifyBundle(document: Json, check: BundleCheck): BundleReport {
  const bundle = readBundle(document);
  const trusted = fromHex(check.trustedGenesisHash);
  if (trusted?.length !== 32) {
    const params = { key: 'trustedGenesisHash', value: check.trustedGenesisHash };
    throw new HanseError('ConfigInvalid', { ...params, expected: '64 hexadecimal digits' });
  }
  const anchor = verifyGenesis(bundle.genesis, trusted, check.suiteOf);
  const { evidence, final } = checkDeposit(anchor, bundle);
  checkReceipt(anchor, bundle, evidence);
  const { maxAgeMs, nowMs = ambientPlatform.nowMs() } = check;
  if (maxAgeMs !== undefined) checkAge(final.header, { nowMs, maxAgeMs });
  const party = partyReader(anchor, bundle, evidence);
  const fields = bundle.disclosures.map((text) => checkDisclosure(anchor.suite, evidence, text));
  const file = checkFile(anchor.suite, evidence, check);
  return {
    network: anchor.genesis.network,
    genesisHash: toHex(anchor.chainId),
    id: bundle.id,
    depositor: party(evidence.depositor),
    organisation: party(evidence.organisation),
    what: {
      byteHash: toHex(evidence.byteHash),
      sizeBytes: evidence.sizeBytes,
      mediaType: evidence.mediaType,
      fieldCount: evidence.fieldCount,
    },
    when: { height: evidence.height, time: evidence.time },
    txid: toHex(evidence.txid),
    capture: evidence.capture,
    fields,
    file,
    supersededBy: evidence.supersededBy === undefined ? undefined : toHex(evidence.supersededBy),
    state: stateOf(anchor, final, nowMs),
  };
}

/** The record of the deposit, and that it is the one the bundle names. */
function checkDeposit(
  anchor: Anchor,
  bundle: Bundle,
): { readonly evidence: Evidence; readonly final: FinalHeader } {
  const id = must(fromHex(bundle.id), 'read as a hash');
  const final = verifyRecord(anchor, { key: evidenceKeyBytes(id), ...bytesOf(bundle.record) });
  if (final.value === undefined) throw mismatch('deposit', 'record, which is proved absent');
  const evidence = mustDecode(evidenceSchema, final.value, 'deposit');
  if (!equalBytes(evidence.byteHash, id)) throw mismatch('deposit', 'id of the bundle');
  return { evidence, final };
}

/** The transaction that made the deposit: executed, in that block, asking for exactly this. */
function checkReceipt(anchor: Anchor, { receipt }: Bundle, evidence: Evidence): void {
  const verified = verifyReceipt(anchor, {
    txid: evidence.txid,
    final: textBytes(receipt.final),
    receipt: textBytes(receipt.receipt),
    tx: textBytes(receipt.tx),
  });
  const { status, height } = verified.receipt;
  if (status.kind !== 'ok') throw mismatch('receipt', 'deposit: it was refused');
  if (height !== evidence.height) throw mismatch('receipt', 'height of the deposit');
  checkTransaction(verified, evidence);
}

function checkTransaction({ tx }: VerifiedReceipt, evidence: Evidence): void {
  const { calls, signers } = must(tx, 'the transaction was given').value;
  if (!signers.some((signer) => signer.did === evidence.depositor)) {
    throw mismatch('signer of the transaction', 'depositor');
  }
  const asked = calls.some((call) => {
    if (call.contract !== 'evidence' || call.method !== 'deposit') return false;
    const deposit = decode(depositSchema, call.args);
    return (
      deposit.ok &&
      equalBytes(deposit.value.byteHash, evidence.byteHash) &&
      equalBytes(deposit.value.fieldsRoot, evidence.fieldsRoot)
    );
  });
  if (!asked) throw mismatch('transaction', 'deposit: it asks for something else');
}

/** Reads parties: names from proved identity records, or from the genesis itself. */
function partyReader(anchor: Anchor, bundle: Bundle, evidence: Evidence): (did: string) => Party {
  const proved = new Map<string, Party>();
  for (const [did, proof] of Object.entries(bundle.identities)) {
    if (did !== evidence.depositor && did !== evidence.organisation) {
      throw mismatch('identity', 'depositor or its organisation');
    }
    proved.set(did, checkIdentity(anchor, did, proof));
  }
  const { network, identities } = anchor.genesis;
  return (did) => {
    const known = proved.get(did);
    if (known !== undefined) return known;
    const first = identities.find((one) => didOf(anchor.suite, network, one) === did);
    return { did, name: first?.name, kind: first?.kind };
  };
}

function checkIdentity(anchor: Anchor, did: string, proof: RecordProofText): Party {
  const { value } = verifyRecord(anchor, { key: didKeyBytes(did), ...bytesOf(proof) });
  if (value === undefined) throw mismatch('identity', 'record, which is proved absent');
  const record = mustDecode(didRecordSchema, value, 'identity');
  if (record.did !== did) throw mismatch('identity', 'DID of its record');
  return { did, name: record.name, kind: record.kind };
}

function checkDisclosure(
  suite: Suite,
  evidence: Evidence,
  text: string,
): { readonly path: string; readonly value: FieldValue } {
  const disclosure = mustDecode(disclosureSchema, textBytes(text), 'disclosure');
  const { path, value } = disclosure.leaf;
  if (!verifyDisclosure(suite, evidence, disclosure))
    throw new HanseError('FieldMismatch', { path });
  return { path, value };
}

function checkFile(suite: Suite, evidence: Evidence, check: BundleCheck): BundleReport['file'] {
  const { file, fileHash } = check;
  const hash = file === undefined ? fileHash : suite.hash(file);
  if (hash === undefined) return 'not given';
  if (!equalBytes(hash, evidence.byteHash)) {
    const params = { got: toHex(hash), expected: toHex(evidence.byteHash) };
    throw new HanseError('FileMismatch', params);
  }
  return 'matches';
}

function stateOf(
  anchor: Anchor,
  { header, signers }: FinalHeader,
  nowMs: number,
): BundleReport['state'] {
  const { validators } = anchor.validators;
  return {
    height: header.executed.height,
    time: header.time,
    ageMs: nowMs - header.time,
    signers: signers.map((index) => must(validators[index], 'signers were checked').did),
    validators: validators.length,
  };
}

function bytesOf({ final, record }: RecordProofText) {
  return { final: textBytes(final), record: textBytes(record) };
}

function textBytes(text: string): Uint8Array {
  return must(fromBase64Url(text), 'read as base64url');
}

function mustDecode<T>(schema: Schema<T>, bytes: Uint8Array, name: string): T {
  const decoded = decode(schema, bytes);
  if (!decoded.ok) throw new HanseError('ProofMalformed', { reason: `${name}: ${decoded.error}` });
  return decoded.value;
}

function mismatch(object: string, root: string): HanseError {
  return new HanseError('ProofMismatch', { object, root });
}
