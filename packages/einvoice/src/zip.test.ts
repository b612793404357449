import { equalBytes, utf8 } from '@hanse/kit';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { einvoiceBounds } from './bounds.ts';
import { Refusal } from './finding.ts';
import { openZip } from './zip.ts';

function codeOf(bytes: Uint8Array, read?: string): string {
  try {
    const archive = openZip(bytes);
    if (read !== undefined) archive.read(read);
    return 'read';
  } catch (error) {
    if (error instanceof Refusal) return error.finding.code;
    throw error;
  }
}

/** Change a field of every directory entry; offsets within the entry as in the zip standard. */
function patched(bytes: Uint8Array, change: (view: DataView, at: number) => void): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  for (let at = 0; at + 46 <= out.length; at++) {
    if (view.getUint32(at, true) === 0x02014b50) change(view, at);
  }
  return out;
}

const files = (zippable: Zippable): Uint8Array => zipSync(zippable);

describe('archives', () => {
  const plain = files({
    'OFD.xml': strToU8('<a/>'),
    'Doc_0/big.xml': strToU8('b'.repeat(200_000)),
    'stored.bin': [Uint8Array.of(1, 2, 3), { level: 0 }],
  });

  it('give their entries', () => {
    const archive = openZip(plain);
    expect(archive.names).toEqual(['OFD.xml', 'Doc_0/big.xml', 'stored.bin']);
    expect(archive.read('OFD.xml')).toEqual(utf8('<a/>'));
    const big = archive.read('Doc_0/big.xml');
    expect(big !== undefined && equalBytes(big, utf8('b'.repeat(200_000)))).toBe(true);
    expect(archive.read('stored.bin')).toEqual(Uint8Array.of(1, 2, 3));
    expect(archive.read('other')).toBeUndefined();
  });

  it.each([
    ['cut off', plain.subarray(0, plain.length - 5)],
    ['no directory', plain.subarray(0, 40)],
    ['nothing but a signature', Uint8Array.of(0x50, 0x4b, 0x03, 0x04)],
    ['bytes behind the end', Uint8Array.from([...plain, 0])],
    ['a header somewhere else', patched(plain, (view, at) => view.setUint32(at + 42, 7, true))],
    [
      'entries on top of each other',
      patched(plain, (view, at) => view.setUint32(at + 42, 0, true)),
    ],
    ['another method', patched(plain, (view, at) => view.setUint16(at + 10, 12, true))],
    ['a packed size beyond the file', patched(plain, (v, at) => v.setUint32(at + 20, 1e6, true))],
  ])('%s: damaged', (_, bytes) => {
    expect(codeOf(bytes)).toMatch(/^ZIP_(?:MALFORMED|BOMB)$/);
    expect(codeOf(bytes)).not.toBe('read');
  });

  it('with a wrong checksum or size: damaged when read', () => {
    const crc = patched(plain, (view, at) => view.setUint32(at + 16, 1, true));
    expect(codeOf(crc, 'OFD.xml')).toBe('ZIP_MALFORMED');
    const longer = patched(plain, (view, at) => {
      if (view.getUint16(at + 10, true) === 8) view.setUint32(at + 24, 300_000, true);
    });
    expect(codeOf(longer, 'Doc_0/big.xml')).toBe('ZIP_MALFORMED');
  });

  it('encrypted: refused', () => {
    expect(codeOf(patched(plain, (view, at) => view.setUint16(at + 8, 1, true)))).toBe(
      'ZIP_ENCRYPTED',
    );
  });

  it.each([
    '/etc/passwd',
    '../up.xml',
    'a/../b',
    './a',
    'a\\b',
    'c:d',
    'a\u0000b',
    'x'.repeat(256),
  ])('with an entry named %j: refused', (name) => {
    expect(codeOf(files({ [name]: strToU8('a') }))).toBe('ZIP_NAME');
  });

  it('with two names for one file: refused', () => {
    expect(codeOf(files({ 'OFD.xml': strToU8('a'), 'ofd.XML': strToU8('b') }))).toBe('ZIP_NAME');
  });

  it('inside an archive: refused by name, or by content when read', () => {
    const inner = files({ a: strToU8('a') });
    expect(codeOf(files({ 'inner.zip': inner }))).toBe('ZIP_NESTED');
    expect(codeOf(files({ 'inner.dat': inner }))).toBe('read');
    expect(codeOf(files({ 'inner.dat': inner }), 'inner.dat')).toBe('ZIP_NESTED');
  });
});

describe('bombs', () => {
  it('are refused before a byte is inflated: count, ratio, total', () => {
    const many = Array.from({ length: einvoiceBounds.zipEntriesMax + 1 }, (_, i) => [
      `f${i}`,
      utf8(''),
    ]);
    expect(codeOf(files(Object.fromEntries(many)))).toBe('ZIP_BOMB');
    const zeros = files({ 'OFD.xml': new Uint8Array(9_000_000) });
    expect(zeros.length).toBeLessThan(20_000);
    expect(codeOf(zeros)).toBe('ZIP_BOMB');
    const total = patched(files({ a: strToU8('a'), b: strToU8('b') }), (view, at) => {
      view.setUint32(at + 24, 0x7fffffff, true);
    });
    expect(codeOf(total)).toBe('ZIP_BOMB');
  });

  it('that lie about their size are stopped while they inflate', () => {
    const lying = patched(files({ 'OFD.xml': new Uint8Array(9_000_000) }), (view, at) => {
      view.setUint32(at + 24, 1_000, true);
    });
    expect(codeOf(lying)).toBe('read');
    expect(codeOf(lying, 'OFD.xml')).toBe('ZIP_BOMB');
  });

  it('an entry as large as no document may be is not inflated', () => {
    const noise = Uint8Array.from({ length: 60_000 }, (_, i) => (i * 7_919) >> 3);
    const large = patched(files({ 'OFD.xml': [noise, { level: 0 }] }), (view, at) => {
      view.setUint16(at + 10, 8, true);
      view.setUint32(at + 24, einvoiceBounds.documentBytes, true);
    });
    expect(codeOf(large, 'OFD.xml')).toBe('TOO_LARGE');
  });
});
