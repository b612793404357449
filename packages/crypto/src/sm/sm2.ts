import { assert, concatBytes, utf8 } from '@hanse/kit';
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { bytesToNumberBE, createHmacDrbg, numberToBytesBE } from '@noble/curves/utils.js';
import { hmac } from '@noble/hashes/hmac.js';
import { type KeyPair, SIGNATURE_BYTES, type SignatureScheme } from '../slots.ts';
import { sm3 } from './sm3.ts';

const COMPRESSED_BYTES = 33;
const SECRET_BYTES = 32;

// GM/T 0003.5-2012: the recommended curve.
const CURVE = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
} as const;

/** The group of the recommended SM2 curve. */
export const Sm2Point = weierstrass<bigint>(CURVE);

/** Order of the SM2 group. */
export const SM2_ORDER: bigint = CURVE.n;

const Fn = Sm2Point.Fn;

/** The identity every signature of the suite is made under. */
export const SM2_IDENTITY: Uint8Array = utf8('1234567812345678');

const Z_PREFIX = concatBytes(
  // Length of the identity in bits, two bytes.
  Uint8Array.of((SM2_IDENTITY.length * 8) >> 8, (SM2_IDENTITY.length * 8) & 0xff),
  SM2_IDENTITY,
  ...[CURVE.a, CURVE.b, CURVE.Gx, CURVE.Gy].map((value) => numberToBytesBE(value, 32)),
);

/** The parts of SM2 worth a native implementation. */
export type Sm2Parts = {
  /** SM3. */
  readonly hash: (data: Uint8Array) => Uint8Array;
  /** HMAC-SM3. */
  readonly hmac: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** The x coordinate of k·G, 32 bytes. */
  readonly multiplyBase: (k: Uint8Array) => Uint8Array;
};

/** SM2 (GM/T 0003.2) with nonces by RFC 6979 over HMAC-SM3. */
export const sm2Scheme: SignatureScheme = createSm2Scheme({
  hash: (data) => sm3(data),
  hmac: (key, data) => hmac(sm3, key, data),
  multiplyBase: (k) => numberToBytesBE(Sm2Point.BASE.multiply(bytesToNumberBE(k)).x, 32),
});

/** SM2 over replaced parts. */
export function createSm2Scheme(parts: Sm2Parts): SignatureScheme {
  const signers = new WeakMap<KeyPair, Signer>();
  return {
    publicKeyOf: (secretKey) => publicKeyOf(decodeSecret(secretKey)).toBytes(true),
    sign(key, message) {
      let signer = signers.get(key);
      if (signer === undefined) {
        signer = createSigner(parts, key.secretKey);
        signers.set(key, signer);
      }
      return sign(parts, signer, parts.hash(concatBytes(signer.z, message)));
    },
    verify(publicKey, message, signature) {
      const point = decodeSm2Point(publicKey);
      if (point === undefined) return false;
      const z = zOf(parts.hash, point.toBytes(false));
      return verify(point, parts.hash(concatBytes(z, message)), signature);
    },
    checkPublicKey: (publicKey) => decodeSm2Point(publicKey) !== undefined,
  };
}

/** The point of a compressed key, or undefined when it is no key. */
export function decodeSm2Point(publicKey: Uint8Array): InstanceType<typeof Sm2Point> | undefined {
  if (publicKey.length !== COMPRESSED_BYTES) return undefined;
  try {
    return Sm2Point.fromBytes(publicKey);
  } catch {
    return undefined;
  }
}

/** The 65 bytes of the uncompressed form of a compressed key, or undefined when it is no key. */
export function decompressSm2(publicKey: Uint8Array): Uint8Array | undefined {
  return decodeSm2Point(publicKey)?.toBytes(false);
}

/** Z of GM/T 0003.2 5.5: the hash that ties identity, curve and key to what is signed. */
export function zOf(hash: (data: Uint8Array) => Uint8Array, uncompressed: Uint8Array): Uint8Array {
  assert(uncompressed.length === 65, 'Z is over an uncompressed key');
  return hash(concatBytes(Z_PREFIX, uncompressed.subarray(1)));
}

/** Whether r||s are two scalars in 1 … n−1: the only form that is a signature. */
export function isSm2Signature(signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const r = bytesToNumberBE(signature.subarray(0, 32));
  const s = bytesToNumberBE(signature.subarray(32));
  return Fn.isValidNot0(r) && Fn.isValidNot0(s);
}

/** What signing needs of a secret key, worked out once. */
type Signer = {
  readonly d: bigint;
  readonly secretKey: Uint8Array;
  /** (1 + d)^-1 */
  readonly inverse: bigint;
  readonly z: Uint8Array;
};

function createSigner(parts: Sm2Parts, secretKey: Uint8Array): Signer {
  const d = decodeSecret(secretKey);
  // From the secret key, never from the pair's public key: Z must be that of the signer.
  const z = zOf(parts.hash, publicKeyOf(d).toBytes(false));
  return { d, secretKey: new Uint8Array(secretKey), inverse: Fn.inv(Fn.create(1n + d)), z };
}

function decodeSecret(secretKey: Uint8Array): bigint {
  assert(secretKey.length === SECRET_BYTES, 'an SM2 secret key has 32 bytes');
  const d = bytesToNumberBE(secretKey);
  // n−1 has no inverse of 1 + d.
  assert(d > 0n && d < SM2_ORDER - 1n, 'an SM2 secret key lies in 1 … n−2');
  return d;
}

function publicKeyOf(d: bigint): InstanceType<typeof Sm2Point> {
  return Sm2Point.BASE.multiply(d);
}

function sign(parts: Sm2Parts, signer: Signer, digest: Uint8Array): Uint8Array {
  const e = bytesToNumberBE(digest);
  const drbg = createHmacDrbg<Uint8Array>(32, 32, parts.hmac);
  // RFC 6979 3.2: seeded by the key and the digest reduced modulo the order.
  const seed = concatBytes(signer.secretKey, numberToBytesBE(Fn.create(e), 32));
  return drbg(seed, (candidate: Uint8Array) => {
    const k = bytesToNumberBE(candidate);
    if (!Fn.isValidNot0(k)) return undefined;
    const r = Fn.create(e + bytesToNumberBE(parts.multiplyBase(candidate)));
    if (r === 0n || r + k === SM2_ORDER) return undefined;
    const s = Fn.mul(signer.inverse, Fn.create(k - r * signer.d));
    if (s === 0n) return undefined;
    return concatBytes(numberToBytesBE(r, 32), numberToBytesBE(s, 32));
  });
}

function verify(
  point: InstanceType<typeof Sm2Point>,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isSm2Signature(signature)) return false;
  const r = bytesToNumberBE(signature.subarray(0, 32));
  const s = bytesToNumberBE(signature.subarray(32));
  const t = Fn.create(r + s);
  if (t === 0n) return false;
  const sum = Sm2Point.BASE.mulAddUnsafe(s, point, t);
  // The point at infinity has no x coordinate.
  if (sum.is0()) return false;
  return Fn.create(bytesToNumberBE(digest) + sum.x) === r;
}
