import { assert, compareBytes, concatBytes, limits, utf8 } from '@hanse/kit';
import { crc32c } from './crc32c.ts';

const MAGIC = utf8('HANSELOG');
const VERSION = 1;
const CHAIN_ID_BYTES = 32;
/** Random bytes of a segment, the payload of its marks. */
export const SALT_BYTES = 16;
/** Size of a segment's header; its first record follows. */
export const HEADER_BYTES = MAGIC.length + 4 + 4 + CHAIN_ID_BYTES + SALT_BYTES + 4 + 4;
/** Size of a record before its payload. */
export const RECORD_HEADER_BYTES = 13;
/** Kind of a mark: everything before it is durable. */
export const MARK_KIND = 0;

/** What the header of a segment says. */
export type SegmentHeader = {
  readonly segment: number;
  readonly chainId: Uint8Array;
  readonly salt: Uint8Array;
  /** Checksum of the last record of the segment before; 0 in the first segment. */
  readonly previous: number;
  /** Checksum of the header: `previous` of the first record. */
  readonly crc: number;
  /** Where the checksum of each record starts from: it binds records to this very file. */
  readonly seed: number;
};

/** A record whose checksum holds. */
export type LogRecord = {
  readonly kind: number;
  readonly offset: number;
  readonly payload: Uint8Array;
  readonly previous: number;
  readonly crc: number;
};

/** Make the header of a new segment and its bytes. */
export function encodeSegmentHeader(
  fields: Pick<SegmentHeader, 'segment' | 'chainId' | 'salt' | 'previous'>,
): { readonly header: SegmentHeader; readonly bytes: Uint8Array } {
  const { segment, chainId, salt, previous } = fields;
  assert(chainId.length === CHAIN_ID_BYTES, 'a chain id has 32 bytes');
  assert(salt.length === SALT_BYTES, 'a salt has 16 bytes');
  const body = concatBytes(MAGIC, u32(VERSION), u32(segment), chainId, salt, u32(previous));
  const crc = crc32c(body);
  const header = { segment, chainId, salt, previous, crc, seed: seedOf(segment, chainId, salt) };
  return { header, bytes: concatBytes(body, u32(crc)) };
}

/** Read the header of a segment, or say in words what is wrong with it. */
export function decodeSegmentHeader(bytes: Uint8Array, segment: number): SegmentHeader | string {
  if (bytes.length < HEADER_BYTES) return 'the header is cut off';
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (compareBytes(bytes.subarray(0, MAGIC.length), MAGIC) !== 0) return 'it is not a block log';
  const crc = view.getUint32(HEADER_BYTES - 4);
  if (crc32c(bytes.subarray(0, HEADER_BYTES - 4)) !== crc) return 'the header fails its checksum';
  const version = view.getUint32(MAGIC.length);
  if (version !== VERSION) return `it has format ${version}, this program reads ${VERSION}`;
  const found = view.getUint32(MAGIC.length + 4);
  if (found !== segment) return `it is segment ${found}`;
  const at = MAGIC.length + 8;
  const chainId = bytes.slice(at, at + CHAIN_ID_BYTES);
  const salt = bytes.slice(at + CHAIN_ID_BYTES, at + CHAIN_ID_BYTES + SALT_BYTES);
  const previous = view.getUint32(HEADER_BYTES - 8);
  return { segment, chainId, salt, previous, crc, seed: seedOf(segment, chainId, salt) };
}

/** Write a record into `out` at `at`; returns its checksum. */
export function encodeRecord(
  header: SegmentHeader,
  record: Pick<LogRecord, 'kind' | 'offset' | 'payload' | 'previous'>,
  out: Uint8Array,
  at: number,
): number {
  const { kind, offset, payload, previous } = record;
  putU32(out, at + 4, payload.length);
  out[at + 8] = kind;
  putU32(out, at + 9, previous);
  out.set(payload, at + RECORD_HEADER_BYTES);
  const crc = recordCrc(header, offset, out, at, payload.length);
  putU32(out, at, crc);
  return crc;
}

/** Payload size that the header of a record claims, or undefined when the bytes hold no header. */
export function payloadBytesOf(bytes: Uint8Array): number | undefined {
  return bytes.length < RECORD_HEADER_BYTES ? undefined : getU32(bytes, 4);
}

/**
 * The record at the start of `bytes`, which lie at `offset` of the segment, or what is wrong with it.
 * The payload is a view of `bytes`.
 */
export function decodeRecord(
  header: SegmentHeader,
  offset: number,
  bytes: Uint8Array,
): LogRecord | string {
  const payloadBytes = payloadBytesOf(bytes);
  if (payloadBytes === undefined) return 'the file ends inside a record';
  if (payloadBytes > limits.logRecordBytesMax) return `a record claims ${payloadBytes} bytes`;
  const sizeBytes = RECORD_HEADER_BYTES + payloadBytes;
  if (bytes.length < sizeBytes) return 'the file ends inside a record';
  const crc = getU32(bytes, 0);
  if (recordCrc(header, offset, bytes, 0, payloadBytes) !== crc)
    return 'a record fails its checksum';
  return {
    kind: bytes[8] ?? 0,
    offset,
    payload: bytes.subarray(RECORD_HEADER_BYTES, sizeBytes),
    previous: getU32(bytes, 9),
    crc,
  };
}

const offsetBytes = new Uint8Array(4);

/** Checksum of the record at `at`, which lies at `offset` of the segment: all of it but the checksum. */
function recordCrc(
  header: SegmentHeader,
  offset: number,
  bytes: Uint8Array,
  at: number,
  payloadBytes: number,
): number {
  putU32(offsetBytes, 0, offset);
  const covered = bytes.subarray(at + 4, at + RECORD_HEADER_BYTES + payloadBytes);
  return crc32c(covered, crc32c(offsetBytes, header.seed));
}

function seedOf(segment: number, chainId: Uint8Array, salt: Uint8Array): number {
  return crc32c(concatBytes(chainId, salt, u32(segment)));
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, value);
  return bytes;
}

function putU32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

function getU32(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
