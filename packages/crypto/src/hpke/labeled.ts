import { concatBytes, utf8 } from '@hanse/kit';
import { expand, extract } from '../hkdf.ts';
import type { SuiteSlots } from '../slots.ts';

/** LabeledExtract and LabeledExpand of RFC 9180 4, bound to one suite identifier. */
export type Labeled = {
  readonly extract: (salt: Uint8Array, label: string, secret: Uint8Array) => Uint8Array;
  readonly expand: (
    prk: Uint8Array,
    label: string,
    info: Uint8Array,
    lengthBytes: number,
  ) => Uint8Array;
};

const VERSION = utf8('HPKE-v1');

/** Labeled HKDF over an HMAC. */
export function createLabeled(hmac: SuiteSlots['hmac'], suiteId: Uint8Array): Labeled {
  return {
    extract: (salt, label, secret) =>
      extract(hmac, salt, concatBytes(VERSION, suiteId, utf8(label), secret)),
    expand(prk, label, info, lengthBytes) {
      const size = Uint8Array.of(lengthBytes >> 8, lengthBytes & 0xff);
      return expand(hmac, prk, concatBytes(size, VERSION, suiteId, utf8(label), info), lengthBytes);
    },
  };
}
