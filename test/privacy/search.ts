import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LevelKv } from '@hanse/store';

/** Bytes that must not be there, and how they came to be. */
export type Needle = { readonly what: string; readonly bytes: Uint8Array };

/** Where a needle was found. */
export type Found = { readonly what: string; readonly where: string; readonly at: number };

/** Bytes of a node, under a name. */
export type Haystack = { readonly where: string; readonly bytes: Uint8Array };

/** Shorter needles would be found by chance. */
const NEEDLE_BYTES_MIN = 6;
const WINDOW = 6;
const PAGE = 1_000;
/** Behind every key of a node. */
const LAST = Buffer.alloc(300, 0xff);

/** A text in the encodings that something could have written it in. */
export function textNeedles(text: string): readonly Needle[] {
  const utf8 = Buffer.from(text, 'utf8');
  const utf16 = Buffer.from(text, 'utf16le');
  const all: readonly (readonly [string, Uint8Array])[] = [
    ['UTF-8', utf8],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['hexadecimal', Buffer.from(utf8.toString('hex'))],
    ['HEXADECIMAL', Buffer.from(utf8.toString('hex').toUpperCase())],
    ...base64Forms(utf8).map((bytes) => ['base64', bytes] as const),
  ];
  return all
    .filter(([, bytes]) => bytes.length >= NEEDLE_BYTES_MIN)
    .map(([encoding, bytes]) => ({ what: `${text} as ${encoding}`, bytes }));
}

/** What stays the same of base64 at each of its three alignments, in both alphabets. */
function base64Forms(bytes: Uint8Array): readonly Uint8Array[] {
  return [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes, Buffer.alloc(3)]);
    const text = padded.toString('base64');
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    const inner = text.slice(from, to);
    const urlSafe = inner.replaceAll('+', '-').replaceAll('/', '_');
    return [...new Set([inner, urlSafe])].map((form) => Buffer.from(form));
  });
}

/** A count as records hold it: eight bytes. */
export function countNeedle(count: number): Needle {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(count));
  return { what: `${count} as eight bytes`, bytes };
}

/** Everything that a stopped node has on disk: files as they are, and what its databases hold when they are read. */
export async function haystacksOf(dir: string): Promise<readonly Haystack[]> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const raw = files.map((where): Haystack => ({ where, bytes: readFileSync(where) }));
  const databases = [
    ...new Set(files.filter((path) => path.endsWith('CURRENT')).map((path) => join(path, '..'))),
  ];
  const read: Haystack[] = [];
  for (const where of databases)
    read.push({ where: `${where} (decompressed)`, bytes: await contentOf(where) });
  return [...raw, ...read];
}

/** All keys and values of a database: on disk they are compressed. */
async function contentOf(dir: string): Promise<Uint8Array> {
  const store = await LevelKv.open(dir);
  const parts: Uint8Array[] = [];
  try {
    let gte: Uint8Array = new Uint8Array();
    for (;;) {
      const page = await store.list({ gte, lt: LAST, limit: PAGE });
      for (const [key, value] of page) parts.push(key, value);
      const last = page.at(-1)?.[0];
      if (page.length < PAGE || last === undefined) break;
      gte = Buffer.concat([last, Buffer.alloc(1)]);
    }
  } finally {
    await store.close();
  }
  return Buffer.concat(parts);
}

/** All places where one of the needles is, at most 50. */
export function searchBytes(
  haystacks: readonly Haystack[],
  needles: readonly Needle[],
): readonly Found[] {
  const byStart = new Map<number, Needle[]>();
  for (const needle of needles) {
    const start = windowAt(needle.bytes, 0);
    const same = byStart.get(start);
    if (same === undefined) byStart.set(start, [needle]);
    else same.push(needle);
  }
  const found: Found[] = [];
  for (const { where, bytes } of haystacks) {
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      const candidates = byStart.get(windowAt(bytes, at));
      if (candidates === undefined) continue;
      for (const { what, bytes: needle } of candidates) {
        if (!isAt(bytes, at, needle)) continue;
        found.push({ what, where, at });
        if (found.length >= 50) return found;
      }
    }
  }
  return found;
}

/** Six bytes as a number. */
function windowAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < WINDOW; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function isAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  if (at + needle.length > bytes.length) return false;
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}
