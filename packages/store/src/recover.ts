import { HanseError, limits, toHex, type Log } from '@hanse/kit';
import type { SegmentFiles } from './files.ts';
import type { Position } from './position.ts';
import { SegmentScanner } from './scanner.ts';
import {
  decodeRecord,
  decodeSegmentHeader,
  encodeSegmentHeader,
  HEADER_BYTES,
  MARK_KIND,
  RECORD_HEADER_BYTES,
  SALT_BYTES,
  type SegmentHeader,
} from './segment.ts';
import type { Tail } from './writer.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Called for each record in order; the next one is read when it has returned. */
export type OnRecord = (
  kind: number,
  payload: Uint8Array,
  position: Position,
) => void | Promise<void>;

/** What opening a log needs to know. */
export type RecoverOptions = {
  readonly chainId: Uint8Array;
  /** Position of a record that was durable: where to start, itself included. Default: the start. */
  readonly from: Position | undefined;
  readonly onRecord: OnRecord | undefined;
  readonly salt: () => Uint8Array;
  readonly log: Log;
};

/**
 * Read a log from `from` to its end, cut off a torn tail, and return where to go on. Throws
 * LogCorrupt for damage before the last sync and GenesisMismatch for the log of another chain.
 */
export async function recoverLog(files: SegmentFiles, options: RecoverOptions): Promise<Tail> {
  const segments = await files.list();
  const last = segments.at(-1);
  if (last === undefined) {
    if (options.from !== undefined)
      throw logCorrupt(files, options.from.segment, options.from.offset, 'there is no log');
    return createFirst(files, options);
  }
  const first = options.from?.segment ?? segments[0] ?? last;
  checkGapless(files, segments, first, last);
  let tail: Tail | undefined;
  for (let segment = first; segment <= last; segment++) {
    const header = await readHeader(files, segment, options.chainId);
    if (tail !== undefined && header.previous !== tail.previous)
      throw logCorrupt(files, segment, 0, 'it does not continue the segment before it');
    tail = await recoverSegment(files, header, options, segment === last);
  }
  if (tail === undefined) throw logCorrupt(files, first, 0, 'the file is missing');
  // What survived a crash may so far be only in the page cache; the next mark will call it durable.
  await files.sync(last);
  return tail;
}

/** Read and check the header of a segment. */
export async function readHeader(
  files: SegmentFiles,
  segment: number,
  chainId: Uint8Array,
): Promise<SegmentHeader> {
  const header = decodeSegmentHeader(await files.read(segment, 0, HEADER_BYTES), segment);
  if (typeof header === 'string') throw logCorrupt(files, segment, 0, header);
  const [found, expected] = [toHex(header.chainId), toHex(chainId)];
  if (found !== expected)
    throw new HanseError('GenesisMismatch', { dir: files.dir, found, expected });
  return header;
}

/** The error for damage that recovery must not repair. */
export function logCorrupt(
  files: SegmentFiles,
  segment: number,
  offset: number,
  reason: string,
): HanseError {
  return new HanseError('LogCorrupt', {
    file: files.path(segment),
    offset,
    reason,
    dir: files.dir,
  });
}

async function createFirst(files: SegmentFiles, options: RecoverOptions): Promise<Tail> {
  const { chainId, salt } = options;
  const { header, bytes } = encodeSegmentHeader({ segment: 1, chainId, salt: salt(), previous: 0 });
  await files.create(1, bytes);
  return { header, offset: HEADER_BYTES, previous: header.crc };
}

function checkGapless(
  files: SegmentFiles,
  segments: readonly number[],
  first: number,
  last: number,
): void {
  const present = new Set(segments);
  for (let segment = first; segment <= last; segment++)
    if (!present.has(segment)) throw logCorrupt(files, segment, 0, 'the file is missing');
  if (first > last) throw logCorrupt(files, first, 0, 'the log ends before it');
}

async function recoverSegment(
  files: SegmentFiles,
  header: SegmentHeader,
  options: RecoverOptions,
  isLast: boolean,
): Promise<Tail> {
  const { segment } = header;
  const from = options.from?.segment === segment ? options.from.offset : undefined;
  const start = from ?? HEADER_BYTES;
  const isFirstRecord = start === HEADER_BYTES;
  const scanner = new SegmentScanner(header, start, isFirstRecord ? header.crc : undefined);
  await scan(files, scanner, header, options.onRecord);
  const { damage, offset, previous = header.crc } = scanner;
  // The caller knew a record here, so one was durable.
  if (from !== undefined && offset === from)
    throw logCorrupt(
      files,
      segment,
      from,
      damage?.reason ?? 'the log ends before the place asked for',
    );
  if (damage !== undefined) {
    if (!isLast) throw logCorrupt(files, segment, damage.offset, damage.reason);
    await cutTornTail(files, header, damage.offset, damage.reason, options.log);
  }
  return { header, offset, previous };
}

async function scan(
  files: SegmentFiles,
  scanner: SegmentScanner,
  { segment }: SegmentHeader,
  onRecord: OnRecord | undefined,
): Promise<void> {
  for (let at = scanner.offset; scanner.damage === undefined; at += CHUNK_BYTES) {
    const chunk = await files.read(segment, at, CHUNK_BYTES);
    for (const { kind, payload, offset } of scanner.feed(chunk)) {
      if (kind === MARK_KIND || onRecord === undefined) continue;
      // A copy: the payload may be kept, the chunk must not be.
      const pending = onRecord(kind, payload.slice(), { segment, offset });
      if (pending !== undefined) await pending;
    }
    if (chunk.length < CHUNK_BYTES) return scanner.end();
  }
}

async function cutTornTail(
  files: SegmentFiles,
  header: SegmentHeader,
  offset: number,
  reason: string,
  log: Log,
): Promise<void> {
  const { segment } = header;
  const droppedBytes = (await files.sizeBytes(segment)) - offset;
  if (await hasMarkAfter(files, header, offset)) throw logCorrupt(files, segment, offset, reason);
  // More than ever waits for one sync: not what a crash leaves.
  if (droppedBytes > 2 * limits.logPendingBytesMax)
    throw logCorrupt(files, segment, offset, reason);
  log('warn', 'log-torn-tail-cut', { file: files.path(segment), offset, droppedBytes, reason });
  await files.truncate(segment, offset);
}

/** Whether a valid mark lies behind `offset`: then the bytes at `offset` had been made durable. */
async function hasMarkAfter(
  files: SegmentFiles,
  header: SegmentHeader,
  offset: number,
): Promise<boolean> {
  const markBytes = RECORD_HEADER_BYTES + SALT_BYTES;
  const stride = CHUNK_BYTES - markBytes;
  for (let at = offset; ; at += stride) {
    const chunk = await files.read(header.segment, at, CHUNK_BYTES);
    if (chunkHoldsMark(header, at, chunk)) return true;
    if (chunk.length < CHUNK_BYTES) return false;
  }
}

function chunkHoldsMark(header: SegmentHeader, at: number, chunk: Uint8Array): boolean {
  const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let found = buffer.indexOf(header.salt);
  for (; found >= 0; found = buffer.indexOf(header.salt, found + 1)) {
    const start = found - RECORD_HEADER_BYTES;
    if (start < 0) continue;
    const record = decodeRecord(header, at + start, chunk.subarray(start, found + SALT_BYTES));
    if (typeof record !== 'string' && record.kind === MARK_KIND) return true;
  }
  return false;
}
