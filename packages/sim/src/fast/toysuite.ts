import { createSuite, type Suite } from '@hanse/crypto';
import { u64Bytes, voteSignBytes, ZERO_HASH, type ValidatorSet, type Vote } from '@hanse/model';
import { concatBytes } from '@hanse/kit';
import { hash } from 'node:crypto';

const SIGNATURE_BYTES = 64;

/**
 * The international suite with real hashes and signatures that only say who signed what: anybody could
 * forge them, and the actors of the simulator agree not to.
 */
export function createToySuite(): Suite {
  const intl = createSuite('intl');
  return {
    ...intl,
    hash: (data) => new Uint8Array(hash('sha256', data, 'buffer')),
    verify: (_alg, publicKey, message, signature) => {
      const expected = toySignature(publicKey, message);
      for (let i = 0; i < 16; i++) if (signature[i] !== expected[i]) return false;
      return signature.length === SIGNATURE_BYTES;
    },
  };
}

/** A validator set with toy keys. */
export function toySet(n: number): ValidatorSet {
  const validators = Array.from({ length: n }, (_, index) => ({
    did: `did:hanse:v${index}`,
    organisation: `did:hanse:o${index}`,
    alg: 'ed25519' as const,
    publicKey: concatBytes(u64Bytes(index + 1), u64Bytes(0x70e), u64Bytes(0), u64Bytes(index)),
  }));
  return { epoch: 0, validators };
}

/** Sign a vote with the toy key of `signer`. */
export function toyVote(
  set: ValidatorSet,
  chainId: Uint8Array,
  signer: number,
  intent: Pick<Vote, 'kind' | 'epoch' | 'view' | 'digest'>,
): Vote {
  const publicKey = set.validators[signer]?.publicKey ?? ZERO_HASH;
  return { ...intent, signer, signature: toySignature(publicKey, voteSignBytes(chainId, intent)) };
}

function toySignature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667];
  const mix = (byte: number): void => {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ (byte + (a >>> 15)), 0x85ebca6b);
    c = Math.imul(c ^ (byte + (b >>> 13)), 0xc2b2ae35);
    d = Math.imul(d ^ (byte + (c >>> 16)), 0x27d4eb2f);
  };
  for (const byte of publicKey) mix(byte);
  for (const byte of message) mix(byte);
  const out = new Uint8Array(SIGNATURE_BYTES);
  const view = new DataView(out.buffer);
  for (const [i, word] of [a, b, c, d].entries()) view.setUint32(4 * i, word >>> 0);
  return out;
}
