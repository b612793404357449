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

/**
 * Hash a file, commit to its fields and make what its depositor keeps. A deposit kept before is used
 * again, so that a repeat asks for exactly the same. Throws FileUnreadable, OverLimit.
 */
export async function prepareFile(
  depositor: Depositor,
  file: FoundFile,
  options: PrepareOptions,
): Promise<Prepared> {
  const { suite, chainId, did } = depositor;
  const content = await readContent(suite, file, options);
  const id = toHex(content.hash);
  const earlier = depositor.kept.read(id);
  const isOfChain = earlier?.chainId === chainId;
  if (earlier !== undefined && isOfChain && earlier.depositor === did) {
    return { file, id, kept: earlier, wasKept: true, note: undefined };
  }
  const secret = randomBytes(SECRET_BYTES);
  const { deposit, report } = commit(suite, file, content, options, secret);
  const kept: Kept = {
    chainId,
    depositor: did,
    path: file.path,
    name: basename(file.path),
    hasFields: content.bytes !== undefined,
    secret,
    deposit,
  };
  // One kept for another identity is replaced only when the chain does not have the deposit.
  return { file, id, kept, wasKept: isOfChain, note: report.note };
}

/** A file as it is committed: with its bytes where its fields are wanted, by hash and head otherwise. */
type Content = {
  readonly hash: Uint8Array;
  readonly sizeBytes: number;
  readonly head: Uint8Array;
  readonly bytes: Uint8Array | undefined;
};

async function readContent(
  suite: Suite,
  { path, sizeBytes }: FoundFile,
  { withFields }: PrepareOptions,
): Promise<Content> {
  if (!withFields || sizeBytes > MEMORY_BYTES_MAX) {
    return { ...(await hashFile(suite, path)), head: await readHead(path), bytes: undefined };
  }
  const bytes = readBytes(path);
  return { hash: suite.hash(bytes), sizeBytes: bytes.length, head: bytes, bytes };
}

function commit(
  suite: Suite,
  file: FoundFile,
  content: Content,
  options: PrepareOptions,
  secret: Uint8Array,
): PreparedDeposit {
  const name = basename(file.path);
  const mediaType = options.mediaType ?? mediaOf(name, content.head).mediaType;
  const parts = { name, mediaType, capture: captureOf(file, options), secret };
  return content.bytes === undefined
    ? prepareLargeDeposit(suite, content, parts)
    : prepareDeposit(suite, content.bytes, parts);
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
    : prepareDeposit(suite, readBytes(path), parts);
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

function readBytes(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw unreadable(path, error);
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
