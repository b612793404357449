import { assert, fromUtf8, utf8 } from '@hanse/kit';

/** Why bytes are not the canonical form of any value. Thrown inside decoders, returned by `decode`. */
export class DecodeError extends Error {}

/** Why a value has no canonical bytes: a bound or rule of its schema is broken. */
export class EncodeError extends Error {}

/** Growing byte buffer that canonical encoders write to. Integers are big-endian. */
export class Writer {
  #buffer = new Uint8Array(256);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;

  u8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  u16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#length, value);
    this.#length += 2;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  /** A safe integer in eight bytes. */
  u64(value: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#length, Math.floor(value / 2 ** 32));
    this.#view.setUint32(this.#length + 4, value >>> 0);
    this.#length += 8;
  }

  /** A safe integer of either sign in eight bytes, two's complement. */
  i64(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.#reserve(8);
    this.#view.setInt32(this.#length, high);
    this.#view.setUint32(this.#length + 4, value - high * 2 ** 32);
    this.#length += 8;
  }

  /** A length: LEB128, minimal, at most five bytes. */
  length(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The characters of ASCII text. */
  ascii(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#buffer[this.#length + i] = text.charCodeAt(i);
    this.#length += text.length;
  }

  /** The bytes written so far, copied out. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** Forget what was written, keep the memory. */
  reset(): void {
    this.#length = 0;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Cursor over received bytes. Every read checks what is left; views are not copied. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  get offset(): number {
    return this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** Eight bytes that hold a safe integer. */
  u64(): number {
    const at = this.#take(8);
    const high = this.#view.getUint32(at);
    if (high >= 2 ** 21) throw new DecodeError('integer above 2^53 - 1');
    return high * 2 ** 32 + this.#view.getUint32(at + 4);
  }

  /** Eight bytes that hold a safe integer of either sign. */
  i64(): number {
    const at = this.#take(8);
    const value = this.#view.getInt32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
    if (!Number.isSafeInteger(value)) throw new DecodeError('integer beyond 2^53 - 1');
    return value;
  }

  length(): number {
    let value = 0;
    for (let shift = 0; shift < 5; shift++) {
      const byte = this.u8();
      if (shift === 4 && byte > 0x0f) throw new DecodeError('length above 2^32 - 1');
      value += (byte & 0x7f) * 128 ** shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw new DecodeError('length is not minimal');
        return value;
      }
    }
    throw new DecodeError('length is too long');
  }

  /** A view of the next bytes; copy it to keep it beyond the message. */
  raw(sizeBytes: number): Uint8Array {
    const at = this.#take(sizeBytes);
    return this.#bytes.subarray(at, at + sizeBytes);
  }

  /** Bytes from an earlier offset up to here, as they were received. */
  since(offset: number): Uint8Array {
    assert(offset <= this.#offset, 'since: offset ahead of the cursor');
    return this.#bytes.subarray(offset, this.#offset);
  }

  #take(sizeBytes: number): number {
    if (sizeBytes > this.left) throw new DecodeError('ends too early');
    const at = this.#offset;
    this.#offset += sizeBytes;
    return at;
  }
}

// Names, identifiers and cursors are short and ASCII: copying their characters one by one takes half
// the time of the platform's encoder, which pays off from about this length on.
const SHORT_TEXT = 128;

/** Why text has no canonical bytes within a bound, or undefined when it has. */
export function textError(text: string, bytesMax: number): string | undefined {
  if (/\p{Surrogate}/u.test(text)) return 'text has a lone surrogate';
  const sizeBytes = utf8(text).length;
  return sizeBytes > bytesMax ? `text has ${sizeBytes} bytes, limit ${bytesMax}` : undefined;
}

/** Write strict UTF-8 with its length. */
export function writeText(writer: Writer, text: string, bytesMax: number): void {
  if (text.length <= SHORT_TEXT && text.length <= bytesMax && isAscii(text)) {
    writer.length(text.length);
    writer.ascii(text);
    return;
  }
  if (/\p{Surrogate}/u.test(text)) throw new EncodeError('text has a lone surrogate');
  const bytes = utf8(text);
  if (bytes.length > bytesMax)
    throw new EncodeError(`text has ${bytes.length} bytes, limit ${bytesMax}`);
  writer.length(bytes.length);
  writer.raw(bytes);
}

/** Read strict UTF-8 with its length. */
export function readText(reader: Reader, bytesMax: number): string {
  const sizeBytes = reader.length();
  if (sizeBytes > bytesMax) throw new DecodeError(`text has ${sizeBytes} bytes, limit ${bytesMax}`);
  const text = fromUtf8(reader.raw(sizeBytes));
  if (text === undefined) throw new DecodeError('text is not UTF-8');
  return text;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
