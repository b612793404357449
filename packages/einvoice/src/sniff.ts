/** What the first bytes of a file say it is. */
export type Content = 'empty' | 'xml' | 'json' | 'zip' | 'pdf' | 'image' | 'other';

const MAGIC: readonly (readonly [start: readonly number[], content: Content])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'zip'],
  [[0x50, 0x4b, 0x05, 0x06], 'zip'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'pdf'],
  [[0x89, 0x50, 0x4e, 0x47], 'image'],
  [[0xff, 0xd8, 0xff], 'image'],
  [[0x47, 0x49, 0x46, 0x38], 'image'],
  [[0x42, 0x4d], 'image'],
  [[0x49, 0x49, 0x2a, 0x00], 'image'],
  [[0x4d, 0x4d, 0x00, 0x2a], 'image'],
];
const PREFIX_BYTES = 1_024;

/** Tell what a file is by its bytes; its name could be anything. */
export function contentOf(bytes: Uint8Array): Content {
  const magic = MAGIC.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (magic !== undefined) return magic[1];
  for (const byte of bytes.subarray(0, PREFIX_BYTES)) {
    // White space, byte order marks and the zero half of UTF-16 characters come before the content.
    if ([0x20, 0x09, 0x0a, 0x0d, 0x00, 0xef, 0xbb, 0xbf, 0xfe, 0xff].includes(byte)) continue;
    if (byte === 0x3c) return 'xml';
    return byte === 0x7b || byte === 0x5b ? 'json' : 'other';
  }
  return bytes.length === 0 ? 'empty' : 'other';
}
