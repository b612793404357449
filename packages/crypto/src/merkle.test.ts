import { utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  leafHash,
  merkleConsistencyProof,
  merkleProof,
  merkleRoot,
  merkleRootOfHashes,
  nodeHash,
  verifyMerkleConsistency,
  verifyMerkleProof,
  verifyMerkleProofOfHash,
} from './merkle.ts';
import { createSuite } from './suite.ts';

const suite = createSuite('intl');
const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => utf8(`leaf ${i}`));

/** The definition of RFC 9162 2.1.1, word for word, as the oracle of the level-wise code. */
function definition(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return suite.hash(new Uint8Array(0));
  if (leaves.length === 1) return leafHash(suite, first);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(suite, definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

describe('merkle tree', () => {
  it('has the root of the definition', () => {
    for (let count = 0; count <= 70; count++) {
      const leaves = leavesOf(count);
      expect(merkleRoot(suite, leaves)).toEqual(definition(leaves));
    }
  });

  it('proves every leaf and nothing else', () => {
    for (let count = 1; count <= 40; count++) {
      const leaves = leavesOf(count);
      const root = merkleRoot(suite, leaves);
      leaves.forEach((leaf, index) => {
        const proof = merkleProof(suite, leaves, index);
        expect(verifyMerkleProof(suite, { leaf, index, count, root, proof })).toBe(true);
        for (let other = 0; other < count + 2; other++) {
          if (other === index) continue;
          const claim = { leaf, index: other, count, root, proof };
          expect(verifyMerkleProof(suite, claim)).toBe(false);
        }
      });
    }
  });

  it('refuses structured forgeries', () => {
    const leaves = leavesOf(11);
    const root = merkleRoot(suite, leaves);
    const proof = merkleProof(suite, leaves, 5);
    const [first = root, second = root] = proof;
    const claim = { leaf: utf8('leaf 5'), index: 5, count: 11, root, proof };
    expect(verifyMerkleProof(suite, claim)).toBe(true);
    const refused = [
      { ...claim, leaf: utf8('leaf 6') },
      { ...claim, root: merkleRoot(suite, leavesOf(12)) },
      { ...claim, proof: proof.slice(1) },
      { ...claim, proof: proof.slice(0, -1) },
      { ...claim, proof: [...proof, root] },
      { ...claim, proof: [second, first, ...proof.slice(2)] },
      { ...claim, proof: [first.slice(1), ...proof.slice(1)] },
      { ...claim, proof: [...proof.slice(0, -1), new Uint8Array(40)] },
      { ...claim, root: new Uint8Array(0) },
      { ...claim, index: -1 },
      { ...claim, index: 5.5 },
      { ...claim, index: Number.NaN },
      { ...claim, index: 11 },
      { ...claim, count: 2 ** 53 },
      { ...claim, count: 5 },
    ];
    for (const forged of refused) expect(verifyMerkleProof(suite, forged)).toBe(false);
    // A node of the second level offered as a leaf.
    const level = [0, 2, 4, 6].map((i) =>
      nodeHash(suite, leafHash(suite, leaves[i] ?? root), leafHash(suite, leaves[i + 1] ?? root)),
    );
    const eight = merkleRoot(suite, leaves.slice(0, 8));
    expect(merkleRootOfHashes(suite, level)).toEqual(eight);
    const node = new Uint8Array(64);
    node.set(leafHash(suite, leaves[0] ?? root));
    node.set(leafHash(suite, leaves[1] ?? root), 32);
    const nodeProof = merkleProof(suite, leaves.slice(0, 8), 0).slice(1);
    expect(
      verifyMerkleProof(suite, { leaf: node, index: 0, count: 4, root: eight, proof: nodeProof }),
    ).toBe(false);
  });

  it('checks huge counts without losing bits', () => {
    const hash = leafHash(suite, utf8('x'));
    let root = hash;
    const proof = Array.from({ length: 53 }, (_, i) => suite.hash(utf8(`sibling ${i}`)));
    for (const sibling of proof) root = nodeHash(suite, sibling, root);
    const index = 2 ** 53 - 1;
    // The last leaf of 2^53 − 1 leaves has another depth; the claim must not pass by rounding.
    expect(
      verifyMerkleProofOfHash(suite, {
        leafHash: hash,
        index: index - 1,
        count: index,
        root,
        proof,
      }),
    ).toBe(false);
    const shorter = proof.slice(0, 52);
    let root52 = hash;
    for (const sibling of shorter) root52 = nodeHash(suite, sibling, root52);
    const claim = { leafHash: hash, index: 2 ** 52 - 1, count: 2 ** 52, root: root52 };
    expect(verifyMerkleProofOfHash(suite, { ...claim, proof: shorter })).toBe(true);
  });

  it('proves that a longer tree extends a shorter one', () => {
    const all = leavesOf(34).map((leaf) => leafHash(suite, leaf));
    for (let second = 1; second <= all.length; second++) {
      const hashes = all.slice(0, second);
      const secondRoot = merkleRootOfHashes(suite, hashes);
      for (let first = 1; first <= second; first++) {
        const firstRoot = merkleRootOfHashes(suite, all.slice(0, first));
        const proof = merkleConsistencyProof(suite, hashes, first);
        const claim = { first, second, firstRoot, secondRoot, proof };
        expect(verifyMerkleConsistency(suite, claim)).toBe(true);
        expect(verifyMerkleConsistency(suite, { ...claim, proof: [...proof, firstRoot] })).toBe(
          false,
        );
        if (first === second) continue;
        expect(verifyMerkleConsistency(suite, { ...claim, first: first + 1 })).toBe(false);
        expect(verifyMerkleConsistency(suite, { ...claim, firstRoot: secondRoot })).toBe(false);
        expect(verifyMerkleConsistency(suite, { ...claim, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  it('refuses every random proof', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        hash,
        hash,
        fc.array(hash, { maxLength: 8 }),
        fc.nat(40),
        fc.nat(40),
        (...args) => {
          const [root, leaf, proof, index, count] = args;
          expect(verifyMerkleProof(suite, { leaf, root, proof, index, count })).toBe(false);
        },
      ),
    );
  });
});
