const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const HEX_DIGITS = encoder.encode('0123456789abcdef');
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Join byte strings. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let sizeBytes = 0;
  for (const part of parts) sizeBytes += part.length;
  const out = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Whether two byte strings are equal. Not constant time: never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order of two byte strings: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether every byte is zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

/** Lower-case hexadecimal text. */
export function toHex(bytes: Uint8Array): string {
  // Appending two letters at a time would leave a kilobyte of string parts for each id kept in a map.
  const letters = new Uint8Array(2 * bytes.length);
  let end = 0;
  for (const byte of bytes) {
    letters[end++] = HEX_DIGITS[byte >>> 4] ?? 0;
    letters[end++] = HEX_DIGITS[byte & 15] ?? 0;
  }
  return strictDecoder.decode(letters);
}

/** Bytes of lower-case hexadecimal text, or undefined when it is anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined;
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** UTF-8 bytes of text. Lone surrogates become U+FFFD, so encode only text that came well formed. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of strict UTF-8 bytes, or undefined when they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** RFC 4648 base32, lower case, without padding. */
export function toBase32(bytes: Uint8Array): string {
  return toBits(bytes, 5, BASE32);
}

/** Bytes of lower-case unpadded base32, or undefined for any other text or non-zero spare bits. */
export function fromBase32(text: string): Uint8Array | undefined {
  return fromBits(text, 5, BASE32);
}

/** RFC 4648 base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBits(bytes, 6, BASE64URL);
}

/** Bytes of unpadded base64url, or undefined for any other text or non-zero spare bits. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  return fromBits(text, 6, BASE64URL);
}

function toBits(bytes: Uint8Array, width: number, alphabet: string): string {
  let text = '';
  let pending = 0;
  let pendingBits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    pendingBits += 8;
    while (pendingBits >= width) {
      pendingBits -= width;
      text += alphabet[(pending >> pendingBits) & ((1 << width) - 1)] ?? '';
    }
    pending &= (1 << pendingBits) - 1;
  }
  if (pendingBits > 0)
    text += alphabet[(pending << (width - pendingBits)) & ((1 << width) - 1)] ?? '';
  return text;
}

function fromBits(text: string, width: number, alphabet: string): Uint8Array | undefined {
  const out = new Uint8Array(Math.floor((text.length * width) / 8));
  let pending = 0;
  let pendingBits = 0;
  let offset = 0;
  for (const char of text) {
    const value = alphabet.indexOf(char);
    if (value < 0) return undefined;
    pending = ((pending << width) | value) & 0xffff;
    pendingBits += width;
    if (pendingBits >= 8) {
      pendingBits -= 8;
      out[offset++] = (pending >> pendingBits) & 0xff;
    }
    pending &= (1 << pendingBits) - 1;
  }
  // One text per byte string: no spare character, no bit set in the last one's tail.
  if (pending !== 0 || pendingBits >= width || offset !== out.length) return undefined;
  return out;
}
