declare module 'sodium-native' {
  type Sodium = {
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
    /** Undefined, without a check, when a buffer is shared between threads. */
    crypto_sign_verify_detached(
      signature: Uint8Array,
      message: Uint8Array,
      publicKey: Uint8Array,
    ): boolean | undefined;
    /** Throws for a key that is no point of the main subgroup. */
    crypto_sign_ed25519_pk_to_curve25519(x25519Key: Uint8Array, publicKey: Uint8Array): void;
  };
  const sodium: Sodium;
  export default sodium;
}
