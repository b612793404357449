import { assert, concatBytes, equalBytes, limits } from '@hanse/kit';

/** Version of frames and hello. */
export const LINK_VERSION = 1;

const LENGTH_BYTES = 4;
const FRAME_HEADER_BYTES = LENGTH_BYTES + 1;
const HELLO_BYTES = 2 + 2 + 32;

/** Kinds of frames on the wire. */
export const frameKinds = { hello: 1, message: 2, ping: 3 } as const;

/** A received frame. The body is its own memory and may be kept. */
export type Frame =
  | { readonly kind: 'hello'; readonly body: Uint8Array }
  | { readonly kind: 'message'; readonly body: Uint8Array }
  | { readonly kind: 'ping' };

/** What a node says first. */
export type Hello = { readonly sender: number; readonly chainId: Uint8Array };

/** Size of a frame with a body of so many bytes. */
export function frameBytes(bodyBytes: number): number {
  return FRAME_HEADER_BYTES + bodyBytes;
}

/** Write a frame into `out` at `at`; returns the offset behind it. */
export function putFrame(
  out: Uint8Array,
  at: number,
  kind: keyof typeof frameKinds,
  body: Uint8Array,
): number {
  assert(body.length < limits.frameBytesMax, 'a frame is within its bound');
  const view = new DataView(out.buffer, out.byteOffset + at, FRAME_HEADER_BYTES);
  view.setUint32(0, body.length + 1);
  view.setUint8(LENGTH_BYTES, frameKinds[kind]);
  out.set(body, at + FRAME_HEADER_BYTES);
  return at + FRAME_HEADER_BYTES + body.length;
}

/** A frame by itself. */
export function encodeFrame(kind: keyof typeof frameKinds, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(frameBytes(body.length));
  putFrame(out, 0, kind, body);
  return out;
}

/** Body of a hello. */
export function encodeHello({ sender, chainId }: Hello): Uint8Array {
  assert(chainId.length === 32, 'a chain id has 32 bytes');
  return concatBytes(u16(LINK_VERSION), u16(sender), chainId);
}

/** Why a peer's hello is not the expected one, in words, or undefined when it is. */
export function helloError(body: Uint8Array, expected: Hello): string | undefined {
  if (body.length < 2) return 'Its hello is cut off.';
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const version = view.getUint16(0);
  if (version !== LINK_VERSION)
    return `It speaks link version ${version}, this node ${LINK_VERSION}.`;
  if (body.length !== HELLO_BYTES) return 'Its hello has the wrong size.';
  const sender = view.getUint16(2);
  if (sender !== expected.sender)
    return `It says it is validator ${sender}, its key says otherwise.`;
  return equalBytes(body.subarray(4), expected.chainId)
    ? undefined
    : 'It belongs to another chain.';
}

/** Reads frames from chunks of a byte stream. Holds one frame at most; pure. */
export class FrameParser {
  readonly #frameBytesMax: number;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  #body: Uint8Array | undefined;
  #bodyFilled = 0;
  #error: string | undefined;

  constructor(frameBytesMax: number = limits.frameBytesMax) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** Why the stream is invalid; nothing more is read from it then. */
  get error(): string | undefined {
    return this.#error;
  }

  /** The frames that a chunk completes. */
  *feed(chunk: Uint8Array): Generator<Frame> {
    let at = 0;
    while (this.#error === undefined && at < chunk.length) {
      at += this.#fillHeader(chunk, at);
      at += this.#fillBody(chunk, at);
      const frame = this.#take();
      if (frame !== undefined) yield frame;
    }
  }

  #fillHeader(chunk: Uint8Array, at: number): number {
    const taken = Math.min(FRAME_HEADER_BYTES - this.#headerFilled, chunk.length - at);
    this.#header.set(chunk.subarray(at, at + taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled < FRAME_HEADER_BYTES || this.#body !== undefined) return taken;
    const sizeBytes = new DataView(this.#header.buffer).getUint32(0);
    if (sizeBytes === 0) this.#error = 'It is an empty frame.';
    else if (sizeBytes > this.#frameBytesMax)
      this.#error = `It has ${sizeBytes} bytes and the limit is ${this.#frameBytesMax}.`;
    else this.#body = new Uint8Array(sizeBytes - 1);
    return taken;
  }

  #fillBody(chunk: Uint8Array, at: number): number {
    if (this.#body === undefined) return 0;
    const taken = Math.min(this.#body.length - this.#bodyFilled, chunk.length - at);
    this.#body.set(chunk.subarray(at, at + taken), this.#bodyFilled);
    this.#bodyFilled += taken;
    return taken;
  }

  #isComplete(): boolean {
    return this.#body !== undefined && this.#bodyFilled === this.#body.length;
  }

  #take(): Frame | undefined {
    const body = this.#body;
    if (body === undefined || !this.#isComplete()) return undefined;
    const kind = this.#header[LENGTH_BYTES];
    this.#headerFilled = 0;
    this.#body = undefined;
    this.#bodyFilled = 0;
    if (kind === frameKinds.message) return { kind: 'message', body };
    if (kind === frameKinds.hello) return { kind: 'hello', body };
    if (kind === frameKinds.ping && body.length === 0) return { kind: 'ping' };
    this.#error = kind === frameKinds.ping ? 'It is a ping with a body.' : `It has kind ${kind}.`;
    return undefined;
  }
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
