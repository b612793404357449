import type { SignatureAlg, Suite } from '@hanse/crypto';
import { assert } from '@hanse/kit';

const ALGS = ['ed25519', 'p256', 'sm2'] as const satisfies readonly SignatureAlg[];
const HEAD_BYTES = 4;
const ITEM_HEAD_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** One signature to check. */
export type VerifyItem = {
  readonly alg: SignatureAlg;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/**
 * Pack signatures into one buffer for a worker: a thread message costs as much as a verification,
 * a group of them no more than one. Layout, little-endian: u32 count, then per item u8 algorithm,
 * u8 key size, u16 zero, u32 message size, key, signature, message. Throws on an item of no shape.
 */
export function packVerifyItems(items: readonly VerifyItem[]): Uint8Array {
  let sizeBytes = HEAD_BYTES;
  for (const { publicKey, message, signature } of items) {
    assert(signature.length === SIGNATURE_BYTES, 'a packed signature has 64 bytes');
    assert(publicKey.length <= 0xff, 'a packed key has 255 bytes at most');
    sizeBytes += ITEM_HEAD_BYTES + publicKey.length + SIGNATURE_BYTES + message.length;
  }
  const packed = new Uint8Array(sizeBytes);
  const view = new DataView(packed.buffer);
  view.setUint32(0, items.length, true);
  let offset = HEAD_BYTES;
  for (const { alg, publicKey, message, signature } of items) {
    view.setUint8(offset, ALGS.indexOf(alg));
    view.setUint8(offset + 1, publicKey.length);
    view.setUint32(offset + 4, message.length, true);
    offset += ITEM_HEAD_BYTES;
    for (const part of [publicKey, signature, message]) {
      packed.set(part, offset);
      offset += part.length;
    }
  }
  return packed;
}

/**
 * Check a packed group: one byte per item, 1 for a valid signature. Memory shared between threads
 * is copied once, so that nobody changes it under the check. Throws on a buffer not packed above.
 */
export function verifyPacked(suite: Suite, packed: Uint8Array): Uint8Array {
  const bytes = packed.buffer instanceof SharedArrayBuffer ? new Uint8Array(packed) : packed;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  assert(count * ITEM_HEAD_BYTES <= bytes.length, 'a packed group holds the items it counts');
  const valid = new Uint8Array(count);
  let offset = HEAD_BYTES;
  const take = (sizeBytes: number): Uint8Array => {
    assert(offset + sizeBytes <= bytes.length, 'a packed item lies inside its group');
    offset += sizeBytes;
    return bytes.subarray(offset - sizeBytes, offset);
  };
  for (let i = 0; i < count; i++) {
    const head = offset;
    take(ITEM_HEAD_BYTES);
    const alg = ALGS[view.getUint8(head)];
    assert(alg !== undefined, 'a packed item names a known algorithm');
    const publicKey = take(view.getUint8(head + 1));
    const signature = take(SIGNATURE_BYTES);
    const message = take(view.getUint32(head + 4, true));
    if (suite.verify(alg, publicKey, message, signature)) valid[i] = 1;
  }
  assert(offset === bytes.length, 'nothing follows the last packed item');
  return valid;
}

/** Check a group of signatures on this thread: one answer per item. */
export function verifyMany(suite: Suite, items: readonly VerifyItem[]): boolean[] {
  return items.map(({ alg, publicKey, message, signature }) =>
    suite.verify(alg, publicKey, message, signature),
  );
}
