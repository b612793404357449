import { limits } from '@hanse/kit';
import { quorumOf, type Batch, type Payload } from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchOf, chainOf, genesisPayload, lanesOf, payloadOf } from '../test/fixtures.ts';
import type { Lanes } from './lanes.ts';

const full = (batch: Batch | undefined): Batch => {
  if (batch === undefined) throw new Error('no batch');
  return batch;
};
const at = (batches: readonly Batch[], index: number): Batch => full(batches.at(index));

describe('one lane', () => {
  test('is held as far as it is gapless', () => {
    const lanes = lanesOf(4);
    const [one, two, three] = chainOf(1, 3);
    expect(lanes.add(full(one))).toEqual({ kind: 'added' });
    const gap = lanes.add(full(three));
    expect(gap).toEqual({
      kind: 'gap',
      want: { lane: 1, fromSeq: 2, toSeq: 2, digest: full(two).digest },
    });
    expect(lanes.held()).toEqual([0, 1, 0, 0]);
    expect(lanes.add(full(two))).toEqual({ kind: 'added' });
    expect(lanes.held()).toEqual([0, 3, 0, 0]);
    expect(lanes.add(full(three))).toEqual({ kind: 'known' });
    expect(lanes.get(1, 3)).toBe(three);
    expect(lanes.byDigest(full(two).digest)).toBe(two);
  });

  test('asks for all that lies between', () => {
    const lanes = lanesOf(4);
    const chain = chainOf(2, 9);
    lanes.add(at(chain, 8));
    expect(lanes.add(at(chain, 6))).toMatchObject({
      kind: 'gap',
      want: { fromSeq: 1, toSeq: 6, digest: at(chain, 5).digest },
    });
    // The eighth leads to what is held aside already, whose predecessor is what lacks.
    expect(lanes.add(at(chain, 7))).toMatchObject({
      kind: 'gap',
      want: { fromSeq: 1, toSeq: 6, digest: at(chain, 5).digest },
    });
  });

  test.each([
    ['a batch of another epoch', batchOf(1, 1, undefined, { epoch: 1 })],
    ['a lane that does not exist', batchOf(4, 1, undefined)],
    ['number zero', batchOf(1, 0, undefined)],
    ['a number beyond the window', batchOf(1, limits.laneWindowBatchesMax + 1, undefined)],
    ['more bytes than any block takes', batchOf(1, 1, undefined, { sizeBytes: 8_000_001 })],
    ['more gas than any block takes', batchOf(1, 1, undefined, { gasSum: 2_000_000_001 })],
    [
      'a first batch with a predecessor',
      batchOf(1, 1, undefined, { prevDigest: new Uint8Array(32).fill(1) }),
    ],
  ])('keeps out %s', (_, batch) => {
    const lanes = lanesOf(4);
    expect(lanes.add(batch)).toEqual({ kind: 'outside' });
    expect(lanes.byDigest(batch.digest)).toBeUndefined();
  });

  test('keeps at most a window of batches and of bytes above finality', () => {
    const many = lanesOf(1);
    const chain = chainOf(0, limits.laneWindowBatchesMax + 1);
    expect(chain.map((batch) => many.add(batch).kind)).toEqual([
      ...Array.from({ length: limits.laneWindowBatchesMax }, () => 'added'),
      'outside',
    ]);
    many.finalized(payloadOf(genesisPayload(1), [at(chain, 0)]));
    expect(many.add(at(chain, -1))).toEqual({ kind: 'added' });

    const heavy = lanesOf(1);
    const big = chainOf(0, 9, { sizeBytes: limits.batchBytesMax });
    expect(big.map((batch) => heavy.add(batch).kind)).toEqual([
      ...Array.from({ length: 8 }, () => 'added'),
      'outside',
    ]);
    heavy.finalized(payloadOf(genesisPayload(1), [at(big, 0)]));
    expect(heavy.inWindow(at(big, 8).header)).toBe(true);
    expect(heavy.add(at(big, 8))).toEqual({ kind: 'added' });
  });

  test('early arrivals cost at most one more window, the oldest go first', () => {
    const lanes = lanesOf(1);
    const chain = chainOf(0, 12, { sizeBytes: limits.batchBytesMax });
    for (const batch of chain.slice(1)) lanes.add(batch);
    expect(chain.map((batch) => lanes.byDigest(batch.digest) !== undefined)).toEqual([
      false,
      false,
      false,
      false,
      ...Array.from({ length: 8 }, () => true),
    ]);
  });
});

describe('a forked lane', () => {
  const [a1, a2, a3] = chainOf(1, 3);
  const [b2, b3] = chainOf(1, 2, { txCount: 2 }, a1);
  const c2 = batchOf(1, 2, a1, { txCount: 3 });

  const forked = (): Lanes => {
    const lanes = lanesOf(4);
    for (const batch of [a1, a2, a3]) lanes.add(full(batch));
    return lanes;
  };

  test('is evidence once, and keeps its first chain', () => {
    const lanes = forked();
    expect(lanes.add(full(b2))).toEqual({
      kind: 'fork',
      evidence: { kind: 'lane-fork', first: a2, second: b2 },
    });
    expect(lanes.held()[1]).toBe(3);
    expect(lanes.get(1, 2)).toBe(a2);
    expect(lanes.byDigest(full(b2).digest)).toBe(b2);
    expect(lanes.add(c2)).toEqual({ kind: 'outside' });
  });

  test('is found when the rival came early', () => {
    const lanes = lanesOf(4);
    lanes.add(full(a2));
    expect(lanes.add(full(b2))).toMatchObject({
      kind: 'fork',
      evidence: { first: a2, second: b2 },
    });
    lanes.add(full(a1));
    expect(lanes.get(1, 2)).toBe(a2);
  });

  test('a payload that names the other chain is missing it, then held', () => {
    const lanes = forked();
    const parent = genesisPayload(4);
    const payload = payloadOf(parent, [full(b3)]);
    expect(lanes.check(parent, payload)).toEqual({
      kind: 'missing',
      wants: [{ lane: 1, fromSeq: 1, toSeq: 3, digest: full(b3).digest }],
    });
    expect(lanes.add(full(b2)).kind).toBe('fork');
    expect(lanes.add(full(b3)).kind).toBe('added');
    expect(lanes.check(parent, payload)).toEqual({ kind: 'held' });
    expect(lanes.batchesBetween(parent, payload, 0)).toEqual([a1, b2, b3]);
  });

  test('a wanted third chain is taken although the fork is known', () => {
    const lanes = forked();
    lanes.add(full(b2));
    const parent = genesisPayload(4);
    lanes.check(parent, payloadOf(parent, [c2]));
    expect(lanes.add(c2).kind).toBe('added');
    expect(lanes.check(parent, payloadOf(parent, [c2])).kind).toBe('held');
  });

  test('finality decides which chain is held', () => {
    const lanes = forked();
    lanes.add(full(b2));
    const final = payloadOf(genesisPayload(4), [full(b2)]);
    lanes.finalized(final);
    expect(lanes.held()[1]).toBe(2);
    expect(lanes.get(1, 2)).toBe(b2);
    expect(lanes.byDigest(full(a2).digest)).toBeUndefined();
    expect(lanes.byDigest(full(a3).digest)).toBeUndefined();
    expect(lanes.add(full(b3)).kind).toBe('added');
    expect(lanes.held()[1]).toBe(3);
    expect(lanes.batchesBetween(genesisPayload(4), final, 0)).toEqual([a1, b2]);
    lanes.release(final);
    expect(lanes.batchesBetween(genesisPayload(4), final, 0)).toBeUndefined();
    expect(lanes.byDigest(full(b2).digest)).toBeUndefined();
  });

  test('a leader does not advance a lane whose parent lies on the other chain', () => {
    const lanes = forked();
    lanes.add(full(b2));
    const parent = payloadOf(genesisPayload(4), [full(b2)]);
    for (const peer of [1, 2, 3]) lanes.reported(peer, [0, 3, 0, 0]);
    expect(lanes.build(parent, true)).toEqual(parent);
    expect(lanes.hasWork(parent)).toBe(false);
  });
});

describe('check', () => {
  const parent = genesisPayload(4);
  const chain = chainOf(2, 5);
  const lanes = lanesOf(4);
  for (const batch of chain) lanes.add(batch);
  const stray = batchOf(2, 2, batchOf(2, 1, undefined, { txCount: 9 }));

  test.each<[string, Payload, Payload]>([
    ['too few lanes', parent, parent.slice(1)],
    ['too many lanes', parent, [...parent, { seq: 0, digest: new Uint8Array(32) }]],
    ['a lane that goes back', payloadOf(parent, [at(chain, 2)]), payloadOf(parent, [at(chain, 1)])],
    [
      'another digest at the same number',
      payloadOf(parent, [at(chain, 2)]),
      payloadOf(parent, [batchOf(2, 3, undefined)]),
    ],
    [
      'a digest under another number',
      parent,
      payloadOf(parent, [{ ...at(chain, 2), header: { ...at(chain, 2).header, seq: 4 } }]),
    ],
    [
      'a chain that does not extend the parent',
      payloadOf(parent, [stray]),
      payloadOf(parent, [at(chain, 4)]),
    ],
    [
      'more than a window',
      parent,
      payloadOf(parent, [batchOf(2, limits.laneWindowBatchesMax + 1, undefined)]),
    ],
  ])('refuses %s', (_, from, to) => {
    expect(lanes.check(from, to).kind).toBe('invalid');
  });

  test('holds blocks to the bounds of the chain by batch headers', () => {
    const small = lanesOf(4, { blockBytesMax: 250, blockGasMax: 25 });
    for (const batch of chain) small.add(batch);
    expect(small.check(parent, payloadOf(parent, [at(chain, 1)])).kind).toBe('held');
    expect(small.check(parent, payloadOf(parent, [at(chain, 2)])).kind).toBe('invalid');
    const gas = lanesOf(4, { blockGasMax: 25 });
    for (const batch of chain) gas.add(batch);
    expect(gas.check(parent, payloadOf(parent, [at(chain, 2)])).kind).toBe('invalid');
  });

  test('names what is missing behind what is held', () => {
    const some = lanesOf(4);
    for (const batch of chain.slice(0, 2)) some.add(batch);
    expect(some.check(parent, payloadOf(parent, [at(chain, 4)]))).toEqual({
      kind: 'missing',
      wants: [{ lane: 2, fromSeq: 3, toSeq: 5, digest: at(chain, 4).digest }],
    });
  });
});

describe('build', () => {
  const parent = genesisPayload(4);

  test('advances a lane as far as a quorum reports, or optimistically to its tip', () => {
    const lanes = lanesOf(4);
    const chain = chainOf(1, 6);
    for (const batch of chain) lanes.add(batch);
    expect(lanes.hasWork(parent)).toBe(false);
    lanes.reported(1, [0, 6, 0, 0]);
    lanes.reported(2, [0, 4, 0, 0]);
    lanes.reported(3, [0, 2, 0, 0]);
    expect(lanes.hasWork(parent)).toBe(true);
    expect(lanes.build(parent, false)).toEqual(payloadOf(parent, [at(chain, 3)]));
    expect(lanes.build(parent, true)).toEqual(payloadOf(parent, [at(chain, 5)]));
    expect(lanes.build(payloadOf(parent, [at(chain, 4)]), false)).toEqual(
      payloadOf(parent, [at(chain, 4)]),
    );
    // An older word that was overtaken changes nothing; one on a new link does.
    lanes.reported(2, [0, 1, 0, 0]);
    expect(lanes.build(parent, false)).toEqual(payloadOf(parent, [at(chain, 3)]));
    lanes.connected(2);
    expect(lanes.build(parent, false)).toEqual(payloadOf(parent, [at(chain, 1)]));
    lanes.reported(2, [0, 1, 0, 0]);
    expect(lanes.build(parent, false)).toEqual(payloadOf(parent, [at(chain, 1)]));
  });

  test('what a peer says about others or about itself in my name does not count', () => {
    const lanes = lanesOf(4);
    lanes.add(at(chainOf(1, 1), 0));
    lanes.reported(0, [0, 9, 0, 0]);
    lanes.reported(9, [0, 9, 0, 0]);
    lanes.reported(1, [0, 9]);
    expect(lanes.hasWork(parent)).toBe(false);
    lanes.reported(2, [0, 9, 0, 0, 9, 9]);
    expect(lanes.build(parent, false)[1]?.seq).toBe(1);
  });

  test('a missed lane is proposed cautiously for 64 payloads', () => {
    const lanes = lanesOf(4);
    const chain = chainOf(1, 2);
    lanes.check(parent, payloadOf(parent, [at(chain, 1)]));
    for (const batch of chain) lanes.add(batch);
    for (let i = 0; i < 63; i++) lanes.check(parent, payloadOf(parent, [at(chain, 1)]));
    expect(lanes.build(parent, true)).toEqual(parent);
    // Looking at the same payload again is not another proposal.
    const last = payloadOf(parent, [at(chain, 1)]);
    lanes.check(parent, last);
    expect(lanes.build(parent, true)).toEqual(last);
  });

  test('cuts fairly when a block is full, and lets another lane begin next time', () => {
    const lanes = lanesOf(4, { blockBytesMax: 550 });
    for (let lane = 0; lane < 4; lane++) for (const batch of chainOf(lane, 10)) lanes.add(batch);
    const first = lanes.build(parent, true);
    expect(first.map((tip) => tip.seq)).toEqual([2, 1, 1, 1]);
    const second = lanes.build(first, true);
    expect(second.map((tip, lane) => tip.seq - (first[lane]?.seq ?? 0))).toEqual([1, 2, 1, 1]);
  });

  test('a lane whose next batch does not fit does not stop the others', () => {
    const lanes = lanesOf(2, { blockBytesMax: 500 });
    for (const batch of chainOf(0, 2, { sizeBytes: 400 })) lanes.add(batch);
    for (const batch of chainOf(1, 9, { sizeBytes: 50 })) lanes.add(batch);
    expect(lanes.build(genesisPayload(2), true).map((tip) => tip.seq)).toEqual([1, 2]);
  });
});

test('a batch whose number fits and whose predecessor does not waits aside', () => {
  const lanes = lanesOf(4);
  const [a1] = chainOf(1, 1);
  const b1 = batchOf(1, 1, undefined, { txCount: 2 });
  const b2 = batchOf(1, 2, b1);
  lanes.add(full(a1));
  expect(lanes.add(b2)).toEqual({
    kind: 'gap',
    want: { lane: 1, fromSeq: 1, toSeq: 1, digest: b1.digest },
  });
  expect(lanes.held()[1]).toBe(1);
  expect(lanes.get(1, 2)).toBeUndefined();
});

test('what is asked for survives a flood of other early arrivals', () => {
  const lanes = lanesOf(1);
  const chain = chainOf(0, 20, { sizeBytes: limits.batchBytesMax });
  const parent = genesisPayload(1);
  lanes.check(parent, payloadOf(parent, [at(chain, 4)]));
  lanes.add(at(chain, 4));
  for (const batch of chain.slice(8)) lanes.add(batch);
  expect(lanes.byDigest(at(chain, 4).digest)).toBe(at(chain, 4));
  expect(lanes.byDigest(at(chain, 8).digest)).toBeUndefined();
});

test('finality forgets what lay aside below it, and never goes back', () => {
  const lanes = lanesOf(1);
  const chain = chainOf(0, 6);
  const rival = batchOf(0, 2, at(chain, 0), { txCount: 5 });
  for (const batch of chain) lanes.add(batch);
  lanes.add(rival);
  const [second, fourth] = [1, 3].map((index) => payloadOf(genesisPayload(1), [at(chain, index)]));
  lanes.finalized(fourth ?? []);
  expect(lanes.byDigest(rival.digest)).toBeUndefined();
  lanes.finalized(second ?? []);
  lanes.finalized(fourth ?? []);
  expect(lanes.held()).toEqual([6]);
  expect(lanes.ownWindow()).toEqual({ batches: 2, bytes: 200, releasedSeq: 0 });
  lanes.release(second ?? []);
  expect(lanes.ownWindow()).toEqual({ batches: 2, bytes: 200, releasedSeq: 2 });
  expect(lanes.get(0, 2)).toBeUndefined();
  expect(lanes.get(0, 3)).toBe(at(chain, 2));
  lanes.release(fourth ?? []);
  expect(lanes.ownWindow()).toEqual({ batches: 2, bytes: 200, releasedSeq: 4 });
});

test('a block may be exactly as large as the bounds say', () => {
  const lanes = lanesOf(1, { blockBytesMax: 300, blockGasMax: 30 });
  const chain = chainOf(0, 4);
  for (const batch of chain) expect(lanes.add(batch).kind).toBe('added');
  const parent = genesisPayload(1);
  const payload = payloadOf(parent, [at(chain, 2)]);
  expect(lanes.build(parent, true)).toEqual(payload);
  expect(lanes.check(parent, payload)).toEqual({ kind: 'held' });
});

test('lanes belong to a validator set', () => {
  expect(() => lanesOf(0)).toThrow(/validator set/);
  expect(() => lanesOf(4, { self: 4 })).toThrow(/validator set/);
  expect(() => lanesOf(limits.validatorsMax + 1)).toThrow(/validator set/);
  expect(() => lanesOf(limits.validatorsMax)).not.toThrow();
});

test('behind names ranges that an honest validator can serve', () => {
  const lanes = lanesOf(4);
  for (const batch of chainOf(2, 3)) lanes.add(batch);
  lanes.reported(1, [0, 0, 9, 7]);
  expect(lanes.behind()).toEqual([]);
  lanes.reported(3, [0, 0, 5, 5]);
  expect(lanes.behind()).toEqual([
    { lane: 2, fromSeq: 4, toSeq: 9, from: [1, 3] },
    { lane: 3, fromSeq: 1, toSeq: 7, from: [1, 3] },
  ]);
  lanes.connected(1);
  lanes.reported(1, [0, 1_000_000, 0, 0]);
  expect(lanes.behind()).toEqual([
    { lane: 1, fromSeq: 1, toSeq: limits.fetchBatchesPerRequestMax, from: [1] },
    { lane: 3, fromSeq: 1, toSeq: 5, from: [3] },
  ]);
});

test('restore continues above the final positions', () => {
  const chain = chainOf(0, 5);
  const base = payloadOf(genesisPayload(2), [at(chain, 1)]);
  const lanes = lanesOf(2);
  lanes.restore(base, [at(chain, 4), at(chain, 2), at(chain, 0), at(chain, 3)]);
  expect(lanes.held()).toEqual([5, 0]);
  expect(lanes.ownTip()).toEqual({ seq: 5, digest: at(chain, 4).digest });
  expect(lanes.ownWindow()).toEqual({ batches: 3, bytes: 300, releasedSeq: 2 });
  expect(lanes.status()).toEqual([
    { finalSeq: 2, heldSeq: 5, quorumSeq: 0 },
    { finalSeq: 0, heldSeq: 0, quorumSeq: 0 },
  ]);
  expect(lanes.check(base, payloadOf(base, [at(chain, 4)]))).toEqual({ kind: 'held' });
});

/** What any order of arrivals must come to: the earliest successor of the tip, again and again. */
function naiveChain(
  base: { seq: number; digest: Uint8Array },
  arrivals: readonly Batch[],
): readonly Batch[] {
  const out: Batch[] = [];
  for (;;) {
    const tip = out.at(-1);
    const [seq, digest] =
      tip === undefined ? [base.seq, base.digest] : [tip.header.seq, tip.digest];
    const next = arrivals.find(
      (batch) => batch.header.seq === seq + 1 && batch.header.prevDigest.join() === digest.join(),
    );
    if (next === undefined) return out;
    out.push(next);
  }
}

type Action =
  | { readonly kind: 'add'; readonly lane: number; readonly index: number }
  | { readonly kind: 'report'; readonly peer: number; readonly held: readonly number[] }
  | { readonly kind: 'final'; readonly optimistic: boolean };

const LANES = 4;
const PER_LANE = 8;

const actions = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        lane: fc.nat(LANES - 1),
        index: fc.nat(PER_LANE + 3),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('report' as const),
        peer: fc.nat(LANES - 1),
        held: fc.array(fc.nat(PER_LANE), { maxLength: LANES }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('final' as const), optimistic: fc.boolean() }),
    },
  ),
  { maxLength: 120 },
);

describe('random interleavings', () => {
  const universe = Array.from({ length: LANES }, (_, lane) => {
    const chain = chainOf(lane, PER_LANE, { sizeBytes: 100 + 37 * lane });
    // A fork of three batches from the third on; lane 0 is honest.
    return lane === 0 ? chain : [...chain, ...chainOf(lane, 3, { txCount: 7 }, at(chain, 2))];
  });

  test('agree with the naive model, and what is built is held by everyone who has the batches', () => {
    fc.assert(
      fc.property(actions, fc.nat(1_000), (script: readonly Action[], view) => {
        const lanes = lanesOf(LANES, { blockBytesMax: 700 });
        const arrived: Batch[] = [];
        const marks = Array.from({ length: LANES }, () => Array.from({ length: LANES }, () => 0));
        let final = genesisPayload(LANES);
        for (const action of script) {
          if (action.kind === 'add') {
            const batch = universe[action.lane]?.[action.index];
            if (batch === undefined) continue;
            const { kind } = lanes.add(batch);
            expect(kind === 'known' || kind === 'outside' || !arrived.includes(batch)).toBe(true);
            if (kind !== 'known' && kind !== 'outside') arrived.push(batch);
            if (kind === 'outside' && action.lane === 0)
              expect(batch.header.seq).toBeLessThanOrEqual(final[0]?.seq ?? 0);
          } else if (action.kind === 'report') {
            lanes.reported(action.peer, action.held);
            for (const [lane, seq] of action.held.entries())
              if (action.peer !== 0 && marks[lane] !== undefined)
                marks[lane][action.peer] = Math.max(seq, marks[lane][action.peer] ?? 0);
          } else {
            const built = lanes.build(final, action.optimistic);
            expectProposal({ lanes, parent: final, built, optimistic: action.optimistic, marks });
            const other = lanesOf(LANES, { self: 1, blockBytesMax: 700 });
            for (const batch of universe.flat().toReversed()) other.add(batch);
            other.finalized(final);
            fetchAll(other, final, built);
            expect(other.check(final, built)).toEqual({ kind: 'held' });
            expect(other.batchesBetween(final, built, view)).toEqual(
              lanes.batchesBetween(final, built, view),
            );
            lanes.finalized(built);
            final = built;
          }
          for (let lane = 0; lane < LANES; lane++) {
            const base = final[lane] ?? { seq: 0, digest: new Uint8Array(32) };
            const expected = naiveChain(
              base,
              arrived.filter((batch) => batch.header.lane === lane),
            );
            expect(lanes.held()[lane]).toBe(base.seq + expected.length);
            for (const batch of expected) expect(lanes.get(lane, batch.header.seq)).toBe(batch);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  /** Do as a host does: ask for what a payload lacks until nothing lacks. */
  function fetchAll(lanes: Lanes, parent: Payload, payload: Payload): void {
    for (let round = 0; round < 4 * PER_LANE; round++) {
      const checked = lanes.check(parent, payload);
      if (checked.kind !== 'missing') return;
      for (const { lane, fromSeq, toSeq } of checked.wants) {
        for (const batch of universe[lane] ?? [])
          if (batch.header.seq >= fromSeq && batch.header.seq <= toSeq) lanes.add(batch);
      }
    }
  }

  function expectProposal(given: {
    lanes: Lanes;
    parent: Payload;
    built: Payload;
    optimistic: boolean;
    marks: number[][];
  }): void {
    const { lanes, parent, built, optimistic, marks } = given;
    const targets = parent.map((tip, lane) => {
      const held = lanes.held()[lane] ?? 0;
      const known = (marks[lane] ?? [])
        .map((seq, peer) => (peer === 0 ? held : seq))
        .toSorted((a, b) => b - a);
      return Math.max(tip.seq, optimistic ? held : Math.min(held, known[quorumOf(LANES) - 1] ?? 0));
    });
    let left = 700;
    for (const [lane, tip] of built.entries()) {
      for (let seq = (parent[lane]?.seq ?? 0) + 1; seq <= tip.seq; seq++)
        left -= full(lanes.get(lane, seq)).header.sizeBytes;
    }
    expect(left).toBeGreaterThanOrEqual(0);
    for (const [lane, tip] of built.entries()) {
      expect(tip.seq).toBeLessThanOrEqual(targets[lane] ?? 0);
      // Only a full block ends a lane before its target.
      if (tip.seq < (targets[lane] ?? 0))
        expect(full(lanes.get(lane, tip.seq + 1)).header.sizeBytes).toBeGreaterThan(left);
    }
    if (!optimistic)
      expect(lanes.hasWork(parent)).toBe(
        targets.some((seq, lane) => seq > (parent[lane]?.seq ?? 0)),
      );
    expect(lanes.check(parent, built)).toEqual({ kind: 'held' });
  }
});

test('the order of execution is the same for every order of arrival', () => {
  const batches = Array.from({ length: 4 }, (_, lane) => chainOf(lane, lane + 1)).flat();
  const tips = [0, 2, 5, 9].map((index) => at(batches, index));
  const parent = genesisPayload(4);
  const payload = payloadOf(parent, tips);
  const names = (view: number, order: readonly Batch[]): readonly string[] | undefined => {
    const lanes = lanesOf(4);
    for (const batch of order) lanes.add(batch);
    return lanes
      .batchesBetween(parent, payload, view)
      ?.map(({ header }) => `${header.lane}.${header.seq}`);
  };
  expect(names(0, batches)).toEqual([
    '0.1',
    '1.1',
    '2.1',
    '3.1',
    '1.2',
    '2.2',
    '3.2',
    '2.3',
    '3.3',
    '3.4',
  ]);
  expect(names(6, batches)).toEqual([
    '2.1',
    '3.1',
    '0.1',
    '1.1',
    '2.2',
    '3.2',
    '1.2',
    '2.3',
    '3.3',
    '3.4',
  ]);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(batches, { minLength: batches.length }),
      fc.nat(9),
      (order, view) => {
        expect(names(view, order)).toEqual(names(view, batches));
      },
    ),
    { numRuns: 50 },
  );
});
