import { DecodeError, type Shape } from '@hanse/codec';

/**
 * The canonical bytes of values that stand one after the other, such as the fields of a struct, without
 * making values of them. Bytes that end before the last value give fewer parts. Throws DecodeError for
 * other bytes; contents of texts are not looked at.
 */
export function splitValues(shapes: readonly Shape[], bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const shape of shapes) {
    if (at === bytes.length) break;
    const end = skip(shape, bytes, at);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  if (at !== bytes.length) throw new DecodeError('bytes are left behind the last value');
  return parts;
}

/** Offset behind the value of a shape that begins at `at`. */
export function skip(shape: Shape, bytes: Uint8Array, at: number): number {
  switch (shape.kind) {
    case 'u8':
    case 'bool':
    case 'oneOf':
      return within(bytes, at + 1);
    case 'u16':
      return within(bytes, at + 2);
    case 'u32':
    case 'date':
      return within(bytes, at + 4);
    case 'u64':
    case 'int':
      return within(bytes, at + 8);
    case 'fixed':
      return within(bytes, at + shape.sizeBytes);
    case 'amount':
      return within(bytes, at + 1 + byteAt(bytes, at));
    case 'text':
    case 'bytes': {
      const [sizeBytes, from] = lengthAt(bytes, at);
      return within(bytes, from + sizeBytes);
    }
    case 'option':
      return byteAt(bytes, at) === 0 ? at + 1 : skip(shape.item.shape, bytes, at + 1);
    case 'list': {
      const [count, from] = lengthAt(bytes, at);
      if (count > shape.itemsMax) throw new DecodeError('a list has too many items');
      let end = from;
      for (let i = 0; i < count; i++) end = skip(shape.item.shape, bytes, end);
      return end;
    }
    case 'struct': {
      let end = at;
      for (const field of Object.values(shape.fields)) end = skip(field.shape, bytes, end);
      return end;
    }
    case 'union': {
      const chosen = Object.values(shape.cases)[byteAt(bytes, at)];
      if (chosen === undefined) throw new DecodeError('unknown tag');
      return skip(chosen.shape, bytes, at + 1);
    }
  }
}

/** A length (minimal LEB128) and the offset behind it. */
export function lengthAt(bytes: Uint8Array, at: number): readonly [length: number, from: number] {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = byteAt(bytes, at + i);
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return [value, at + i + 1];
  }
  throw new DecodeError('length is too long');
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new DecodeError('ends too early');
  return byte;
}

function within(bytes: Uint8Array, end: number): number {
  if (end > bytes.length) throw new DecodeError('ends too early');
  return end;
}
