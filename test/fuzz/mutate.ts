/** Source of uniform 32-bit numbers. */
export type Next = () => number;

const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff];
/** Lengths in LEB128: short, at the edges, longer than any input, not minimal, too long. */
const LENGTHS = [
  [0x00],
  [0x01],
  [0x02],
  [0x20],
  [0x40],
  [0x7f],
  [0x80, 0x01],
  [0xff, 0x7f],
  [0x80, 0x80, 0x04],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x00],
  [0x81, 0x00],
  [0x80, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0x1f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
];
const WORDS = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1, 2 ** 53, 2 ** 63];
const SIZE_MAX = 1 << 16;

/** One to four structured changes of a sample; `other` is spliced in where a change wants a second one. */
export function mutate(sample: Uint8Array, other: Uint8Array, next: Next): Uint8Array {
  let bytes = sample;
  for (let left = 1 + (next() % 4); left > 0; left--) {
    const change = CHANGES[next() % CHANGES.length];
    if (change !== undefined) bytes = change(bytes, other, next);
  }
  return bytes.length <= SIZE_MAX ? bytes : bytes.subarray(0, SIZE_MAX);
}

type Change = (bytes: Uint8Array, other: Uint8Array, next: Next) => Uint8Array;

const CHANGES: readonly Change[] = [
  flipBits,
  flipBits,
  setByte,
  truncate,
  extend,
  cut,
  repeat,
  tamperLength,
  tamperLength,
  setWord,
  splice,
  insertFrom,
  random,
];

function flipBits(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  const out = bytes.slice();
  for (let left = 1 + (next() % 3); left > 0 && out.length > 0; left--) {
    const at = next() % out.length;
    out[at] = (out[at] ?? 0) ^ (1 << (next() % 8));
  }
  return out;
}

function setByte(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  const out = bytes.slice();
  if (out.length > 0) out[next() % out.length] = BYTES[next() % BYTES.length] ?? 0;
  return out;
}

function truncate(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  return bytes.subarray(0, next() % (bytes.length + 1));
}

function extend(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  return join(bytes, noise(1 + (next() % 8), next));
}

function cut(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  const [from, to] = range(bytes, next);
  return join(bytes.subarray(0, from), bytes.subarray(to));
}

function repeat(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  const [from, to] = range(bytes, next);
  return join(bytes.subarray(0, to), bytes.subarray(from));
}

/** Put a length where one may be, or anywhere. */
function tamperLength(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  const at = next() % (bytes.length + 1);
  const length = LENGTHS[next() % LENGTHS.length] ?? [];
  return join(
    bytes.subarray(0, at),
    Uint8Array.from(length),
    bytes.subarray(Math.min(bytes.length, at + 1)),
  );
}

function setWord(bytes: Uint8Array, _: Uint8Array, next: Next): Uint8Array {
  if (bytes.length < 8) return bytes;
  const out = bytes.slice();
  new DataView(out.buffer).setBigUint64(
    next() % (out.length - 7),
    BigInt(WORDS[next() % WORDS.length] ?? 0),
  );
  return out;
}

function splice(bytes: Uint8Array, other: Uint8Array, next: Next): Uint8Array {
  return join(
    bytes.subarray(0, next() % (bytes.length + 1)),
    other.subarray(next() % (other.length + 1)),
  );
}

function insertFrom(bytes: Uint8Array, other: Uint8Array, next: Next): Uint8Array {
  const at = next() % (bytes.length + 1);
  const [from, to] = range(other, next);
  return join(bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at));
}

function random(_: Uint8Array, __: Uint8Array, next: Next): Uint8Array {
  return noise(next() % 64, next);
}

function range(bytes: Uint8Array, next: Next): readonly [from: number, to: number] {
  const from = next() % (bytes.length + 1);
  return [from, Math.min(bytes.length, from + 1 + (next() % 64))];
}

function noise(sizeBytes: number, next: Next): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, () => next());
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
