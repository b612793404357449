import { assert, concatBytes } from '@hanse/kit';
import { p256 } from '@noble/curves/nist.js';
import { x25519 } from '@noble/curves/ed25519.js';
import type { WeierstrassPointCons } from '@noble/curves/abstract/weierstrass.js';
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { Sm2Point } from '../sm/sm2.ts';
import { createLabeled, type Labeled } from './labeled.ts';

/** The group of a key encapsulation. `sm2` is ours, the other two are of RFC 9180. */
export type KemName = 'x25519' | 'p256' | 'sm2';

/** A raw key pair of a KEM: 32-byte secret key; 32 bytes (x25519) or uncompressed public key. */
export type KemKeyPair = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };

/** A key encapsulation mechanism, DHKEM of RFC 9180 4.1. */
export type Kem = {
  readonly id: number;
  readonly encBytes: number;
  /** DeriveKeyPair: a key pair from 32 or more secret bytes. */
  readonly deriveKeyPair: (seed: Uint8Array) => KemKeyPair;
  /** Public key of a secret key, or undefined when it is none. */
  readonly publicKeyOf: (secretKey: Uint8Array) => Uint8Array | undefined;
  /** Shared secret for a recipient, with the sender authenticated when its key is given. */
  readonly encapsulate: (args: {
    readonly recipient: Uint8Array;
    readonly ephemeral: KemKeyPair;
    readonly sender: KemKeyPair | undefined;
  }) => { readonly enc: Uint8Array; readonly sharedSecret: Uint8Array } | undefined;
  readonly decapsulate: (args: {
    readonly enc: Uint8Array;
    readonly recipient: KemKeyPair;
    readonly sender: Uint8Array | undefined;
  }) => Uint8Array | undefined;
};

type Group = {
  readonly encBytes: number;
  /** Canonical form of a public key, or undefined when it is none. */
  readonly parse: (publicKey: Uint8Array) => Uint8Array | undefined;
  readonly publicKeyOf: (secretKey: Uint8Array) => Uint8Array;
  readonly secretFrom: (labeled: Labeled, prk: Uint8Array) => Uint8Array;
  /** Throws when the result is the neutral element. */
  readonly agree: (secretKey: Uint8Array, publicKey: Uint8Array) => Uint8Array;
};

const SECRET_BYTES = 32;
const SEED_BYTES_MIN = 32;
const NONE = new Uint8Array(0);

const KEMS = {
  x25519: { id: 0x0020, group: createX25519Group() },
  p256: { id: 0x0010, group: createCurveGroup(p256.Point) },
  // Not registered: SM2 has no number in RFC 9180.
  sm2: { id: 0xff10, group: createCurveGroup(Sm2Point) },
} as const;

/** The KEM of a group over the given HMAC. */
export function createKem(name: KemName, hmac: (k: Uint8Array, d: Uint8Array) => Uint8Array): Kem {
  const { id, group } = KEMS[name];
  const suiteId = concatBytes(Uint8Array.of(0x4b, 0x45, 0x4d), Uint8Array.of(id >> 8, id & 0xff));
  const labeled = createLabeled(hmac, suiteId);
  const derive = (dh: Uint8Array, kemContext: Uint8Array): Uint8Array =>
    labeled.expand(labeled.extract(NONE, 'eae_prk', dh), 'shared_secret', kemContext, 32);
  return {
    id,
    encBytes: group.encBytes,
    deriveKeyPair(seed) {
      assert(seed.length >= SEED_BYTES_MIN, 'a KEM seed has 32 bytes at least');
      const secretKey = group.secretFrom(labeled, labeled.extract(NONE, 'dkp_prk', seed));
      return { secretKey, publicKey: group.publicKeyOf(secretKey) };
    },
    publicKeyOf: (secretKey) => attempt(() => group.publicKeyOf(secretKey)),
    encapsulate({ recipient, ephemeral, sender }) {
      const to = group.parse(recipient);
      if (to === undefined) return undefined;
      return attempt(() => {
        const enc = ephemeral.publicKey;
        const shared = group.agree(ephemeral.secretKey, to);
        if (sender === undefined)
          return { enc, sharedSecret: derive(shared, concatBytes(enc, to)) };
        const dh = concatBytes(shared, group.agree(sender.secretKey, to));
        const from = group.publicKeyOf(sender.secretKey);
        return { enc, sharedSecret: derive(dh, concatBytes(enc, to, from)) };
      });
    },
    decapsulate({ enc, recipient, sender }) {
      // Only the uncompressed form of an encapsulation is one.
      if (enc.length !== group.encBytes) return undefined;
      const ephemeral = group.parse(enc);
      const from = sender === undefined ? undefined : group.parse(sender);
      if (ephemeral === undefined || (sender !== undefined && from === undefined)) return undefined;
      return attempt(() => {
        const to = group.publicKeyOf(recipient.secretKey);
        const shared = group.agree(recipient.secretKey, ephemeral);
        if (from === undefined) return derive(shared, concatBytes(enc, to));
        const dh = concatBytes(shared, group.agree(recipient.secretKey, from));
        return derive(dh, concatBytes(enc, to, from));
      });
    },
  };
}

function createX25519Group(): Group {
  return {
    encBytes: 32,
    parse: (publicKey) => (publicKey.length === 32 ? publicKey : undefined),
    publicKeyOf: (secretKey) => x25519.getPublicKey(secretKey),
    secretFrom: (labeled, prk) => labeled.expand(prk, 'sk', NONE, SECRET_BYTES),
    agree: (secretKey, publicKey) => x25519.getSharedSecret(secretKey, publicKey),
  };
}

function createCurveGroup(point: WeierstrassPointCons<bigint>): Group {
  const scalarOf = (secretKey: Uint8Array): bigint => {
    assert(secretKey.length === SECRET_BYTES, 'a secret key of a curve has 32 bytes');
    return bytesToNumberBE(secretKey);
  };
  return {
    encBytes: 65,
    parse: (publicKey) => attempt(() => point.fromBytes(publicKey).toBytes(false)),
    publicKeyOf: (secretKey) => point.BASE.multiply(scalarOf(secretKey)).toBytes(false),
    secretFrom(labeled, prk) {
      for (let counter = 0; counter < 256; counter++) {
        const candidate = labeled.expand(prk, 'candidate', Uint8Array.of(counter), SECRET_BYTES);
        if (point.Fn.isValidNot0(bytesToNumberBE(candidate))) return candidate;
      }
      throw new RangeError('no secret key in 256 candidates');
    },
    agree: (secretKey, publicKey) =>
      numberToBytesBE(point.fromBytes(publicKey).multiply(scalarOf(secretKey)).x, 32),
  };
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
