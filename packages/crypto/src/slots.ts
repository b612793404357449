/** The two cipher suites a chain can have; fixed at genesis. */
export type SuiteId = 'intl' | 'sm';

/** Signature algorithms: `intl` has ed25519 and p256, `sm` has sm2. */
export type SignatureAlg = 'ed25519' | 'p256' | 'sm2';

/** A key pair in raw form: see {@link SignatureScheme} for the encodings. */
export type KeyPair = {
  readonly alg: SignatureAlg;
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
};

/**
 * One signature algorithm. Public keys: ed25519 32 bytes, p256 and sm2 33 bytes compressed SEC1.
 * Secret keys: 32 bytes (ed25519 seed, big-endian scalar). Signatures: 64 bytes (r||s for the
 * curves of Weierstrass form).
 */
export type SignatureScheme = {
  /** Public key of a secret key. Throws on a secret key that is none. */
  readonly publicKeyOf: (secretKey: Uint8Array) => Uint8Array;
  /** Deterministic signature. */
  readonly sign: (key: KeyPair, message: Uint8Array) => Uint8Array;
  /** `sigRule` 1 of the algorithm. Never throws. */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  /** Registration rule: on the curve, canonical, in the prime-order subgroup. Never throws. */
  readonly checkPublicKey: (publicKey: Uint8Array) => boolean;
};

/** An authenticated cipher with a 12-byte nonce and a 16-byte tag after the ciphertext. */
export type Aead = {
  readonly keyBytes: 16 | 32;
  /** Encrypt. Throws on a key or nonce of the wrong size. */
  readonly seal: (
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ) => Uint8Array;
  /** Decrypt, or undefined for anything that was not sealed so. Never throws. */
  readonly open: (
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ) => Uint8Array | undefined;
};

/**
 * The replaceable parts of a suite. Whatever is plugged in must answer exactly as the JavaScript
 * implementation does on every input: a difference between two validators forks the chain.
 */
export type SuiteSlots = {
  readonly hash: (data: Uint8Array) => Uint8Array;
  readonly hashPairs: (input: Uint8Array, output: Uint8Array, count: number) => void;
  readonly hmac: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  readonly aead: Aead;
  readonly ed25519: SignatureScheme;
  readonly p256: SignatureScheme;
  readonly sm2: SignatureScheme;
};

/** Size of a nonce of `seal`, in bytes. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const HASH_BYTES = 32;
export const SIGNATURE_BYTES = 64;
