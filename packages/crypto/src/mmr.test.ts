import { utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import {
  leafHash,
  merkleConsistencyProof,
  merkleProofOfHashes,
  merkleRootOfHashes,
  verifyMerkleConsistency,
  verifyMerkleProofOfHash,
} from './merkle.ts';
import {
  emptyMmr,
  isMmrState,
  mmrAppendNodes,
  mmrConsistencyProof,
  mmrProof,
  mmrRoot,
  type MmrState,
  mmrStateAt,
} from './mmr.ts';
import { createSuite } from './suite.ts';

const suite = createSuite('intl');
const COUNT = 300;
const hashes = Array.from({ length: COUNT }, (_, i) => leafHash(suite, utf8(`${i}`)));
const stored = new Map<string, Uint8Array>();

function node(level: number, index: number): Uint8Array {
  const hash = stored.get(`${level}/${index}`);
  if (hash === undefined) throw new Error(`node ${level}/${index} is not stored`);
  return hash;
}

describe('merkle mountain range', () => {
  const states: MmrState[] = [emptyMmr];
  let state = emptyMmr;
  for (const hash of hashes) {
    const appended = mmrAppendNodes(suite, state, hash);
    state = appended.state;
    states.push(state);
    for (const { level, index, hash: value } of appended.nodes) {
      expect(stored.has(`${level}/${index}`)).toBe(false);
      stored.set(`${level}/${index}`, value);
    }
  }

  it('has the root of the tree over the same leaves, at every size', () => {
    states.forEach((at, count) => {
      expect(at.count).toBe(count);
      expect(isMmrState(at)).toBe(true);
      expect(mmrRoot(suite, at)).toEqual(merkleRootOfHashes(suite, hashes.slice(0, count)));
      expect(mmrStateAt(count, node)).toEqual(at);
    });
  });

  it('knows a malformed state', () => {
    const root = suite.hash(utf8(''));
    expect(isMmrState({ count: 3, peaks: [root] })).toBe(false);
    expect(isMmrState({ count: 1, peaks: [root.slice(1)] })).toBe(false);
    expect(isMmrState({ count: -1, peaks: [] })).toBe(false);
    expect(isMmrState({ count: 0.5, peaks: [root] })).toBe(false);
  });

  it('proves every leaf from stored subtrees', () => {
    for (const count of [1, 2, 3, 7, 8, 100, 255, 256, 257, 300]) {
      const root = mmrRoot(suite, states[count] ?? emptyMmr);
      for (let index = 0; index < count; index++) {
        const proof = mmrProof(suite, index, count, node);
        expect(proof).toEqual(merkleProofOfHashes(suite, hashes.slice(0, count), index));
        const claim = { leafHash: hashes[index] ?? root, index, count, root, proof };
        expect(verifyMerkleProofOfHash(suite, claim)).toBe(true);
      }
    }
    expect(() => mmrProof(suite, 8, 8, node)).toThrow();
  });

  it('proves that it extends its past', () => {
    for (const second of [1, 2, 3, 21, 64, 65, 300]) {
      const all = hashes.slice(0, second);
      const secondRoot = mmrRoot(suite, states[second] ?? emptyMmr);
      for (let first = 1; first <= second; first++) {
        const proof = mmrConsistencyProof(suite, { first, second }, node);
        expect(proof).toEqual(merkleConsistencyProof(suite, all, first));
        const firstRoot = mmrRoot(suite, states[first] ?? emptyMmr);
        const claim = { first, second, firstRoot, secondRoot, proof };
        expect(verifyMerkleConsistency(suite, claim)).toBe(true);
      }
    }
  });
});
