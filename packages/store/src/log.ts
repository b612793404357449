import { randomBytes } from 'node:crypto';
import { assert, HanseError, isHanseError, limits, silentLog, type Log } from '@hanse/kit';
import { DiskFiles } from './diskfiles.ts';
import type { SegmentFiles } from './files.ts';
import { lockFolder, type FolderLock } from './lock.ts';
import { comparePositions, type Position } from './position.ts';
import { logCorrupt, readHeader, recoverLog, type OnRecord } from './recover.ts';
import {
  decodeRecord,
  MARK_KIND,
  payloadBytesOf,
  RECORD_HEADER_BYTES,
  SALT_BYTES,
  type SegmentHeader,
} from './segment.ts';
import { scrubLog, type LogScrub } from './scrub.ts';
import { LogWriter, type Part } from './writer.ts';

const READ_AHEAD_BYTES = 4096;
/** How long a log on disk is idle before it marks its end: under load it never is. */
const IDLE_MS = 50;

/** How to open a block log. */
export type BlockLogOptions = {
  /** Id of the chain, 32 bytes: a folder belongs to one chain. */
  readonly chainId: Uint8Array;
  /** A segment is closed before it grows over this size. */
  readonly segmentBytes?: number;
  /**
   * Position of a durable record to start reading at, itself included. Records before it are
   * checked only when they are read. Default: the first record.
   */
  readonly from?: Position;
  /** Receives each record in order. The payload is its own copy. */
  readonly onRecord?: OnRecord;
  readonly log?: Log;
  /** 16 unpredictable bytes for a new segment. Default: from the system. */
  readonly salt?: () => Uint8Array;
};

/** Append-only log in segment files: blocks, certificates, votes and batches, in one order. */
export class BlockLog {
  readonly #files: SegmentFiles;
  readonly #chainId: Uint8Array;
  readonly #writer: LogWriter;
  readonly #lock: FolderLock | undefined;
  /** 0 on other storage than the disk: nothing there may depend on time. */
  readonly #idleMs: number;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Headers of segments read from; each is small and checked once. */
  readonly #headers = new Map<number, SegmentHeader>();
  #inFlight: readonly Part[] = [];
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: HanseError | undefined;
  #isClosed = false;

  private constructor(
    files: SegmentFiles,
    chainId: Uint8Array,
    writer: LogWriter,
    lock: FolderLock | undefined,
  ) {
    this.#files = files;
    this.#chainId = chainId;
    this.#writer = writer;
    this.#lock = lock;
    this.#idleMs = lock === undefined ? 0 : IDLE_MS;
  }

  /**
   * Open the log in a folder. Throws LogCorrupt, GenesisMismatch, or DataInUse while another
   * process has it open.
   */
  static async open(dir: string, options: BlockLogOptions): Promise<BlockLog> {
    const lock = await lockFolder(dir);
    try {
      return await BlockLog.#open(await DiskFiles.open(dir), options, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Open the log on other storage, such as a `MemoryDisk`. */
  static openOn(files: SegmentFiles, options: BlockLogOptions): Promise<BlockLog> {
    return BlockLog.#open(files, options, undefined);
  }

  static async #open(
    files: SegmentFiles,
    options: BlockLogOptions,
    lock: FolderLock | undefined,
  ): Promise<BlockLog> {
    const { chainId, segmentBytes = limits.logSegmentBytes } = options;
    const salt = options.salt ?? (() => new Uint8Array(randomBytes(SALT_BYTES)));
    try {
      const tail = await recoverLog(files, {
        chainId,
        from: options.from,
        onRecord: options.onRecord,
        salt,
        log: options.log ?? silentLog,
      });
      return new BlockLog(files, chainId, new LogWriter(tail, segmentBytes, salt), lock);
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  /** Bytes appended and not yet handed to a sync. */
  get pendingBytes(): number {
    return this.#writer.pendingBytes;
  }

  /** Add a record behind all others. It is readable at once and durable after the next `sync`. */
  append(kind: number, payload: Uint8Array): Position {
    this.#check();
    return this.#writer.append(kind, payload);
  }

  /**
   * Make everything appended so far durable. Callers share one write and one sync. Throws
   * SyncFailed; the log is then unusable and the process has to end.
   */
  sync(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    assert(!this.#isClosed, 'a closed log is not used');
    if (this.#writer.pendingBytes === 0) return this.#next ?? this.#running ?? Promise.resolve();
    this.#next ??= this.#flushAfter(this.#running);
    return this.#next;
  }

  /** Payload of the record at a position, checked. Throws LogCorrupt. */
  async read(position: Position): Promise<Uint8Array> {
    this.#check();
    const waiting = this.#findWaiting(position);
    if (waiting !== undefined) return waiting;
    const { segment, offset } = position;
    const header = await this.#headerOf(segment);
    let bytes = await this.#files.read(segment, offset, READ_AHEAD_BYTES);
    const sizeBytes = RECORD_HEADER_BYTES + (payloadBytesOf(bytes) ?? 0);
    const isLonger =
      sizeBytes > bytes.length && sizeBytes <= RECORD_HEADER_BYTES + limits.logRecordBytesMax;
    if (isLonger) bytes = await this.#files.read(segment, offset, sizeBytes);
    return this.#payloadAt(header, offset, bytes);
  }

  /**
   * Check every record that was appended before this call, reading the files anew, with `pause` after each
   * chunk. Throws LogCorrupt.
   */
  async scrub(pause: () => Promise<void>): Promise<LogScrub> {
    this.#check();
    const { end } = this.#writer;
    await this.sync();
    return scrubLog(this.#files, { chainId: this.#chainId, end, pause });
  }

  /**
   * Remove the segments that lie wholly before a position, such as that of a durable snapshot.
   * The log then starts later for good.
   */
  async prune(before: Position): Promise<void> {
    this.#check();
    for (const segment of await this.#files.list()) {
      if (segment >= Math.min(before.segment, this.#writer.segment)) return;
      this.#headers.delete(segment);
      await this.#files.remove(segment);
    }
  }

  /** Sync, mark the end as durable, and release the folder. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    try {
      if (this.#failure === undefined) {
        await this.sync();
        await this.#running;
        await this.#writeMark();
        await this.#files.sync(this.#writer.segment);
      }
    } catch (error) {
      throw this.#fail(error, this.#inFlight);
    } finally {
      this.#isClosed = true;
      clearTimeout(this.#idleTimer);
      await this.#running?.catch(() => undefined);
      await this.#files.close();
      await this.#lock?.release();
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    assert(!this.#isClosed, 'a closed log is not used');
  }

  /** Starts a microtask later, so that everything of this turn joins, or after the running flush. */
  #flushAfter(running: Promise<void> | undefined): Promise<void> {
    const flush = (running ?? Promise.resolve()).then(() => {
      this.#next = undefined;
      this.#running = flush;
      return this.#flush();
    });
    // Callers handle the failure; one that has gone away must not end the process by itself.
    flush.then(
      () => this.#idle(flush),
      () => undefined,
    );
    return flush;
  }

  async #flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    clearTimeout(this.#idleTimer);
    const parts = this.#writer.take();
    this.#inFlight = parts;
    try {
      for (const part of parts) {
        await this.#write(part);
        await this.#files.sync(part.header.segment);
      }
    } catch (error) {
      throw this.#fail(error, parts);
    }
    this.#inFlight = [];
    for (const part of parts) this.#writer.recycle(part);
  }

  async #write(part: Part): Promise<void> {
    const { segment } = part.header;
    if (part.headerBytes !== undefined) {
      // The idle mark may be the last record of the segment before, and not synced yet.
      await this.#files.sync(segment - 1);
      await this.#files.create(segment, part.headerBytes);
    }
    await this.#files.write(segment, part.offset, part.bytes.subarray(0, part.sizeBytes));
  }

  /** Nothing more to sync: soon tell later readers that the last write is durable. */
  #idle(flush: Promise<void>): void {
    if (this.#running !== flush) return;
    this.#running = undefined;
    if (this.#idleMs === 0) this.#markEnd();
    else this.#idleTimer = setTimeout(() => this.#markEnd(), this.#idleMs).unref();
  }

  #markEnd(): void {
    const isBusy = this.#next !== undefined || this.#running !== undefined;
    if (isBusy || this.#writer.pendingBytes > 0 || this.#isClosed) return;
    const write = this.#writeMark().then(
      () => {
        if (this.#running === write) this.#running = undefined;
      },
      // Kept as the failure of the log: the next caller gets it.
      () => undefined,
    );
    this.#running = write;
  }

  /** Write a mark, without a sync, unless the log already ends with one. */
  async #writeMark(): Promise<void> {
    this.#writer.mark();
    const parts = this.#writer.take();
    this.#writer.markWritten();
    this.#inFlight = parts;
    try {
      for (const part of parts) await this.#write(part);
    } catch (error) {
      throw this.#fail(error, parts);
    }
    this.#inFlight = [];
  }

  #fail(error: unknown, parts: readonly Part[]): HanseError {
    const segment = parts[0]?.header.segment ?? this.#writer.segment;
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure ??= isHanseError(error)
      ? error
      : new HanseError('SyncFailed', { file: this.#files.path(segment), reason }, error);
    return this.#failure;
  }

  /** A record that is still in memory: waiting, or being written. */
  #findWaiting(position: Position): Uint8Array | undefined {
    for (const part of [...this.#inFlight, ...this.#writer.parts]) {
      const start = { segment: part.header.segment, offset: part.offset };
      const end = { segment: start.segment, offset: part.offset + part.sizeBytes };
      if (comparePositions(position, start) < 0 || comparePositions(position, end) >= 0) continue;
      const at = position.offset - part.offset;
      return this.#payloadAt(part.header, position.offset, part.bytes.subarray(at, part.sizeBytes));
    }
    return undefined;
  }

  #payloadAt(header: SegmentHeader, offset: number, bytes: Uint8Array): Uint8Array {
    const record = decodeRecord(header, offset, bytes);
    if (typeof record === 'string') throw logCorrupt(this.#files, header.segment, offset, record);
    if (record.kind === MARK_KIND)
      throw logCorrupt(this.#files, header.segment, offset, 'there is no record of the caller');
    return record.payload.slice();
  }

  async #headerOf(segment: number): Promise<SegmentHeader> {
    const known = this.#headers.get(segment);
    if (known !== undefined) return known;
    const header = await readHeader(this.#files, segment, this.#chainId).catch((error: unknown) => {
      if (isHanseError(error)) throw error;
      throw logCorrupt(this.#files, segment, 0, 'the file cannot be read');
    });
    this.#headers.set(segment, header);
    return header;
  }
}
