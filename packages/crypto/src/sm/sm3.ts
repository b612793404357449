import { HashMD } from '@noble/hashes/_md.js';
import { createHasher, rotl } from '@noble/hashes/utils.js';

// GB/T 32905-2016, 4.1: initial value.
const IV = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
] as const;

// T_j <<< j for each of the 64 rounds.
const ROUND = Int32Array.from({ length: 64 }, (_, j) =>
  rotl(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32),
);

const W = new Int32Array(68);

/** SM3 as a streaming hash, on the same Merkle-Damgård base as the library's SHA-256. */
class Sm3 extends HashMD<Sm3> {
  private readonly v: Int32Array = Int32Array.from(IV);

  constructor() {
    super(64, 32, 8, false);
  }

  protected override get(): number[] {
    return Array.from(this.v);
  }

  protected override set(...words: number[]): void {
    this.v.set(words);
  }

  protected override process(view: DataView, offset: number): void {
    for (let i = 0; i < 16; i++) W[i] = view.getInt32(offset + 4 * i, false);
    for (let i = 16; i < 68; i++) W[i] = expandWord(i);
    compress(this.v);
  }

  protected override roundClean(): void {
    W.fill(0);
  }

  override _cloneInto(to: Sm3 = new Sm3()): Sm3 {
    to.v.set(this.v);
    return this._cloneIntoMeta(to);
  }

  override destroy(): void {
    this.destroyed = true;
    this.v.fill(0);
    this.buffer.fill(0);
  }
}

/** SM3 (GB/T 32905-2016) in the library's form, so that HMAC and the nonce generator take it. */
export const sm3 = createHasher(() => new Sm3());

function expandWord(i: number): number {
  const mixed = word(i - 16) ^ word(i - 9) ^ rotl(word(i - 3), 15);
  const p1 = mixed ^ rotl(mixed, 15) ^ rotl(mixed, 23);
  return p1 ^ rotl(word(i - 13), 7) ^ word(i - 6);
}

function word(i: number): number {
  return W[i] ?? 0;
}

function compress(v: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = v;
  for (let j = 0; j < 64; j++) {
    const a12 = rotl(a, 12);
    const ss1 = rotl((a12 + e + (ROUND[j] ?? 0)) | 0, 7);
    const ss2 = ss1 ^ a12;
    const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + ss2 + (word(j) ^ word(j + 4))) | 0;
    const tt2 = (gg + h + ss1 + word(j)) | 0;
    d = c;
    c = rotl(b, 9);
    b = a;
    a = tt1;
    h = g;
    g = rotl(f, 19);
    f = e;
    e = tt2 ^ rotl(tt2, 9) ^ rotl(tt2, 17);
  }
  const out = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) v[i] = (v[i] ?? 0) ^ (out[i] ?? 0);
}
