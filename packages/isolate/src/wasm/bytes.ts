import { assert, fromUtf8, must, utf8 } from '@hanse/kit';

/** Cursor over the bytes of a WebAssembly binary. Stops at anything that ends too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    assert(start >= 0 && start <= end && end <= bytes.length, 'wasm: range outside of the binary');
    this.#bytes = bytes;
    this.#offset = start;
    this.#end = end;
  }

  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#end;
  }

  u8(): number {
    assert(this.#offset < this.#end, 'wasm: ends too early');
    return this.#bytes[this.#offset++] ?? 0;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 5; shift++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 128 ** shift;
      if (byte < 0x80) {
        assert(value < 2 ** 32, 'wasm: integer above 32 bits');
        return value;
      }
    }
    throw new RangeError('wasm: integer is too long');
  }

  /** Pass over a signed LEB128 of at most `bytesMax` bytes. */
  skipSigned(bytesMax: number): void {
    for (let i = 0; i < bytesMax; i++) if (this.u8() < 0x80) return;
    throw new RangeError('wasm: integer is too long');
  }

  /** A signed LEB128 of at most 33 bits, as block types use. */
  s33(): number {
    let value = 0;
    for (let shift = 0; shift < 5; shift++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 128 ** shift;
      if (byte < 0x80) return byte & 0x40 ? value - 128 ** (shift + 1) : value;
    }
    throw new RangeError('wasm: integer is too long');
  }

  raw(sizeBytes: number): Uint8Array {
    assert(sizeBytes <= this.#end - this.#offset, 'wasm: ends too early');
    const start = this.#offset;
    this.#offset += sizeBytes;
    return this.#bytes.subarray(start, this.#offset);
  }

  name(): string {
    return must(fromUtf8(this.raw(this.u32())), 'wasm: a name is not UTF-8');
  }

  /** A vector: a count and so many items. */
  list<T>(read: () => T): T[] {
    const count = this.u32();
    const out: T[] = [];
    for (let i = 0; i < count; i++) out.push(read());
    return out;
  }
}

/** Growing byte buffer for WebAssembly binaries. */
export class ByteWriter {
  #buffer = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(...bytes: readonly number[]): this {
    this.#reserve(bytes.length);
    for (const byte of bytes) this.#buffer[this.#length++] = byte;
    return this;
  }

  /** Unsigned LEB128, as short as it can be. */
  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value < 2 ** 32, 'wasm: no 32-bit integer');
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    return this.u8(rest);
  }

  /** Signed LEB128 of a 32-bit integer, as short as it can be. */
  s32(value: number): this {
    assert(value === (value | 0), 'wasm: no signed 32-bit integer');
    let rest = value;
    for (;;) {
      const byte = rest & 0x7f;
      rest >>= 7;
      const isLast = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
      this.u8(isLast ? byte : byte | 0x80);
      if (isLast) return this;
    }
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  name(text: string): this {
    const bytes = utf8(text);
    return this.u32(bytes.length).raw(bytes);
  }

  list<T>(items: readonly T[], write: (item: T) => void): this {
    this.u32(items.length);
    for (const item of items) write(item);
    return this;
  }

  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
