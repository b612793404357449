import { DecodeError, type Shape } from '@hanse/codec';
import { concatBytes } from '@hanse/kit';
import { lengthAt, skip } from './walk.ts';

const ESCAPE = 0x00;
const ESCAPED = 0xff;

/** Whether values of a shape can be parts of keys: they are scalars. */
export function isOrderable(shape: Shape): boolean {
  switch (shape.kind) {
    case 'bool':
    case 'int':
    case 'amount':
    case 'date':
    case 'oneOf':
    case 'fixed':
    case 'text':
    case 'bytes':
      return true;
    default:
      return false;
  }
}

/**
 * The ordered form of one value, from its canonical bytes. Bytes of ordered forms compare as the values do,
 * field by field; no ordered form is the beginning of another of the same shape, so a key of several
 * fields is their forms one after the other, and a prefix of fields is a prefix of bytes.
 *
 * Integers have their sign bit turned over. Texts and bytes have `00` written as `00 ff` and end with
 * `00 00`. The canonical bytes of all others are in order already.
 */
export function orderedForm(shape: Shape, canonical: Uint8Array): Uint8Array {
  if (shape.kind === 'int') {
    const out = canonical.slice();
    out[0] = (out[0] ?? 0) ^ 0x80;
    return out;
  }
  if (shape.kind !== 'text' && shape.kind !== 'bytes') return canonical;
  const [sizeBytes, from] = lengthAt(canonical, 0);
  return escaped(canonical.subarray(from, from + sizeBytes));
}

/** The ordered forms of several values one after the other. */
export function orderedKey(shapes: readonly Shape[], canonical: readonly Uint8Array[]): Uint8Array {
  const parts = shapes.map((shape, i) => orderedForm(shape, canonical[i] ?? new Uint8Array(0)));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : concatBytes(...parts);
}

/** Offset behind the ordered form of a shape that begins at `at`. Throws DecodeError beyond the end. */
export function skipOrdered(shape: Shape, bytes: Uint8Array, at: number): number {
  if (shape.kind !== 'text' && shape.kind !== 'bytes') return skip(shape, bytes, at);
  for (let i = at; i + 1 < bytes.length; i++) {
    if (bytes[i] !== ESCAPE) continue;
    if (bytes[i + 1] === ESCAPE) return i + 2;
    i++;
  }
  throw new DecodeError('an ordered text has no end');
}

/** The first key behind all that begin with a prefix; undefined when there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix[i] ?? 0;
    if (byte === 0xff) continue;
    const out = prefix.slice(0, i + 1);
    out[i] = byte + 1;
    return out;
  }
  return undefined;
}

/** Whether bytes begin with a prefix. */
export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}

function escaped(content: Uint8Array): Uint8Array {
  let zeros = 0;
  for (const byte of content) if (byte === ESCAPE) zeros++;
  const out = new Uint8Array(content.length + zeros + 2);
  let end = 0;
  for (const byte of content) {
    out[end++] = byte;
    if (byte === ESCAPE) out[end++] = ESCAPED;
  }
  return out;
}
