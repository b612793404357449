import { assert, concatBytes, utf8 } from '@hanse/kit';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { createAesGcm } from '../intl/aes.ts';
import { HASH_BYTES, NONCE_BYTES, TAG_BYTES } from '../slots.ts';
import type { Suite } from '../suite.ts';
import { createKem, type Kem, type KemKeyPair, type KemName } from './kem.ts';
import { createLabeled, type Labeled } from './labeled.ts';

/** The cipher of an HPKE suite: the chain suite's own, or another one of RFC 9180. */
export type HpkeAead = 'own' | 'aes-128-gcm' | 'chacha20-poly1305';

/** Keys of one sender and one recipient; message `seq` is sealed under base nonce XOR seq. */
export type HpkeContext = {
  readonly key: Uint8Array;
  readonly baseNonce: Uint8Array;
  readonly exporterSecret: Uint8Array;
};

type Message = {
  readonly context: HpkeContext;
  /** Number of the message, from 0. Never seal two messages under one number. */
  readonly seq: number;
  readonly aad: Uint8Array;
};

/** Hybrid public key encryption (RFC 9180), base mode and, with a sender's key, auth mode. */
export type Hpke = {
  readonly kem: Kem;
  readonly kdfId: number;
  readonly aeadId: number;
  /** Start of a sender; undefined when the recipient's key is none. `seed`: 32 fresh random bytes. */
  readonly send: (args: {
    readonly recipient: Uint8Array;
    readonly seed: Uint8Array;
    readonly info: Uint8Array;
    readonly sender?: KemKeyPair;
  }) => { readonly enc: Uint8Array; readonly context: HpkeContext } | undefined;
  /** Start of a recipient; undefined when the encapsulation or the sender's key is none. */
  readonly receive: (args: {
    readonly enc: Uint8Array;
    readonly recipient: KemKeyPair;
    readonly info: Uint8Array;
    readonly sender?: Uint8Array;
  }) => HpkeContext | undefined;
  readonly seal: (message: Message, plaintext: Uint8Array) => Uint8Array;
  /** The plaintext, or undefined for anything not sealed so. */
  readonly open: (message: Message, sealed: Uint8Array) => Uint8Array | undefined;
  /** A further secret of both sides, separate for every `exporterContext`. */
  readonly exportSecret: (
    context: HpkeContext,
    exporterContext: Uint8Array,
    lengthBytes: number,
  ) => Uint8Array;
};

const MODE_BASE = 0;
const MODE_AUTH = 2;
const NONE = new Uint8Array(0);

/** KDF: HKDF-SHA256 of RFC 9180, or HKDF-SM3 under a number of our own. */
const KDF_IDS = { intl: 0x0001, sm: 0xff01 } as const;
/** The suites' own ciphers: AES-256-GCM of RFC 9180, or SM4-GCM under a number of our own. */
const OWN_AEAD_IDS = { intl: 0x0002, sm: 0xff01 } as const;

/**
 * HPKE over a chain suite's hash. The default of a suite is X25519, HKDF-SHA256, AES-256-GCM for
 * `intl` and SM2, HKDF-SM3, SM4-GCM for `sm`.
 */
export function createHpke(
  suite: Suite,
  choice: { readonly kem: KemName; readonly aead: HpkeAead } = {
    kem: suite.id === 'intl' ? 'x25519' : 'sm2',
    aead: 'own',
  },
): Hpke {
  const kem = createKem(choice.kem, suite.hmac);
  const cipher = cipherOf(suite, choice.aead);
  const kdfId = KDF_IDS[suite.id];
  const numbers = [kem.id, kdfId, cipher.id].flatMap((id) => [id >> 8, id & 0xff]);
  const labeled = createLabeled(suite.hmac, concatBytes(utf8('HPKE'), Uint8Array.from(numbers)));
  const schedule = (mode: number, sharedSecret: Uint8Array, info: Uint8Array): HpkeContext =>
    keySchedule(labeled, { mode, sharedSecret, info, keyBytes: cipher.keyBytes });
  return {
    kem,
    kdfId,
    aeadId: cipher.id,
    send({ recipient, seed, info, sender }) {
      const ephemeral = kem.deriveKeyPair(seed);
      const encapsulated = kem.encapsulate({ recipient, ephemeral, sender });
      if (encapsulated === undefined) return undefined;
      const mode = sender === undefined ? MODE_BASE : MODE_AUTH;
      return {
        enc: encapsulated.enc,
        context: schedule(mode, encapsulated.sharedSecret, info),
      };
    },
    receive({ enc, recipient, info, sender }) {
      const sharedSecret = kem.decapsulate({ enc, recipient, sender });
      if (sharedSecret === undefined) return undefined;
      return schedule(sender === undefined ? MODE_BASE : MODE_AUTH, sharedSecret, info);
    },
    seal: ({ context, seq, aad }, plaintext) =>
      cipher.seal(context.key, nonceAt(context, seq), aad, plaintext),
    open: ({ context, seq, aad }, sealed) =>
      cipher.open(context.key, nonceAt(context, seq), aad, sealed),
    exportSecret: (context, exporterContext, lengthBytes) =>
      labeled.expand(context.exporterSecret, 'sec', exporterContext, lengthBytes),
  };
}

function keySchedule(
  labeled: Labeled,
  args: {
    readonly mode: number;
    readonly sharedSecret: Uint8Array;
    readonly info: Uint8Array;
    readonly keyBytes: number;
  },
): HpkeContext {
  const context = concatBytes(
    Uint8Array.of(args.mode),
    labeled.extract(NONE, 'psk_id_hash', NONE),
    labeled.extract(NONE, 'info_hash', args.info),
  );
  const secret = labeled.extract(args.sharedSecret, 'secret', NONE);
  return {
    key: labeled.expand(secret, 'key', context, args.keyBytes),
    baseNonce: labeled.expand(secret, 'base_nonce', context, NONCE_BYTES),
    exporterSecret: labeled.expand(secret, 'exp', context, HASH_BYTES),
  };
}

function nonceAt(context: HpkeContext, seq: number): Uint8Array {
  assert(Number.isSafeInteger(seq) && seq >= 0, 'a message has a number from 0 to 2^53');
  const nonce = new Uint8Array(context.baseNonce);
  let rest = seq;
  for (let i = nonce.length - 1; rest > 0; i--) {
    nonce[i] = (nonce[i] ?? 0) ^ (rest % 256);
    rest = Math.floor(rest / 256);
  }
  return nonce;
}

type HpkeCipher = Pick<Suite, 'seal' | 'open'> & {
  readonly id: number;
  readonly keyBytes: number;
};

function cipherOf(suite: Suite, aead: HpkeAead): HpkeCipher {
  switch (aead) {
    case 'own':
      return {
        id: OWN_AEAD_IDS[suite.id],
        keyBytes: suite.aeadKeyBytes,
        seal: suite.seal,
        open: suite.open,
      };
    case 'aes-128-gcm':
      return { id: 0x0001, ...createAesGcm(16) };
    case 'chacha20-poly1305':
      return { id: 0x0003, keyBytes: 32, seal: sealChaCha, open: openChaCha };
  }
}

function sealChaCha(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  return chacha20poly1305(key, nonce, aad).encrypt(plaintext);
}

function openChaCha(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  try {
    return chacha20poly1305(key, nonce, aad).decrypt(sealed);
  } catch {
    return undefined;
  }
}
