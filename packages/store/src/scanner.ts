import { concatBytes, limits } from '@hanse/kit';
import {
  decodeRecord,
  payloadBytesOf,
  RECORD_HEADER_BYTES,
  type LogRecord,
  type SegmentHeader,
} from './segment.ts';

/** Where and why a segment stops being readable. */
export type Damage = { readonly offset: number; readonly reason: string };

/** Reads the records of one segment from chunks of its bytes, in order. Holds one record at most. */
export class SegmentScanner {
  readonly #header: SegmentHeader;
  #carry: Uint8Array = new Uint8Array(0);
  #offset: number;
  /** Undefined before the first record of a scan that begins in the middle. */
  #previous: number | undefined;
  #damage: Damage | undefined;

  constructor(header: SegmentHeader, offset: number, previous: number | undefined) {
    this.#header = header;
    this.#offset = offset;
    this.#previous = previous;
  }

  /** Offset behind the last record. */
  get offset(): number {
    return this.#offset;
  }

  /** Checksum of the last record. */
  get previous(): number | undefined {
    return this.#previous;
  }

  get damage(): Damage | undefined {
    return this.#damage;
  }

  /** The records completed by the next chunk, marks included. Payloads are views of the chunk. */
  *feed(chunk: Uint8Array): Generator<LogRecord> {
    let bytes = this.#carry.length === 0 ? chunk : concatBytes(this.#carry, chunk);
    while (this.#damage === undefined) {
      const payloadBytes = payloadBytesOf(bytes);
      const isPartial =
        payloadBytes === undefined ||
        (payloadBytes <= limits.logRecordBytesMax &&
          bytes.length < RECORD_HEADER_BYTES + payloadBytes);
      if (isPartial) break;
      const record = decodeRecord(this.#header, this.#offset, bytes);
      if (typeof record === 'string') {
        this.#fail(record);
      } else if (this.#previous !== undefined && record.previous !== this.#previous) {
        this.#fail('a record does not continue the one before it');
      } else {
        const sizeBytes = RECORD_HEADER_BYTES + record.payload.length;
        this.#offset += sizeBytes;
        this.#previous = record.crc;
        bytes = bytes.subarray(sizeBytes);
        yield record;
      }
    }
    this.#carry = bytes;
  }

  /** The file has ended: a record that is not complete is damage. */
  end(): void {
    if (this.#damage === undefined && this.#carry.length > 0)
      this.#fail('the file ends inside a record');
  }

  #fail(reason: string): void {
    this.#damage = { offset: this.#offset, reason };
  }
}
