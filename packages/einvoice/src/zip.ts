import { fromUtf8, must } from '@hanse/kit';
import { Inflate } from 'fflate';
import { einvoiceBounds } from './bounds.ts';
import { Refusal, type Words } from './finding.ts';

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly headerAt: number;
};

/** An archive whose directory was checked whole; its entries are inflated one by one on demand. */
export type Archive = {
  readonly names: readonly string[];
  /** Bytes of an entry, or undefined when there is none. Throws Refusal. */
  readonly read: (name: string) => Uint8Array | undefined;
};

const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
const STORED = 0;
const DEFLATED = 8;
/** Deflate yields at most 1,032 times its input, so one push yields at most about 2 MiB. */
const PUSH_BYTES = 2_048;
const ARCHIVE_NAME = /\.(?:zip|ofd|jar|7z|rar|gz|bz2|xz|tar|docx|xlsx)$/i;

/**
 * Open a zip file. Entry count, names, sizes, overlaps, expansion ratio and total are checked
 * from the directory before a byte is inflated. Throws Refusal.
 */
export function openZip(bytes: Uint8Array): Archive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(bytes, view);
  checkExpansion(entries);
  checkNames(entries);
  const extents = checkExtents(bytes, view, entries);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    names: entries.map(({ name }) => name),
    read: (name) => {
      const entry = byName.get(name);
      if (entry === undefined) return undefined;
      return inflate(entry, bytes, must(extents.get(entry), 'every entry has an extent'));
    },
  };
}

function readDirectory(bytes: Uint8Array, view: DataView): readonly Entry[] {
  const endAt = findEnd(view);
  const count = view.getUint16(endAt + 10, true);
  const directoryBytes = view.getUint32(endAt + 12, true);
  const directoryAt = view.getUint32(endAt + 16, true);
  const isOneDisk =
    view.getUint16(endAt + 4, true) === 0 &&
    view.getUint16(endAt + 6, true) === 0 &&
    view.getUint16(endAt + 8, true) === count;
  if (!isOneDisk || count === 0xffff || directoryAt === 0xffffffff) {
    throw damaged({ en: 'several disks or ZIP64', zh: '分卷或 ZIP64' });
  }
  if (count > einvoiceBounds.zipEntriesMax) {
    throw bomb({ en: 'entries', zh: '条目数' }, einvoiceBounds.zipEntriesMax);
  }
  if (directoryAt + directoryBytes > endAt) throw damaged(DIRECTORY);
  const entries: Entry[] = [];
  let at = directoryAt;
  for (let i = 0; i < count; i++) {
    const { entry, next } = readEntry(bytes, view, at, directoryAt + directoryBytes);
    entries.push(entry);
    at = next;
  }
  if (at !== directoryAt + directoryBytes) throw damaged(DIRECTORY);
  return entries;
}

const DIRECTORY: Words = { en: 'its directory does not add up', zh: '目录前后不一致' };

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = view.byteLength - END_BYTES; at >= lowest; at--) {
    const isEnd =
      view.getUint32(at, true) === END_SIGNATURE &&
      at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength;
    if (isEnd) return at;
  }
  throw damaged({ en: 'it has no directory', zh: '没有目录' });
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
): { readonly entry: Entry; readonly next: number } {
  if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
    throw damaged(DIRECTORY);
  }
  const nameBytes = view.getUint16(at + 28, true);
  const extraBytes = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  const nameAt = at + CENTRAL_BYTES;
  const next = nameAt + nameBytes + extraBytes;
  if (next > end) throw damaged(DIRECTORY);
  const name = fromUtf8(bytes.subarray(nameAt, nameAt + nameBytes));
  if (name === undefined || nameBytes > einvoiceBounds.zipNameBytesMax) {
    throw new Refusal('ZIP_NAME', '/', { name: name ?? '?' });
  }
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if ((flags & ENCRYPTED) !== 0) throw new Refusal('ZIP_ENCRYPTED', '/', { name });
  if (method !== STORED && method !== DEFLATED) {
    throw damaged({ en: `compression method ${method}`, zh: `压缩方法 ${method}` });
  }
  const entry: Entry = {
    name,
    method,
    crc: view.getUint32(at + 16, true),
    packedBytes: view.getUint32(at + 20, true),
    sizeBytes: view.getUint32(at + 24, true),
    headerAt: view.getUint32(at + 42, true),
  };
  if (method === STORED && entry.packedBytes !== entry.sizeBytes) throw damaged(DIRECTORY);
  return { entry, next };
}

function checkExpansion(entries: readonly Entry[]): void {
  const { zipTotalBytesMax, zipRatioMax, zipRatioFreeBytes } = einvoiceBounds;
  let total = 0;
  for (const { sizeBytes, packedBytes } of entries) {
    total += sizeBytes;
    if (total > zipTotalBytesMax) {
      throw bomb({ en: 'bytes in all', zh: '总字节数' }, zipTotalBytesMax);
    }
    if (sizeBytes > zipRatioFreeBytes && sizeBytes > zipRatioMax * packedBytes) {
      throw bomb({ en: 'expansion of one entry', zh: '单个条目的膨胀倍数' }, zipRatioMax);
    }
  }
}

function checkNames(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    const isForbidden =
      name === '' ||
      name.startsWith('/') ||
      /[\\:\p{Cc}]/u.test(name) ||
      name.split('/').some((step) => step === '..' || step === '.');
    // Two names that a file system could take for one would let two readers see two documents.
    const folded = name.normalize('NFC').toLowerCase();
    if (isForbidden || seen.has(folded)) throw new Refusal('ZIP_NAME', '/', { name });
    seen.add(folded);
    if (ARCHIVE_NAME.test(name)) throw new Refusal('ZIP_NESTED', '/', { name });
  }
}

/** Where the packed bytes of each entry begin; entries must not overlap. */
function checkExtents(
  bytes: Uint8Array,
  view: DataView,
  entries: readonly Entry[],
): ReadonlyMap<Entry, number> {
  const extents = new Map<Entry, number>();
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.headerAt - b.headerAt)) {
    const { headerAt, packedBytes, name } = entry;
    const isHeader =
      headerAt >= end &&
      headerAt + LOCAL_BYTES <= bytes.length &&
      view.getUint32(headerAt, true) === LOCAL_SIGNATURE;
    if (!isHeader) throw damaged({ en: 'entries overlap or are missing', zh: '条目重叠或缺失' });
    const nameAt = headerAt + LOCAL_BYTES;
    const nameBytes = view.getUint16(headerAt + 26, true);
    const dataAt = nameAt + nameBytes + view.getUint16(headerAt + 28, true);
    if (dataAt + packedBytes > bytes.length) throw damaged(DIRECTORY);
    if (fromUtf8(bytes.subarray(nameAt, nameAt + nameBytes)) !== name) {
      throw damaged({ en: 'an entry has two names', zh: '条目名前后不一致' });
    }
    extents.set(entry, dataAt);
    end = dataAt + packedBytes;
  }
  return extents;
}

function inflate(entry: Entry, bytes: Uint8Array, dataAt: number): Uint8Array {
  const { sizeBytes, packedBytes, method, name } = entry;
  if (sizeBytes >= einvoiceBounds.documentBytes) {
    throw new Refusal('TOO_LARGE', '/', { what: BYTES, max: einvoiceBounds.documentBytes });
  }
  const packed = bytes.subarray(dataAt, dataAt + packedBytes);
  const out = method === STORED ? packed.slice() : inflateTo(packed, sizeBytes);
  if (crc32(out) !== entry.crc) {
    throw damaged({ en: 'the checksum of an entry is wrong', zh: '条目校验和不正确' });
  }
  if (out[0] === 0x50 && out[1] === 0x4b && out[2] === 0x03 && out[3] === 0x04) {
    throw new Refusal('ZIP_NESTED', '/', { name });
  }
  return out;
}

const BYTES: Words = { en: 'bytes', zh: '字节数' };

/** Inflate in small pushes, so that an entry that lies about its size is stopped soon after it. */
function inflateTo(packed: Uint8Array, sizeBytes: number): Uint8Array {
  const out = new Uint8Array(sizeBytes);
  let filled = 0;
  let isEnded = false;
  const stream = new Inflate((chunk, isFinal) => {
    if (filled + chunk.length > sizeBytes) {
      throw bomb({ en: 'bytes of an entry', zh: '条目字节数' }, sizeBytes);
    }
    out.set(chunk, filled);
    filled += chunk.length;
    isEnded ||= isFinal;
  });
  try {
    for (let at = 0; at < packed.length; at += PUSH_BYTES) {
      stream.push(packed.subarray(at, at + PUSH_BYTES), at + PUSH_BYTES >= packed.length);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw damaged({ en: 'an entry does not inflate', zh: '条目无法解压' });
  }
  if (!isEnded || filled !== sizeBytes) throw damaged(DIRECTORY);
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++)
    value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

function bomb(what: Words, max: number): Refusal {
  return new Refusal('ZIP_BOMB', '/', { what, max });
}

function damaged(reason: Words): Refusal {
  return new Refusal('ZIP_MALFORMED', '/', { reason });
}
