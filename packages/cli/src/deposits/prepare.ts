import { createReadStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  hashStream,
  mediaOf,
  prepareDeposit,
  prepareLargeDeposit,
  type PreparedDeposit,
} from '@hanse/client';
import type { Suite } from '@hanse/crypto';
import { equalBytes, toHex } from '@hanse/kit';
import type { Capture } from '@hanse/model';
import { randomBytes } from '@hanse/native';
import { unreadable } from '../files.ts';
import { version } from '../version.ts';
import type { Kept, KeptDeposits } from './kept.ts';
import type { FoundFile } from './walk.ts';

/** How files are deposited. */
export type PrepareOptions = {
  readonly withFields: boolean;
  readonly mediaType: string | undefined;
  readonly device: string;
  readonly method: Capture['method'];
};

/** A deposit that is ready to be sent and kept on disk. */
export type Prepared = {
  readonly file: FoundFile;
  readonly id: string;
  readonly kept: Kept;
  /** Kept by an earlier run: the chain may have it already. */
  readonly wasKept: boolean;
  readonly note: string | undefined;
};

/** Whose deposits, on which chain. */
export type Depositor = {
  readonly suite: Suite;
  readonly chainId: string;
  readonly did: string;
  readonly kept: KeptDeposits;
};

/** Files up to this size are read into memory, and their documents for fields. */
const MEMORY_BYTES_MAX = 32 * 1024 * 1024;
const HEAD_BYTES = 64;
const SECRET_BYTES = 32;

/** Hash a file, commit to its fields and keep the secret on disk. Throws FileUnreadable, OverLimit. */
export async function prepareFile(
  depositor: Depositor,
  file: FoundFile,
  options: PrepareOptions,
): Promise<Prepared> {
  const secret = randomBytes(SECRET_BYTES);
  const { deposit, report } = await commitFile(depositor.suite, file, options, secret);
  const id = toHex(deposit.byteHash);
  const earlier = depositor.kept.read(id);
  const isOurs = earlier?.depositor === depositor.did && earlier.chainId === depositor.chainId;
  if (earlier !== undefined && isOurs) {
    return { file, id, kept: earlier, wasKept: true, note: report.note };
  }
  const kept: Kept = {
    chainId: depositor.chainId,
    depositor: depositor.did,
    path: file.path,
    name: basename(file.path),
    hasFields: options.withFields,
    secret,
    deposit,
  };
  // A deposit kept for another identity or chain is replaced only when the chain does not have it.
  return { file, id, kept, wasKept: earlier?.chainId === depositor.chainId, note: report.note };
}

async function commitFile(
  suite: Suite,
  file: FoundFile,
  options: PrepareOptions,
  secret: Uint8Array,
): Promise<PreparedDeposit> {
  const name = basename(file.path);
  const capture = captureOf(file, options);
  const parts = { name, capture, secret };
  try {
    if (options.withFields && file.sizeBytes <= MEMORY_BYTES_MAX) {
      const bytes = new Uint8Array(readFileSync(file.path));
      const { mediaType } = options;
      return prepareDeposit(suite, bytes, {
        ...parts,
        ...(mediaType === undefined ? {} : { mediaType }),
      });
    }
    const mediaType = options.mediaType ?? mediaOf(name, await readHead(file.path)).mediaType;
    const hashed = await hashFile(suite, file.path);
    return prepareLargeDeposit(suite, hashed, { ...parts, mediaType });
  } catch (error) {
    const isFileError = error instanceof Error && 'syscall' in error;
    throw isFileError ? unreadable(file.path, error) : error;
  }
}

/** The kept deposit's commitment, made again from the file. Undefined when the file is another one. */
export async function recommit(
  suite: Suite,
  kept: Kept,
  path: string,
): Promise<PreparedDeposit['commitment'] | undefined> {
  const { deposit, secret, name } = kept;
  const parts = { name, mediaType: deposit.mediaType, capture: deposit.capture, secret };
  const large = deposit.sizeBytes > MEMORY_BYTES_MAX || !kept.hasFields;
  const again = large
    ? prepareLargeDeposit(suite, await hashFile(suite, path), parts)
    : prepareDeposit(suite, new Uint8Array(readFileSync(path)), parts);
  const isSame =
    equalBytes(again.deposit.byteHash, deposit.byteHash) &&
    equalBytes(again.deposit.fieldsRoot, deposit.fieldsRoot);
  return isSame ? again.commitment : undefined;
}

/** Hash and size of a file under the chain's hash function, however large it is. */
export async function hashFile(
  suite: Suite,
  path: string,
): Promise<{ readonly hash: Uint8Array; readonly sizeBytes: number }> {
  try {
    return await hashStream(suite, createReadStream(path, { highWaterMark: 1024 * 1024 }));
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error;
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function captureOf(file: FoundFile, { device, method }: PrepareOptions): Capture {
  return {
    device,
    software: 'hanse',
    softwareVersion: version,
    // When the bytes came to be, as far as the file system knows.
    capturedAt: file.modifiedMs,
    timeSource: 'system',
    method,
  };
}
