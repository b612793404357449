import { assert, concatBytes } from '@hanse/kit';
import { ghash } from '@noble/ciphers/_polyval.js';
import { equalBytes } from '@noble/ciphers/utils.js';
import { rotl } from '@noble/hashes/utils.js';
import { type Aead, NONCE_BYTES, TAG_BYTES } from '../slots.ts';

const KEY_BYTES = 16;
const BLOCK_BYTES = 16;
const ROUNDS = 32;

// GB/T 32907-2016, 6.2.
const SBOX = Uint8Array.from(
  (
    'd690e9fecce13db716b614c228fb2c052b679a762abe04c3aa44132649860699' +
    '9c4250f491ef987a33540b43edcfac62e4b31ca9c908e89580df94fa758f3fa6' +
    '4707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35' +
    '1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89e' +
    'eabf8ad240c738b5a3f7f2cef96115a1e0ae5da49b341a55ad933230f58cb1e3' +
    '1df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51' +
    '8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b0' +
    '8969974a0c96777e65b9f109c56ec68418f07dec3adc4d2079ee5f3ed7cb3948'
  ).match(/../g) ?? [],
  (pair) => Number.parseInt(pair, 16),
);

const FK = [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc] as const;

// CK: byte j of word i is (4i + j)·7 modulo 256.
const CK = Int32Array.from({ length: ROUNDS }, (_, i) =>
  [0, 1, 2, 3].reduce((word, j) => (word << 8) | (((4 * i + j) * 7) & 0xff), 0),
);

/** The 32 round keys of a 16-byte SM4 key (GB/T 32907-2016, 7.3). */
export function expandSm4Key(key: Uint8Array): Int32Array {
  assert(key.length === KEY_BYTES, 'an SM4 key has 16 bytes');
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  const k = FK.map((word, i) => word ^ view.getInt32(4 * i, false));
  const roundKeys = new Int32Array(ROUNDS);
  for (let i = 0; i < ROUNDS; i++) {
    const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = k;
    const mixed = substitute(k1 ^ k2 ^ k3 ^ (CK[i] ?? 0));
    const next = k0 ^ mixed ^ rotl(mixed, 13) ^ rotl(mixed, 23);
    roundKeys[i] = next;
    k.shift();
    k.push(next);
  }
  return roundKeys;
}

/** Encrypt the 16-byte block of `block` at `offset` in place. */
export function encryptSm4Block(roundKeys: Int32Array, block: DataView, offset: number): void {
  let x0 = block.getInt32(offset, false);
  let x1 = block.getInt32(offset + 4, false);
  let x2 = block.getInt32(offset + 8, false);
  let x3 = block.getInt32(offset + 12, false);
  for (let i = 0; i < ROUNDS; i++) {
    const mixed = substitute(x1 ^ x2 ^ x3 ^ (roundKeys[i] ?? 0));
    const next = x0 ^ mixed ^ rotl(mixed, 2) ^ rotl(mixed, 10) ^ rotl(mixed, 18) ^ rotl(mixed, 24);
    x0 = x1;
    x1 = x2;
    x2 = x3;
    x3 = next;
  }
  block.setInt32(offset, x3, false);
  block.setInt32(offset + 4, x2, false);
  block.setInt32(offset + 8, x1, false);
  block.setInt32(offset + 12, x0, false);
}

/** SM4-GCM (RFC 8998): NIST SP 800-38D over SM4. */
export const sm4Gcm: Aead = createSm4Gcm((key, counterBlock, data) => {
  const roundKeys = expandSm4Key(key);
  return counterMode(roundKeys, counterBlock, data);
});

/** SM4 in counter mode from a first counter block whose last four bytes count up. */
export type Sm4Counter = (
  key: Uint8Array,
  counterBlock: Uint8Array,
  data: Uint8Array,
) => Uint8Array;

/** GCM over any SM4 counter mode: some builds of OpenSSL have SM4-CTR but no SM4-GCM. */
export function createSm4Gcm(counter: Sm4Counter): Aead {
  return {
    keyBytes: KEY_BYTES,
    seal(key, nonce, aad, plaintext) {
      assert(key.length === KEY_BYTES, 'an SM4 key has 16 bytes');
      assert(nonce.length === NONCE_BYTES, 'SM4-GCM nonce of 12 bytes');
      const ciphertext = counter(key, counterBlock(nonce, 2), plaintext);
      return concatBytes(ciphertext, tagOf(counter, { key, nonce, aad, ciphertext }));
    },
    open(key, nonce, aad, sealed) {
      if (key.length !== KEY_BYTES || nonce.length !== NONCE_BYTES) return undefined;
      if (sealed.length < TAG_BYTES) return undefined;
      const ciphertext = sealed.subarray(0, sealed.length - TAG_BYTES);
      const tag = tagOf(counter, { key, nonce, aad, ciphertext });
      // Constant time: the tag of a forged text must not leak byte by byte.
      if (!equalBytes(tag, sealed.subarray(ciphertext.length))) return undefined;
      return counter(key, counterBlock(nonce, 2), ciphertext);
    },
  };
}

type Sealed = {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  readonly ciphertext: Uint8Array;
};

function tagOf(counter: Sm4Counter, sealed: Sealed): Uint8Array {
  const { key, nonce, aad, ciphertext } = sealed;
  // One call gives both H = E(0), for counter block zero is all zero, and later E(J0).
  const h = counter(key, new Uint8Array(BLOCK_BYTES), new Uint8Array(BLOCK_BYTES));
  const lengths = new DataView(new ArrayBuffer(BLOCK_BYTES));
  lengths.setBigUint64(0, BigInt(aad.length) * 8n, false);
  lengths.setBigUint64(8, BigInt(ciphertext.length) * 8n, false);
  // Each update is padded to a whole block by the library.
  const mac = ghash.create(h, aad.length + ciphertext.length + BLOCK_BYTES);
  mac.update(aad);
  mac.update(ciphertext);
  mac.update(new Uint8Array(lengths.buffer));
  return counter(key, counterBlock(nonce, 1), mac.digest());
}

function counterBlock(nonce: Uint8Array, count: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(nonce);
  block[BLOCK_BYTES - 1] = count;
  return block;
}

function counterMode(roundKeys: Int32Array, firstBlock: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data);
  const counter = new DataView(new Uint8Array(firstBlock).buffer);
  const pad = new Uint8Array(BLOCK_BYTES);
  const padView = new DataView(pad.buffer);
  for (let offset = 0; offset < out.length; offset += BLOCK_BYTES) {
    for (let i = 0; i < BLOCK_BYTES; i += 4) padView.setInt32(i, counter.getInt32(i), false);
    encryptSm4Block(roundKeys, padView, 0);
    const end = Math.min(BLOCK_BYTES, out.length - offset);
    for (let i = 0; i < end; i++) out[offset + i] = (out[offset + i] ?? 0) ^ (pad[i] ?? 0);
    counter.setUint32(12, (counter.getUint32(12, false) + 1) >>> 0, false);
  }
  return out;
}

function substitute(word: number): number {
  return (
    ((SBOX[word >>> 24] ?? 0) << 24) |
    ((SBOX[(word >>> 16) & 0xff] ?? 0) << 16) |
    ((SBOX[(word >>> 8) & 0xff] ?? 0) << 8) |
    (SBOX[word & 0xff] ?? 0)
  );
}
