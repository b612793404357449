import { assert, equalBytes, fromHex, HanseError, must } from '@hanse/kit';
import type { OPRF } from '@noble/curves/abstract/oprf.js';
import { ristretto255, ristretto255_oprf } from '@noble/curves/ed25519.js';
import { p256, p256_oprf } from '@noble/curves/nist.js';

/** The cipher suites of RFC 9497 that are here, by their registered names. */
export type VoprfName = 'ristretto255-SHA512' | 'P256-SHA256';

/** Key of the party that evaluates. The public key is an element of the group. */
export type VoprfKeyPair = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };

/** A blinded input: `element` is sent, the rest stays with the client. */
export type BlindedInput = {
  readonly input: Uint8Array;
  readonly blind: Uint8Array;
  readonly element: Uint8Array;
};

/** Evaluated elements in the order of the request, and one proof for all of them. */
export type VoprfAnswer = {
  readonly evaluated: readonly Uint8Array[];
  readonly proof: Uint8Array;
};

/**
 * A verifiable oblivious pseudorandom function, mode 0x01 of RFC 9497: the client learns F(key, input) and
 * that the published key was used; the holder of the key learns neither input nor output.
 */
export type Voprf = {
  readonly name: VoprfName;
  readonly elementBytes: number;
  readonly proofBytes: 64;
  readonly outputBytes: 32 | 64;
  /** DeriveKeyPair of RFC 9497 3.2.1: a key pair from 32 secret bytes. */
  readonly deriveKeyPair: (seed: Uint8Array, info: Uint8Array) => VoprfKeyPair;
  /** Key pair of a stored secret key, or undefined when it is none. */
  readonly keyPairFromSecret: (secretKey: Uint8Array) => VoprfKeyPair | undefined;
  /** Whether bytes are an element other than the neutral one: a public key or a blinded input. */
  readonly isElement: (bytes: Uint8Array) => boolean;
  /** Blind an input of at most 65,535 bytes. `random`: `VOPRF_RANDOM_BYTES` fresh bytes for this input alone. */
  readonly blind: (input: Uint8Array, random: Uint8Array) => BlindedInput;
  /**
   * Evaluate blinded elements with a proof, or undefined when one is no element. `random`:
   * `VOPRF_RANDOM_BYTES` fresh bytes; the same ones for two answers reveal the secret key.
   */
  readonly blindEvaluate: (
    key: VoprfKeyPair,
    elements: readonly Uint8Array[],
    random: Uint8Array,
  ) => VoprfAnswer | undefined;
  /** Outputs in order, or undefined when the proof does not hold for the public key. Never throws. */
  readonly finalize: (
    inputs: readonly BlindedInput[],
    publicKey: Uint8Array,
    answer: VoprfAnswer,
  ) => readonly Uint8Array[] | undefined;
};

/** Random bytes that a blind or a proof takes: half again as many as a scalar, so that no bias is left. */
export const VOPRF_RANDOM_BYTES = 48;

const SEED_BYTES = 32;
const PROOF_BYTES = 64;
const INPUT_BYTES_MAX = 65_535;
const BATCH_MAX = 65_535;

type Parts = {
  readonly oprf: OPRF;
  readonly elementBytes: number;
  readonly outputBytes: 32 | 64;
  /** Public key of a secret key. Throws on one that is none. */
  readonly publicKeyOf: (secretKey: Uint8Array) => Uint8Array;
  /** Whether bytes are the neutral element. Throws on bytes that are no element. */
  readonly isNeutral: (bytes: Uint8Array) => boolean;
};

const PARTS: Readonly<Record<VoprfName, Parts>> = {
  'ristretto255-SHA512': {
    oprf: ristretto255_oprf,
    elementBytes: 32,
    outputBytes: 64,
    publicKeyOf: (secretKey) => {
      const { BASE, Fn } = ristretto255.Point;
      return BASE.multiply(Fn.fromBytes(secretKey)).toBytes();
    },
    isNeutral: (bytes) => ristretto255.Point.fromBytes(bytes).equals(ristretto255.Point.ZERO),
  },
  'P256-SHA256': {
    oprf: p256_oprf,
    elementBytes: 33,
    outputBytes: 32,
    publicKeyOf: (secretKey) => {
      const { BASE, Fn } = p256.Point;
      return BASE.multiply(Fn.fromBytes(secretKey)).toBytes(true);
    },
    isNeutral: (bytes) => p256.Point.fromBytes(bytes).equals(p256.Point.ZERO),
  },
};

/**
 * The function of a cipher suite. It has no slot: a client and the holder of a key meet over the wire, and no
 * validator computes it.
 *
 * @example const voprf = createVoprf('ristretto255-SHA512');
 */
export function createVoprf(name: VoprfName): Voprf {
  const { oprf, elementBytes, outputBytes, publicKeyOf, isNeutral } = PARTS[name];
  const { voprf } = oprf;
  // Compressed form only: the library would take others for P-256, too.
  const isSized = (bytes: Uint8Array): boolean => bytes.length === elementBytes;
  return {
    name,
    elementBytes,
    proofBytes: PROOF_BYTES,
    outputBytes,
    deriveKeyPair(seed, info) {
      assert(seed.length === SEED_BYTES, 'a key seed has 32 bytes');
      return voprf.deriveKeyPair(seed, info);
    },
    keyPairFromSecret: (secretKey) =>
      attempt(() => ({ secretKey: secretKey.slice(), publicKey: publicKeyOf(secretKey) })),
    isElement: (bytes) => isSized(bytes) && attempt(() => isNeutral(bytes)) === false,
    blind(input, random) {
      assert(input.length <= INPUT_BYTES_MAX, 'an input has 65,535 bytes at most');
      const { blind, blinded } = voprf.blind(input, once(random));
      return { input: input.slice(), blind, element: blinded };
    },
    blindEvaluate(key, elements, random) {
      const rng = once(random);
      if (!isBatch(elements) || !elements.every(isSized)) return undefined;
      return attempt(() =>
        voprf.blindEvaluateBatch(key.secretKey, key.publicKey, [...elements], rng),
      );
    },
    finalize(inputs, publicKey, { evaluated, proof }) {
      const isFormed =
        isBatch(inputs) &&
        evaluated.length === inputs.length &&
        evaluated.every(isSized) &&
        isSized(publicKey) &&
        proof.length === PROOF_BYTES;
      if (!isFormed) return undefined;
      const items = inputs.map(({ input, blind, element }, i) => ({
        input,
        blind,
        blinded: element,
        evaluated: must(evaluated[i], 'as many evaluated elements as inputs'),
      }));
      return attempt(() => voprf.finalizeBatch(items, publicKey, proof));
    },
  };
}

function isBatch(list: readonly unknown[]): boolean {
  return list.length > 0 && list.length <= BATCH_MAX;
}

/** A source that gives the caller's bytes and no others. */
function once(random: Uint8Array): (sizeBytes?: number) => Uint8Array<ArrayBuffer> {
  assert(random.length === VOPRF_RANDOM_BYTES, 'a blind or proof takes 48 random bytes');
  let isTaken = false;
  return (sizeBytes) => {
    assert(sizeBytes === VOPRF_RANDOM_BYTES && !isTaken, 'one scalar is drawn');
    isTaken = true;
    return Uint8Array.from(random);
  };
}

/** The library throws on what does not decode and on a proof that does not hold. */
function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

// RFC 9497 A.1.2 and A.3.2, test vector 1: key, blinded element of the input 00 and its output.
const ANSWERS: Readonly<
  Record<VoprfName, Readonly<Record<'key' | 'blind' | 'blinded' | 'evaluated' | 'output', string>>>
> = {
  'ristretto255-SHA512': {
    key: 'e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909',
    blind: '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706',
    blinded: '863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945',
    evaluated: 'aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e',
    output:
      'b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c',
  },
  'P256-SHA256': {
    key: 'ca5d94c8807817669a51b196c34c1b7f8442fde4334a7121ae4736364312fca6',
    blind: '3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364',
    blinded: '02dd05901038bb31a6fae01828fd8d0e49e35a486b5c5d4b4994013648c01277da',
    evaluated: '0209f33cab60cf8fe69239b0afbcfcd261af4c1c5632624f2e9ba29b90ae83e4a2',
    output: '0412e8f78b02c415ab3a288e228978376f99927767ff37c5718d420010a645a1',
  },
};

/** Known-answer test; run it before a key is used. Throws `CryptoSelfTestFailed` on a wrong answer. */
export function selfTestVoprf(voprf: Voprf): void {
  const { key, blind, blinded, evaluated, output } = ANSWERS[voprf.name];
  const expect = (condition: boolean): void => {
    if (!condition) throw new HanseError('CryptoSelfTestFailed', { algorithm: voprf.name });
  };
  const pair = voprf.keyPairFromSecret(hex(key));
  const random = new Uint8Array(VOPRF_RANDOM_BYTES).fill(1);
  const answer = pair && voprf.blindEvaluate(pair, [hex(blinded)], random);
  expect(answer?.evaluated[0] !== undefined && equalBytes(answer.evaluated[0], hex(evaluated)));
  if (pair === undefined || answer === undefined) return;
  const asked = { input: Uint8Array.of(0), blind: hex(blind), element: hex(blinded) };
  const outputs = voprf.finalize([asked], pair.publicKey, answer);
  expect(outputs?.[0] !== undefined && equalBytes(outputs[0], hex(output)));
  const proof = answer.proof.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
  expect(voprf.finalize([asked], pair.publicKey, { ...answer, proof }) === undefined);
}

function hex(text: string): Uint8Array {
  return must(fromHex(text), 'known answers are written in hexadecimal');
}
