import { t, type Infer } from '@hanse/codec';
import { limits } from '@hanse/kit';
import { didSchema } from './common.ts';

/** Circumstances of a capture; a deposit without them is refused by form. */
export const captureSchema = t.struct({
  /** DID or serial number of the device; empty when a person handed over a file. */
  device: t.text(limits.didBytesMax),
  software: t.text(64),
  softwareVersion: t.text(32),
  /** Unix time in milliseconds at which the depositor says the data was captured. */
  capturedAt: t.u64,
  timeSource: t.oneOf('system', 'ntp', 'gnss', 'device', 'document', 'unknown'),
  method: t.oneOf('file', 'scan', 'photo', 'sensor', 'export', 'api'),
});

/** How one deposit relates to another. */
export const relationSchema = t.oneOf('attachment-of', 'derived-from', 'refers-to', 'same-content');

/** What `evidence.deposit` takes. The id of the deposit is `byteHash`. */
export const depositSchema = t.struct({
  /** Hash of the file's bytes under the chain's hash function, without any tag. */
  byteHash: t.hash,
  sizeBytes: t.u64,
  mediaType: t.text(127),
  /** Root of the salted tree over the fields of the document. */
  fieldsRoot: t.hash,
  fieldCount: t.u32,
  capture: captureSchema,
});

/** The state record of a deposit. */
export const evidenceSchema = t.struct({
  byteHash: t.hash,
  sizeBytes: t.u64,
  mediaType: t.text(127),
  fieldsRoot: t.hash,
  fieldCount: t.u32,
  capture: captureSchema,
  depositor: didSchema,
  /** Organisation that controls the depositor, or the depositor itself. */
  organisation: didSchema,
  txid: t.hash,
  height: t.u64,
  /** Block time in Unix milliseconds. */
  time: t.u64,
  supersededBy: t.option(t.hash),
});

/** The state record of a co-signature. */
export const coSignatureSchema = t.struct({
  signer: didSchema,
  organisation: didSchema,
  statement: t.text(limits.evidenceTextBytesMax),
  txid: t.hash,
  height: t.u64,
  time: t.u64,
});

/** The state record of a link between two deposits. */
export const linkSchema = t.struct({
  from: t.hash,
  to: t.hash,
  relation: relationSchema,
  by: didSchema,
  height: t.u64,
});

export type Capture = Infer<typeof captureSchema>;
export type Deposit = Infer<typeof depositSchema>;
export type Evidence = Infer<typeof evidenceSchema>;
export type CoSignature = Infer<typeof coSignatureSchema>;
export type EvidenceLink = Infer<typeof linkSchema>;
