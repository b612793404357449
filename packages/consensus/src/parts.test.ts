import { justRoot, quorumOf } from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Bench,
  blockOf,
  Cluster,
  genesisOf,
  resultOf,
  signed,
  setOf,
  START_MS,
  suite,
} from '../mocks/cluster.ts';
import {
  compareTriple,
  isWithinLag,
  leaderTriple,
  noteExecuted,
  noteNotarized,
  reportedHeight,
} from './binding.ts';
import { leaderOf } from './leader.ts';
import { Requests } from './requests.ts';
import { createState, type State } from './state.ts';
import { backoff, delta } from './timing.ts';
import { BlockTree } from './tree.ts';
import { VotePool } from './votes.ts';

function stateOf(n = 4): State {
  const { lanes, set } = new Bench(n, 0);
  const config = {
    suite: new Proxy({}, {}) as never,
    chainId: new Uint8Array(32),
    set,
    self: 0,
    parameters: {
      deltaMs: 100,
      minBlockIntervalMs: 10,
      heartbeatMs: 60_000,
      blockBytesMax: 1,
      blockGasMax: 1,
      executionLagBlocksMax: 8,
    },
    payload: lanes.port(),
  };
  const lastFinal = { block: genesisOf(n), certificate: undefined };
  return createState(
    config,
    { lastFinal, blocks: [], certificates: [], ownVotes: [], executed: resultOf(0), unbound: 0 },
    START_MS,
  );
}

describe('binding', () => {
  test('B2: the bound height is the highest that q validators report, and never one not executed here', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { minLength: 4, maxLength: 10 }), (heights) => {
        const s = stateOf(heights.length);
        for (const [i, height] of heights.entries()) {
          const report = s.reports[i];
          if (report !== undefined) report.executedHeight = height;
        }
        const own = heights[0] ?? 0;
        s.lastFinal = {
          block: blockOf({ height: 20, view: 20 }, genesisOf(heights.length).payload),
          certificate: undefined,
        };
        for (let height = 1; height <= own; height++) noteExecuted(s, resultOf(height));
        const enough = heights.filter((height) => height >= reportedHeight(s)).length;
        expect(enough).toBeGreaterThanOrEqual(quorumOf(heights.length));
        const bound = leaderTriple(s, s.lastFinal.block);
        expect(bound.height).toBe(Math.min(own, reportedHeight(s)));
        expect(bound).toEqual(resultOf(bound.height));
      }),
      { numRuns: 300 },
    );
  });

  test('B2: a voter tells right, later, wrong and impossible triples apart', () => {
    const s = stateOf();
    noteExecuted(s, resultOf(1));
    noteExecuted(s, resultOf(2));
    const { payload } = genesisOf(4);
    const parent = blockOf({ height: 5, view: 5, executed: resultOf(1) }, payload);
    const kindOf = (executed: ReturnType<typeof resultOf>): string =>
      compareTriple(s, parent, blockOf({ height: 6, view: 6, executed }, payload).header).kind;
    expect(kindOf(resultOf(1))).toBe('ok');
    expect(kindOf(resultOf(2))).toBe('ok');
    expect(kindOf(resultOf(3))).toBe('wait');
    expect(kindOf(resultOf(0))).toBe('invalid');
    expect(kindOf(resultOf(6))).toBe('invalid');
    expect(kindOf({ ...resultOf(1), historyRoot: new Uint8Array(32) })).toBe('invalid');
    expect(kindOf({ ...resultOf(2), stateRoot: new Uint8Array(32) })).toBe('wrong');
  });

  test("B3: a payload may lag by the chain's number of blocks and no more", () => {
    const s = stateOf();
    expect(isWithinLag(s, 10, 2)).toBe(true);
    expect(isWithinLag(s, 10, 1)).toBe(false);
  });

  test('B4: a notarized contradiction stops the node, whichever side comes first', () => {
    const wrong = { ...resultOf(1), stateRoot: new Uint8Array(32).fill(9) };
    const header = blockOf({ height: 3, view: 3, executed: wrong }, genesisOf(4).payload).header;
    const late = stateOf();
    noteExecuted(late, resultOf(1));
    noteNotarized(late, header);
    expect(late.effects).toEqual([{ kind: 'diverged', height: 1 }]);
    const early = stateOf();
    noteNotarized(early, header);
    expect(early.isStopped).toBe(false);
    noteExecuted(early, resultOf(1));
    expect(early.effects).toEqual([{ kind: 'diverged', height: 1 }]);
  });

  test('a proposal with wrong results is nullified and named as evidence', () => {
    const cluster = new Cluster(4);
    cluster.submit(0);
    for (let i = 0; i < 12; i++) cluster.delay();
    const node = cluster.nodes[0];
    const last = cluster.finals[0]?.at(-1);
    if (node === undefined || last === undefined) throw new Error('no block');
    const height = last.header.height;
    const view = node.consensus.status.view;
    const leader = leaderOf(view, 4);
    const executed = { ...resultOf(height), stateRoot: new Uint8Array(32).fill(1) };
    expect(height).toBeGreaterThan(last.header.executed.height);
    const named = {
      kind: 'finalize' as const,
      epoch: 0,
      view: last.header.view,
      digest: last.digest,
      votes: [],
    };
    const block = blockOf(
      {
        ...last.header,
        view,
        height: height + 1,
        parentView: last.header.view,
        parentDigest: last.digest,
        proposer: leader,
        time: node.nowMs,
        executed,
        justRoot: justRoot(suite, named, []),
      },
      last.payload,
    );
    const vote = signed(node.set, leader, { kind: 'notarize', view, digest: block.digest });
    node.hear(leader, {
      kind: 'proposal',
      value: { block: block.bytes, just: [], vote, progress: node.progress() },
    });
    expect(node.votes).toContain(`nullify ${view}`);
    expect(node.effects).toContainEqual(
      expect.objectContaining({
        kind: 'evidence',
        evidence: expect.objectContaining({ kind: 'wrong-result', vote }),
      }),
    );
  });
});

describe('timing', () => {
  test('waits grow by half per view without finality and are capped', () => {
    const s = stateOf();
    const factors = [1, 3, 4, 5, 50].map((view) => {
      s.view = view;
      return backoff(s);
    });
    expect(factors).toEqual([1, 1, 1.5, 2.25, 16]);
    expect(delta(s)).toBe(1_600);
  });

  test('any f + 1 views in a row have different leaders', () => {
    for (let n = 1; n <= 20; n++) {
      const leaders = new Set(Array.from({ length: n }, (_, view) => leaderOf(view + 7, n)));
      expect(leaders.size).toBe(n);
    }
  });
});

describe('requests', () => {
  test('are made after a first wait, again at intervals, and forgotten when no longer wanted', () => {
    const requests = new Requests();
    expect(requests.due('a', 0, 100, 10)).toBeUndefined();
    expect(requests.end()).toBe(10);
    requests.begin();
    expect(requests.due('a', 10, 100, 10)).toBe(0);
    expect(requests.due('a', 50, 100, 10)).toBeUndefined();
    expect(requests.due('a', 110, 100, 10)).toBe(1);
    expect(requests.end()).toBe(210);
    requests.begin();
    expect(requests.end()).toBeUndefined();
    expect(requests.isWanted('a')).toBe(false);
  });

  test('are bounded', () => {
    const requests = new Requests();
    for (let i = 0; i < 1_000; i++) requests.due(`${i}`, 0, 1, 0);
    expect(requests.isWanted('255')).toBe(true);
    expect(requests.isWanted('256')).toBe(false);
  });
});

describe('vote pool', () => {
  const set = setOf(7);
  const digest = new Uint8Array(32).fill(1);

  test('verifies a vote only while it is needed, or when it contradicts another', () => {
    let verified = 0;
    const verify = (): boolean => {
      verified++;
      return true;
    };
    const pool = new VotePool();
    const vote = signed(set, 1, { kind: 'notarize', view: 1, digest });
    expect(pool.add(vote, false, verify).kind).toBe('added');
    expect(pool.add(vote, true, verify).kind).toBe('known');
    expect(verified).toBe(0);
    expect(
      pool.add(
        signed(set, 1, { kind: 'notarize', view: 1, digest: new Uint8Array(32).fill(2) }),
        false,
        verify,
      ).kind,
    ).toBe('conflict');
    expect(verified).toBe(2);
    expect(pool.isAccused(1, 1)).toBe(true);
  });

  test('a certificate has exactly a quorum of votes for one digest, signers ascending', () => {
    const pool = new VotePool();
    for (const signer of [5, 3, 0])
      pool.add(signed(set, signer, { kind: 'notarize', view: 1, digest }), true, () => true);
    pool.add(
      signed(set, 1, { kind: 'notarize', view: 1, digest: new Uint8Array(32) }),
      true,
      () => true,
    );
    const like = signed(set, 0, { kind: 'notarize', view: 1, digest });
    expect(pool.assemble(like, 4)).toBeUndefined();
    pool.addOwn(signed(set, 6, { kind: 'notarize', view: 1, digest }));
    expect(pool.assemble(like, 4)?.votes.map(({ signer }) => signer)).toEqual([0, 3, 5, 6]);
    pool.prune(1);
    expect(pool.assemble(like, 1)).toBeUndefined();
  });
});

describe('block tree', () => {
  test('finds the way from a base, or what is missing on it', () => {
    const { payload } = genesisOf(4);
    const tree = new BlockTree();
    const base = genesisOf(4);
    const one = blockOf({ view: 1, height: 1, parentDigest: base.digest }, payload);
    const two = blockOf({ view: 2, height: 2, parentDigest: one.digest }, payload);
    tree.add(base, true);
    tree.add(two, false);
    expect(tree.pathFrom(base, two.digest)?.missing).toEqual(one.digest);
    tree.add(one, false);
    expect(tree.pathFrom(base, two.digest)?.path.map(({ block }) => block.header.height)).toEqual([
      1, 2,
    ]);
    const fork = blockOf({ view: 3, height: 1, parentDigest: new Uint8Array(32) }, payload);
    tree.add(fork, false);
    expect(tree.pathFrom(one, fork.digest)).toBeUndefined();
    tree.prune(2, two);
    expect(tree.size).toBe(2);
  });
});
