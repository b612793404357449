import { createHashStream, type Suite } from '@hanse/crypto';
import { HanseError, limits } from '@hanse/kit';
import type { Capture, Deposit } from '@hanse/model';
import { commitFields, type Commitment } from './commit.ts';
import { factFields, readFields, type FieldReport } from './fields.ts';
import { mediaOf } from './media.ts';

/** A deposit ready to be signed, and what its depositor keeps. */
export type PreparedDeposit = {
  /** Arguments of `evidence.deposit`; the id of the deposit is `byteHash`. */
  readonly deposit: Deposit;
  readonly commitment: Commitment;
  readonly report: FieldReport;
};

/** What every preparation needs beside the file. */
export type DepositParts = {
  readonly name: string;
  /** By content and name when absent. */
  readonly mediaType?: string;
  readonly capture: Capture;
  /** 32 random bytes, kept by the depositor: with the file they disclose its fields. */
  readonly secret: Uint8Array;
};

/** Prepare the deposit of a file in memory. Throws OverLimit for one above the bound. */
export function prepareDeposit(
  suite: Suite,
  bytes: Uint8Array,
  parts: DepositParts,
): PreparedDeposit {
  const mediaType = parts.mediaType ?? mediaOf(parts.name, bytes).mediaType;
  checkSize(bytes.length);
  const facts = { name: parts.name, sizeBytes: bytes.length, mediaType };
  return finish(suite, facts, suite.hash(bytes), parts, readFields(facts, bytes));
}

/** Prepare the deposit of a file that was hashed as a stream: committed by its facts alone. */
export function prepareLargeDeposit(
  suite: Suite,
  file: { readonly hash: Uint8Array; readonly sizeBytes: number },
  parts: DepositParts & { readonly mediaType: string },
): PreparedDeposit {
  checkSize(file.sizeBytes);
  const facts = { name: parts.name, sizeBytes: file.sizeBytes, mediaType: parts.mediaType };
  const report = { fields: factFields(facts), reading: 'file', note: undefined } as const;
  return finish(suite, facts, file.hash, parts, report);
}

/** Hash and size of bytes that come in pieces. Throws OverLimit above the bound of a file. */
export async function hashStream(
  suite: Suite,
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly hash: Uint8Array; readonly sizeBytes: number }> {
  const stream = createHashStream(suite.id);
  let sizeBytes = 0;
  for await (const piece of pieces) {
    sizeBytes += piece.length;
    checkSize(sizeBytes);
    stream.update(piece);
  }
  return { hash: stream.digest(), sizeBytes };
}

function checkSize(value: number): void {
  const limit = limits.evidenceFileBytesMax;
  if (value > limit) throw new HanseError('OverLimit', { name: 'evidenceFileBytes', value, limit });
}

function finish(
  suite: Suite,
  facts: { readonly sizeBytes: number; readonly mediaType: string },
  byteHash: Uint8Array,
  parts: DepositParts,
  report: FieldReport,
): PreparedDeposit {
  const commitment = commitFields(suite, report.fields, parts.secret);
  const deposit = {
    byteHash,
    sizeBytes: facts.sizeBytes,
    mediaType: facts.mediaType,
    fieldsRoot: commitment.root,
    fieldCount: commitment.count,
    capture: parts.capture,
  };
  return { deposit, commitment, report };
}
