import { describe, expect, it } from 'vitest';
import { createSuite, verifyMerkleConsistency, verifyMerkleProofOfHash } from '../src/index.ts';
import { hasVectors, listVectors, readVectors, titled } from './shared.ts';

type Hashes = { readonly proof: readonly string[] | null; readonly wantErr: boolean };
type Inclusion = Hashes & {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
};
type Consistency = Hashes & {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
};

const suite = createSuite('intl');
const FOLDER = 'merkle-rfc6962';
const bytesOf = (base64: string | null): Uint8Array =>
  new Uint8Array(Buffer.from(base64 ?? '', 'base64'));
const files = (kind: string): string[] =>
  listVectors(`${FOLDER}/${kind}`).map((name) => `${FOLDER}/${kind}/${name}`);

describe.skipIf(!hasVectors(FOLDER))(titled(FOLDER), () => {
  it('inclusion', () => {
    const names = files('inclusion');
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      const test = readVectors<Inclusion>(name);
      const valid = verifyMerkleProofOfHash(suite, {
        leafHash: bytesOf(test.leafHash),
        index: test.leafIdx,
        count: test.treeSize,
        root: bytesOf(test.root),
        proof: (test.proof ?? []).map(bytesOf),
      });
      expect(valid, name).toBe(!test.wantErr);
    }
  });

  it('consistency', () => {
    const names = files('consistency');
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      const test = readVectors<Consistency>(name);
      const valid = verifyMerkleConsistency(suite, {
        first: test.size1,
        second: test.size2,
        firstRoot: bytesOf(test.root1),
        secondRoot: bytesOf(test.root2),
        proof: (test.proof ?? []).map(bytesOf),
      });
      // One case has text for roots, which only a verifier that looks at nothing accepts.
      const areHashes = bytesOf(test.root1).length === 32 && bytesOf(test.root2).length === 32;
      expect(valid, name).toBe(!test.wantErr && areHashes);
    }
  });
});
