import { assert, HanseError, limits } from '@hanse/kit';
import type { Position } from './position.ts';
import {
  encodeRecord,
  encodeSegmentHeader,
  HEADER_BYTES,
  MARK_KIND,
  RECORD_HEADER_BYTES,
  SALT_BYTES,
  type SegmentHeader,
} from './segment.ts';

const ARENA_BYTES = 64 * 1024;
const ARENA_KEPT_BYTES = 4 * 1024 * 1024;
const MARK_BYTES = RECORD_HEADER_BYTES + SALT_BYTES;

/** Where the next record goes and what it continues. */
export type Tail = {
  readonly header: SegmentHeader;
  readonly offset: number;
  /** Checksum of the last record, or of the header. */
  readonly previous: number;
};

/** Bytes that go to one segment in one write. */
export type Part = {
  readonly header: SegmentHeader;
  /** Bytes of the header when the segment has to be made first. */
  readonly headerBytes: Uint8Array | undefined;
  /** Offset in the segment. */
  readonly offset: number;
  bytes: Uint8Array;
  sizeBytes: number;
};

/** Lays records out in memory: gives them positions, chains them and puts marks between writes. */
export class LogWriter {
  readonly #segmentBytes: number;
  readonly #salt: () => Uint8Array;
  #header: SegmentHeader;
  #offset: number;
  #previous: number;
  #parts: Part[] = [];
  #pendingBytes = 0;
  /** The next write starts after a sync of everything before it, and says so. */
  #markDue = true;
  #spare: Uint8Array | undefined;

  constructor(tail: Tail, segmentBytes: number, salt: () => Uint8Array) {
    assert(
      segmentBytes > HEADER_BYTES && segmentBytes < 2 ** 31,
      'a segment has a size below 2 GiB',
    );
    this.#header = tail.header;
    this.#offset = tail.offset;
    this.#previous = tail.previous;
    this.#segmentBytes = segmentBytes;
    this.#salt = salt;
  }

  /** Segment that the next record goes to, unless it has to begin another one. */
  get segment(): number {
    return this.#header.segment;
  }

  /** Where the last record ends. */
  get end(): Position {
    return { segment: this.#header.segment, offset: this.#offset };
  }

  /** Bytes that wait to be written. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Add a record; the payload is copied. */
  append(kind: number, payload: Uint8Array): Position {
    assert(kind > MARK_KIND && kind < 256, 'the kind of a record is 1 to 255');
    assert(payload.length <= limits.logRecordBytesMax, 'a record is within its bound');
    if (this.#pendingBytes + payload.length > limits.logPendingBytesMax) {
      throw new HanseError('OverLimit', {
        name: 'logPendingBytes',
        value: this.#pendingBytes + payload.length,
        limit: limits.logPendingBytesMax,
      });
    }
    const sizeBytes = RECORD_HEADER_BYTES + payload.length;
    if (this.#offset + MARK_BYTES + sizeBytes > this.#segmentBytes && this.#offset > HEADER_BYTES) {
      this.#rotate();
    }
    if (this.#markDue) this.mark();
    return this.#put(kind, payload);
  }

  /** Begin the next write with a mark, unless it has begun. */
  mark(): void {
    if (!this.#markDue) return;
    this.#markDue = false;
    this.#put(MARK_KIND, this.#header.salt);
  }

  /** Take what waits, to write it. The next write then begins with a mark. */
  take(): readonly Part[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#pendingBytes = 0;
    this.#markDue = true;
    return parts;
  }

  /** The mark was written by itself: the next write needs none. */
  markWritten(): void {
    assert(this.#parts.length === 0, 'nothing was appended since');
    this.#markDue = false;
  }

  /** What waits, for readers. */
  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** Give back the memory of a written part. */
  recycle(part: Part): void {
    if (part.bytes.length <= ARENA_KEPT_BYTES) this.#spare = part.bytes;
  }

  /** A new segment says by itself that everything before it is durable: it needs no mark. */
  #rotate(): void {
    const { header, bytes } = encodeSegmentHeader({
      segment: this.#header.segment + 1,
      chainId: this.#header.chainId,
      salt: this.#salt(),
      previous: this.#previous,
    });
    this.#header = header;
    this.#offset = HEADER_BYTES;
    this.#previous = header.crc;
    this.#markDue = false;
    this.#begin(bytes);
  }

  #begin(headerBytes: Uint8Array | undefined): Part {
    const bytes = this.#spare ?? new Uint8Array(ARENA_BYTES);
    this.#spare = undefined;
    const part: Part = {
      header: this.#header,
      headerBytes,
      offset: this.#offset,
      bytes,
      sizeBytes: 0,
    };
    this.#parts.push(part);
    return part;
  }

  #put(kind: number, payload: Uint8Array): Position {
    const part = this.#parts.at(-1) ?? this.#begin(undefined);
    const sizeBytes = RECORD_HEADER_BYTES + payload.length;
    if (part.sizeBytes + sizeBytes > part.bytes.length) grow(part, part.sizeBytes + sizeBytes);
    const offset = this.#offset;
    const record = { kind, offset, payload, previous: this.#previous };
    this.#previous = encodeRecord(this.#header, record, part.bytes, part.sizeBytes);
    part.sizeBytes += sizeBytes;
    this.#offset += sizeBytes;
    this.#pendingBytes += sizeBytes;
    return { segment: this.#header.segment, offset };
  }
}

function grow(part: Part, neededBytes: number): void {
  const bytes = new Uint8Array(Math.max(neededBytes, 2 * part.bytes.length));
  bytes.set(part.bytes.subarray(0, part.sizeBytes));
  part.bytes = bytes;
}
