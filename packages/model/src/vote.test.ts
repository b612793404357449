import { concatBytes, utf8 } from '@hanse/kit';
import { describe, expect, test } from 'vitest';
import {
  certificateOf,
  chainId,
  flipped,
  keyOf,
  otherChainId,
  setOf,
  suite,
  voteOf,
} from '../test/fixtures.ts';
import {
  certificateError,
  faultsOf,
  justRoot,
  quorumOf,
  validatorSetHash,
  verifyVote,
  voteSignBytes,
  ZERO_HASH,
} from './index.ts';

const set = setOf(4);

describe('a vote', () => {
  test('of each kind verifies for its validator', () => {
    expect(verifyVote(suite, chainId, set, voteOf(1))).toBe(true);
    expect(verifyVote(suite, chainId, set, voteOf(2, { kind: 'notarize' }))).toBe(true);
    expect(verifyVote(suite, chainId, set, voteOf(3, { kind: 'nullify', digest: ZERO_HASH }))).toBe(
      true,
    );
  });

  test('signs domain, chain, epoch, kind, view and digest, each in a place of its own', () => {
    const bytes = voteSignBytes(chainId, {
      kind: 'finalize',
      epoch: 258,
      view: 3,
      digest: suite.hash(utf8('d')),
    });
    const expected = concatBytes(
      utf8('CSX1'),
      chainId,
      Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2),
      Uint8Array.of(3),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3),
      suite.hash(utf8('d')),
    );
    expect(bytes).toEqual(expected);
    const kinds = (['notarize', 'nullify', 'finalize'] as const).map(
      (kind) => voteSignBytes(chainId, { kind, epoch: 0, view: 0, digest: ZERO_HASH })[44],
    );
    expect(kinds).toEqual([1, 2, 3]);
    expect(() =>
      voteSignBytes(chainId, { kind: 'notarize', epoch: 0, view: 0, digest: new Uint8Array(31) }),
    ).toThrow(/digest/);
  });

  test.each([
    ['another chain', voteOf(1, { chainId: otherChainId })],
    ['another epoch', voteOf(1, { epoch: 1 })],
    ['no validator', voteOf(4)],
    ['another validator', { ...voteOf(1), signer: 2 }],
    ['another key', voteOf(1, { key: keyOf(9) })],
    ['another kind', { ...voteOf(1), kind: 'notarize' as const }],
    ['another view', { ...voteOf(1), view: 6 }],
    ['another block', { ...voteOf(1), digest: ZERO_HASH }],
    ['a changed signature', { ...voteOf(1), signature: flipped(voteOf(1).signature, 3) }],
    ['a nullification that names a block', voteOf(1, { kind: 'nullify' })],
  ])('of %s does not', (_, vote) => {
    expect(verifyVote(suite, chainId, set, vote)).toBe(false);
  });
});

describe('a certificate', () => {
  test('holds with a quorum or more', () => {
    expect(certificateError(suite, chainId, set, certificateOf([0, 1, 3]))).toBeUndefined();
    expect(certificateError(suite, chainId, set, certificateOf([0, 1, 2, 3]))).toBeUndefined();
    expect(
      certificateError(
        suite,
        chainId,
        set,
        certificateOf([1, 2, 3], { kind: 'nullify', digest: ZERO_HASH }),
      ),
    ).toBeUndefined();
  });

  const good = certificateOf([0, 1, 2]);
  const [first, second, third] = good.votes;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('three votes');

  test.each([
    ['too few votes', certificateOf([0, 1]), /2 votes, 3 needed/],
    ['a signer twice', { ...good, votes: [first, second, second] }, /ascending/],
    ['signers out of order', { ...good, votes: [second, first, third] }, /ascending/],
    ['a signer beyond the set', certificateOf([0, 1, 4]), /validator 4/],
    [
      'the signature of another signer',
      { ...good, votes: [first, second, { signer: 3, signature: third.signature }] },
      /validator 3/,
    ],
    [
      'one signature changed',
      { ...good, votes: [first, { ...second, signature: flipped(second.signature, 7) }, third] },
      /validator 1/,
    ],
    ['another chain', certificateOf([0, 1, 2], { chainId: otherChainId }), /validator 0/],
    ['another epoch', certificateOf([0, 1, 2], { epoch: 1 }), /epoch 1/],
    ['another view than was voted for', { ...good, view: 6 }, /validator 0/],
    ['another block than was voted for', { ...good, digest: ZERO_HASH }, /validator 0/],
    ['another kind than was voted for', { ...good, kind: 'notarize' as const }, /validator 0/],
    [
      'a nullification that names a block',
      certificateOf([0, 1, 2], { kind: 'nullify' }),
      /validator 0/,
    ],
  ])('with %s does not', (_, certificate, reason) => {
    expect(certificateError(suite, chainId, set, certificate)).toMatch(reason);
  });

  test('of a smaller set does not hold in a larger one', () => {
    expect(certificateError(suite, chainId, setOf(7), good)).toMatch(/5 needed/);
  });
});

test('any two quorums share a correct validator, for every size of a set', () => {
  for (let n = 1; n <= 200; n++) {
    const f = faultsOf(n);
    const q = quorumOf(n);
    expect(3 * f + 1).toBeLessThanOrEqual(n);
    expect(3 * (f + 1) + 1).toBeGreaterThan(n);
    // Two sets of q out of n share at least 2q - n.
    expect(2 * q - n).toBeGreaterThanOrEqual(f + 1);
    // The correct ones alone can make a quorum.
    expect(n - f).toBeGreaterThanOrEqual(q);
  }
  expect([1, 3, 4, 6, 7, 10, 100].map(quorumOf)).toEqual([1, 3, 3, 5, 5, 7, 67]);
});

describe('the root over what justifies a block', () => {
  const parent = certificateOf([0, 1, 2], { kind: 'notarize' });
  const skip = (view: number): ReturnType<typeof certificateOf> =>
    certificateOf([0, 1, 2], { kind: 'nullify', view, digest: ZERO_HASH });

  test('depends on kind, epoch, view, block and order, and not on who signed', () => {
    const roots = [
      justRoot(suite, undefined, []),
      justRoot(suite, parent, []),
      justRoot(suite, parent, [skip(6)]),
      justRoot(suite, parent, [skip(6), skip(7)]),
      justRoot(suite, parent, [skip(7), skip(6)]),
      justRoot(suite, { ...parent, view: 4 }, []),
      justRoot(suite, { ...parent, epoch: 1 }, []),
      justRoot(suite, { ...parent, kind: 'finalize' }, []),
      justRoot(suite, { ...parent, digest: ZERO_HASH }, []),
      justRoot(suite, undefined, [skip(6)]),
    ].map((root) => root.join());
    expect(new Set(roots).size).toBe(roots.length);
    expect(justRoot(suite, certificateOf([1, 2, 3], { kind: 'notarize' }), [skip(6)]).join()).toBe(
      roots[2],
    );
  });
});

test('the hash of a validator set depends on epoch, order, names and keys', () => {
  const [a, b, ...rest] = set.validators;
  if (a === undefined || b === undefined) throw new Error('four validators');
  const sets = [
    set,
    setOf(4, 1),
    setOf(3),
    { epoch: 0, validators: [b, a, ...rest] },
    { epoch: 0, validators: [{ ...a, did: 'did:hanse:test:z' }, b, ...rest] },
    { epoch: 0, validators: [{ ...a, organisation: 'did:hanse:test:z' }, b, ...rest] },
    { epoch: 0, validators: [{ ...a, publicKey: b.publicKey }, b, ...rest] },
    { epoch: 0, validators: [{ ...a, alg: 'p256' as const }, b, ...rest] },
  ];
  expect(new Set(sets.map((one) => validatorSetHash(suite, one).join())).size).toBe(sets.length);
});
