// Contracts run where there is no TextEncoder, so bytes are made here without it.

/** Whether two byte strings are equal. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Eight bytes of a safe integer, big-endian. */
export function u64(value: number): Uint8Array {
  const out = new Uint8Array(8);
  let rest = value;
  for (let i = 7; i >= 0; i--) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}

/** What a tagged hash is taken of: the tag in ASCII, a zero, and the parts one after the other. */
export function tagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, tag.length + 1);
  const out = new Uint8Array(sizeBytes);
  for (let i = 0; i < tag.length; i++) out[i] = tag.charCodeAt(i);
  let offset = tag.length + 1;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
