import type { KeyPair, SignatureAlg, Suite } from '@hanse/crypto';

/**
 * Whoever signs: a key in memory, a key file, a remote vault. `sign` gets the whole message, so that
 * a careful signer can decode what it signs.
 */
export type Signer = {
  readonly did: string;
  /** Name of the key within the DID. */
  readonly kid: string;
  readonly alg: SignatureAlg;
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
};

/** A signer that holds its key in memory. */
export function keySigner(
  suite: Suite,
  holder: { readonly did: string; readonly kid: string; readonly key: KeyPair },
): Signer {
  const { did, kid, key } = holder;
  const { alg, publicKey } = key;
  return { did, kid, alg, publicKey, sign: (message) => suite.sign(key, message) };
}
