import { sha256 } from '@noble/hashes/sha2.js';
import { sm3 } from './sm/sm3.ts';
import type { SuiteId } from './slots.ts';

/** A hash fed piece by piece, for what does not fit memory. `digest` ends it. */
export type HashStream = {
  readonly update: (piece: Uint8Array) => void;
  readonly digest: () => Uint8Array;
};

/** The hash of a suite as a stream: SHA-256 or SM3. Equal to `suite.hash` over all pieces joined. */
export function createHashStream(id: SuiteId): HashStream {
  const hash = id === 'intl' ? sha256.create() : sm3.create();
  return {
    update: (piece) => {
      hash.update(piece);
    },
    digest: () => hash.digest(),
  };
}
