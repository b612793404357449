import { decode, encode } from '@hanse/codec';
import { leafHash, nodeHash } from '@hanse/crypto';
import { compareBytes, concatBytes, utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flipped, suite } from '../test/fixtures.ts';
import { NaiveState } from '../test/naive-state.ts';
import {
  bucketHash,
  bucketPlace,
  entryLeaf,
  keyHash,
  leadingBits,
  recordProofSchema,
  stateRootOf,
  treeShapeSchema,
  valueHash,
  verifyRecordProof,
  ZERO_HASH,
  type EntryProof,
  type RecordProof,
  type TreeShape,
} from './index.ts';

const holds = (state: NaiveState, proof: RecordProof): boolean =>
  verifyRecordProof(suite, state.root, proof);

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('absent');
  return value;
}

const keys = Array.from({ length: 40 }, (_, i) => `record ${i}`);
const recordsOf = (names: readonly string[]): ReadonlyMap<string, Uint8Array> =>
  new Map(names.map((name) => [name, utf8(`value of ${name}`)]));

describe('the naive tree', () => {
  test.each([
    [0, 0],
    [0, 1],
    [2, 0],
    [2, 3],
    [3, 5],
    [3, 8],
  ])('of depth %d and split %d proves every record and every gap', (depth, split) => {
    const state = new NaiveState(suite, recordsOf(keys), depth, split);
    for (const key of keys) expect(holds(state, state.prove(key))).toBe(true);
    for (let i = 0; i < 60; i++) {
      const proof = state.prove(`absent ${i}`);
      expect(proof.value).toBeUndefined();
      expect(holds(state, proof)).toBe(true);
    }
  });

  test('proves absence from an empty state and an empty bucket', () => {
    const empty = new NaiveState(suite, new Map(), 3, 2);
    expect(empty.prove('x')).toMatchObject({ entries: 0, neighbours: [] });
    expect(holds(empty, empty.prove('x'))).toBe(true);
  });

  test('agrees for random contents and shapes', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ maxLength: 8, unit: 'grapheme-ascii' }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 4 }),
        fc.nat(),
        (names, depth, split) => {
          const state = new NaiveState(suite, recordsOf(names), depth, split % (2 ** depth + 1));
          for (const name of [...names, 'another', 'more']) {
            const proof = state.prove(name);
            expect(holds(state, proof)).toBe(true);
            expect(decode(recordProofSchema, encode(recordProofSchema, proof))).toEqual({
              ok: true,
              value: proof,
            });
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('the deepest tree', () => {
  /** One record; all other buckets are empty, and so are the nodes above them. */
  function proofIn(shape: TreeShape): { readonly root: Uint8Array; readonly proof: RecordProof } {
    const [key, value] = [utf8('k'), utf8('v')];
    const entry = [keyHash(suite, key), valueHash(suite, value)] as const;
    const { index, level } = bucketPlace(shape, entry[0]);
    const siblings: Uint8Array[] = [];
    let empty: Uint8Array = ZERO_HASH;
    let node = bucketHash(suite, [entry]);
    for (let up = 0; up < level; up++) {
      siblings.push(empty);
      const isLeft = Math.floor(index / 2 ** up) % 2 === 0;
      node = suite.hash(isLeft ? concatBytes(node, empty) : concatBytes(empty, node));
      empty = suite.hash(concatBytes(empty, empty));
    }
    const neighbours = [{ index: 0, keyHash: entry[0], valueHash: entry[1], path: [] }];
    return {
      root: stateRootOf(suite, shape, node),
      proof: { key, value, shape, entries: 1, neighbours, siblings },
    };
  }

  test.each([
    [30, 0, 30],
    [30, 2 ** 30, 31],
  ])('of depth %d and split %d proves by %d siblings', (depth, split, level) => {
    const { root, proof } = proofIn({ depth, split, records: 1 });
    expect(proof.siblings).toHaveLength(level);
    const decoded = decode(recordProofSchema, encode(recordProofSchema, proof));
    expect(decoded.ok && verifyRecordProof(suite, root, decoded.value)).toBe(true);
  });
});

describe('a forged proof', () => {
  const state = new NaiveState(suite, recordsOf(keys), 2, 3);
  const other = new NaiveState(suite, recordsOf([...keys.slice(1), 'new']), 2, 3);
  const proof = state.prove('record 7');
  const entry = must(proof.neighbours[0]);
  const gap = must(
    Array.from({ length: 200 }, (_, i) => state.prove(`gap ${i}`)).find(
      (one) => one.neighbours.length === 2,
    ),
  );
  const [before, after] = gap.neighbours as [EntryProof, EntryProof];
  // The gap that is claimed where a record is: one true neighbour, one that is made up to fit.
  const proofs = keys.map((key) => state.prove(key));
  const middle = must(
    proofs.find(({ neighbours: [one], entries }) => {
      const last = one?.keyHash[31] ?? 0;
      return (
        one !== undefined && one.index > 0 && one.index < entries - 1 && last > 0 && last < 255
      );
    }),
  );
  const held = must(middle.neighbours[0]);
  const nextTo = (offset: number): EntryProof =>
    must(
      proofs.find(
        ({ neighbours: [one], siblings }) =>
          one?.index === held.index + offset && siblings.join() === middle.siblings.join(),
      )?.neighbours[0],
    );
  const madeUp = (offset: number): EntryProof => ({
    ...held,
    keyHash: held.keyHash.map((byte, i) => (i === 31 ? byte + offset : byte)),
  });
  const gapAt = (...neighbours: readonly EntryProof[]): RecordProof => ({
    ...middle,
    value: undefined,
    neighbours,
  });
  const leaf = leafHash(suite, entryLeaf(entry.keyHash, entry.valueHash));
  const swap = <T>([a, b]: readonly [T, T]): readonly [T, T] => [b, a];

  const forgeries: Readonly<Record<string, RecordProof>> = {
    'of another value': { ...proof, value: utf8('value of record 8') },
    'of an empty value': { ...proof, value: new Uint8Array(0) },
    'of another key': { ...proof, key: utf8('record 8') },
    'of absence of a record that is there': { ...proof, value: undefined },
    'of presence by the neighbours of a gap': { ...gap, value: utf8('value') },
    'of presence without an entry': { ...proof, neighbours: [] },
    'of presence with two entries': { ...proof, neighbours: [entry, entry] },
    'from another state': other.prove('record 7'),
    'with another depth': { ...proof, shape: { ...proof.shape, depth: 3 } },
    'with depth beyond any tree': { ...proof, shape: { ...proof.shape, depth: 31 } },
    'with another split': { ...proof, shape: { ...proof.shape, split: 4 } },
    'with a split beyond its depth': { ...proof, shape: { ...proof.shape, split: 5 } },
    'with another number of records': { ...proof, shape: { ...proof.shape, records: 41 } },
    'with more entries': { ...proof, entries: proof.entries + 1 },
    'with fewer entries': { ...proof, entries: proof.entries - 1 },
    'with no entries': { ...proof, entries: 0 },
    'with no entries and no neighbours': { ...proof, value: undefined, entries: 0, neighbours: [] },
    'with another index': { ...proof, neighbours: [{ ...entry, index: entry.index ^ 1 }] },
    'with a sibling too few': { ...proof, siblings: proof.siblings.slice(1) },
    'with a sibling too many': { ...proof, siblings: [...proof.siblings, ZERO_HASH] },
    'with siblings in another order': { ...proof, siblings: proof.siblings.toReversed() },
    'with a changed sibling': {
      ...proof,
      siblings: proof.siblings.map((one, i) => (i === 0 ? flipped(one, 0) : one)),
    },
    'with an entry path too short': {
      ...proof,
      neighbours: [{ ...entry, path: entry.path.slice(1) }],
    },
    'with an entry path too long': {
      ...proof,
      neighbours: [{ ...entry, path: [...entry.path, ZERO_HASH] }],
    },
    'with another key hash': {
      ...proof,
      neighbours: [{ ...entry, keyHash: keyHash(suite, utf8('record 8')) }],
    },
    'with another value hash': { ...proof, neighbours: [{ ...entry, valueHash: ZERO_HASH }] },
    'with a leaf in place of a node': {
      ...proof,
      entries: 1,
      neighbours: [
        { index: 0, keyHash: leaf, valueHash: must(entry.path[0]), path: entry.path.slice(1) },
      ],
    },
    'of absence, with the neighbour below made up': gapAt(madeUp(-1), nextTo(1)),
    'of absence, with the neighbour above made up': gapAt(nextTo(-1), madeUp(1)),
    'of absence, with a neighbour whose path leads nowhere': gapAt(
      { ...madeUp(-1), path: [] },
      nextTo(1),
    ),
    'of absence, behind a neighbour whose path leads nowhere': gapAt(nextTo(-1), {
      ...madeUp(1),
      path: [],
    }),
    'with the gap around another key': { ...gap, key: utf8('record 7') },
    'with the neighbours of a gap exchanged': { ...gap, neighbours: swap([before, after]) },
    'with one neighbour of a gap left out': { ...gap, neighbours: [before] },
    'with the other neighbour of a gap left out': { ...gap, neighbours: [after] },
    'with one neighbour twice': { ...gap, neighbours: [before, before] },
    'with neighbours that are not adjacent': {
      ...gap,
      neighbours: [before, { ...after, index: after.index + 1 }],
    },
    'with the neighbours of another gap': {
      ...gap,
      key: must(
        Array.from({ length: 99 }, (_, i) => utf8(`gap ${i}`)).find(
          (key) => !between(key, before, after),
        ),
      ),
    },
  };

  function between(key: Uint8Array, a: EntryProof, b: EntryProof): boolean {
    const hash = keyHash(suite, key);
    return compareBytes(a.keyHash, hash) < 0 && compareBytes(hash, b.keyHash) < 0;
  }

  test.each(Object.entries(forgeries))('%s does not hold', (_, forged) => {
    expect(holds(state, forged)).toBe(false);
  });

  test('does not hold although the true ones do', () => {
    expect(holds(state, proof)).toBe(true);
    expect(holds(state, gap)).toBe(true);
    expect(verifyRecordProof(suite, other.root, proof)).toBe(false);
  });

  test('of absence cannot skip a record between two that are not adjacent', () => {
    const names = keys.slice(0, 3);
    const one = new NaiveState(suite, recordsOf(names), 0, 0);
    const [first, middle, last] = names
      .map((name) => one.prove(name))
      .toSorted((a, b) => compareBytes(keyHash(suite, a.key), keyHash(suite, b.key)));
    const ends = [must(must(first).neighbours[0]), must(must(last).neighbours[0])];
    const forged: RecordProof = { ...must(middle), value: undefined, neighbours: ends };
    expect(holds(one, forged)).toBe(false);
    // Nor by one end alone.
    for (const end of ends) expect(holds(one, { ...forged, neighbours: [end] })).toBe(false);
  });

  test('by any change of one bit does not hold', () => {
    for (const true_ of [proof, gap]) {
      const bytes = encode(recordProofSchema, true_);
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
          const changed = decode(recordProofSchema, flipped(bytes, at, 1 << bit));
          if (!changed.ok) return;
          // A proof of absence is for any key in the gap, so the key itself may change within it.
          const isOtherKey =
            changed.value.value === undefined &&
            true_.value === undefined &&
            between(changed.value.key, before, after);
          if (!isOtherKey) expect(holds(state, changed.value)).toBe(false);
        }),
        { numRuns: 300 },
      );
    }
  });
});

describe('places', () => {
  test('follow the leading bits of the key hash', () => {
    const hash = Uint8Array.of(0b1011_0000, 0xff, 0, 0, ...new Uint8Array(28));
    expect([0, 1, 2, 3, 4, 8, 16, 31, 32].map((count) => leadingBits(hash, count))).toEqual([
      0,
      1,
      2,
      5,
      11,
      0xb0,
      0xb0ff,
      0xb0ff0000 / 2,
      0xb0ff0000,
    ]);
    expect(bucketPlace({ depth: 3, split: 5 }, hash)).toEqual({ index: 5, level: 3 });
    expect(bucketPlace({ depth: 3, split: 6 }, hash)).toEqual({ index: 11, level: 4 });
    expect(() => bucketPlace({ depth: 31, split: 0 }, hash)).toThrow(/tree depth/);
  });
});

test('commitments of different kinds never meet', () => {
  const [key, value] = [keyHash(suite, utf8('k')), valueHash(suite, utf8('v'))];
  expect(keyHash(suite, utf8('x'))).not.toEqual(valueHash(suite, utf8('x')));
  expect(bucketHash(suite, [])).toEqual(ZERO_HASH);
  expect(bucketHash(suite, [[key, value]])).toEqual(
    suite.hash(
      concatBytes(
        utf8('hanse-bucket/1\0'),
        Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1),
        leafHash(suite, concatBytes(key, value)),
      ),
    ),
  );
  const two = [
    [key, value],
    [value, key],
  ] as const;
  expect(bucketHash(suite, two)).not.toEqual(
    nodeHash(
      suite,
      leafHash(suite, concatBytes(key, value)),
      leafHash(suite, concatBytes(value, key)),
    ),
  );
  const shapes = [
    { depth: 1, split: 0, records: 1 },
    { depth: 0, split: 1, records: 1 },
    { depth: 1, split: 0, records: 2 },
  ];
  expect(new Set(shapes.map((shape) => stateRootOf(suite, shape, ZERO_HASH).join())).size).toBe(3);
  expect(decode(treeShapeSchema, encode(treeShapeSchema, must(shapes[0])))).toEqual({
    ok: true,
    value: shapes[0],
  });
});
