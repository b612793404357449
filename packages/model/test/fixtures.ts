import { createSuite, type KeyPair, type Suite } from '@hanse/crypto';
import { utf8 } from '@hanse/kit';
import {
  PROTOCOL_VERSION,
  sealTx,
  voteSignBytes,
  ZERO_HASH,
  type Certificate,
  type Header,
  type Sealed,
  type Tx,
  type ValidatorSet,
  type Vote,
  type VoteKind,
} from '../src/index.ts';

export const suite: Suite = createSuite('intl');
export const chainId: Uint8Array = suite.hash(utf8('chain'));
export const otherChainId: Uint8Array = suite.hash(utf8('other chain'));

export function keyOf(index: number): KeyPair {
  return suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(index + 1));
}

export function setOf(count: number, epoch = 0): ValidatorSet {
  return {
    epoch,
    validators: Array.from({ length: count }, (_, index) => ({
      did: `did:hanse:test:${index}`,
      organisation: `did:hanse:test:org${index}`,
      alg: 'ed25519' as const,
      publicKey: keyOf(index).publicKey,
    })),
  };
}

export function voteOf(
  signer: number,
  over: Partial<Vote> & { chainId?: Uint8Array; key?: KeyPair } = {},
): Vote {
  const { chainId: chain = chainId, key = keyOf(signer), ...rest } = over;
  const what = {
    kind: 'finalize' as VoteKind,
    epoch: 0,
    view: 5,
    digest: suite.hash(utf8('block')),
    ...rest,
  };
  return { signer, signature: suite.sign(key, voteSignBytes(chain, what)), ...what };
}

export function certificateOf(
  signers: readonly number[],
  over: Partial<Vote> & { chainId?: Uint8Array } = {},
): Certificate {
  const votes = signers.map((signer) => voteOf(signer, over));
  const { kind, epoch, view, digest } = votes[0] ?? voteOf(0, over);
  return {
    kind,
    epoch,
    view,
    digest,
    votes: votes.map(({ signer, signature }) => ({ signer, signature })),
  };
}

export function headerOf(over: Partial<Header> = {}): Omit<Header, 'payloadRoot'> {
  return {
    protocolVersion: PROTOCOL_VERSION,
    engineVersion: 1,
    chainId,
    epoch: 0,
    view: 5,
    height: 4,
    parentView: 3,
    parentDigest: suite.hash(utf8('parent')),
    time: 1_000,
    proposer: 2,
    executed: {
      height: 2,
      stateRoot: suite.hash(utf8('state')),
      historyRoot: suite.hash(utf8('history')),
    },
    outboxRoot: ZERO_HASH,
    justRoot: ZERO_HASH,
    nextSetHash: ZERO_HASH,
    ...over,
  };
}

export function txOf(over: Partial<Tx> = {}): Sealed<Tx> {
  return sealTx(suite, {
    protocolVersion: PROTOCOL_VERSION,
    chainId,
    salt: new Uint8Array(16).fill(3),
    validUntil: 5_000,
    gasLimit: 1_000,
    signers: [{ did: 'did:hanse:test:a', kid: 'main' }],
    calls: [{ contract: 'evidence', method: 'deposit', args: Uint8Array.of(1, 2, 3) }],
    ...over,
  });
}

/** The bytes with one of them changed. */
export function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  return bytes.map((byte, i) => (i === (at + bytes.length) % bytes.length ? byte ^ mask : byte));
}
