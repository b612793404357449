import type { Message, Vote } from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Bench,
  blockOf,
  Cluster,
  genesisOf,
  resultOf,
  signed,
  START_MS,
  suite,
} from '../mocks/cluster.ts';

const ZERO = new Uint8Array(32);

const anyBytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.constant(new Uint8Array(length)),
    fc.uint8Array({ minLength: length, maxLength: length }),
  );
const anyNumber = fc.oneof(fc.nat({ max: 5 }), fc.constant(Number.MAX_SAFE_INTEGER));
const anyVote = fc.record({
  kind: fc.constantFrom('notarize' as const, 'nullify' as const, 'finalize' as const),
  epoch: fc.nat({ max: 1 }),
  view: anyNumber,
  digest: anyBytes(32),
  signer: fc.nat({ max: 5 }),
  signature: anyBytes(64),
});
const anyCertificate = fc
  .tuple(anyVote, fc.array(anyVote, { maxLength: 5 }))
  .map(([{ kind, epoch, view, digest }, votes]) => ({ kind, epoch, view, digest, votes }));
const anyProgress = fc.record({
  held: fc.array(anyNumber, { maxLength: 5 }),
  executedHeight: anyNumber,
  view: anyNumber,
  finalHeight: anyNumber,
});
const anyBlock = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .record({
      view: anyNumber,
      height: anyNumber,
      proposer: fc.nat({ max: 5 }),
      parentView: anyNumber,
      time: anyNumber,
    })
    .map((header) => blockOf(header, genesisOf(4).payload).bytes),
);
/** A message of any kind with any content, most of it nonsense. */
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    kind: fc.constant('vote' as const),
    value: fc.record({ vote: anyVote, progress: anyProgress }),
  }),
  fc.record({
    kind: fc.constant('proposal' as const),
    value: fc.record({
      block: anyBlock,
      just: fc.array(anyCertificate, { maxLength: 3 }),
      vote: anyVote,
      progress: anyProgress,
    }),
  }),
  fc.record({
    kind: fc.constant('certificate' as const),
    value: fc.record({ certificate: anyCertificate }),
  }),
  fc.record({ kind: fc.constant('progress' as const), value: anyProgress }),
  fc.record({
    kind: fc.constant('certificateRequest' as const),
    value: fc.record({ view: anyNumber }),
  }),
  fc.record({
    kind: fc.constant('blockRequest' as const),
    value: fc.record({ digest: anyBytes(32) }),
  }),
  fc.record({ kind: fc.constant('block' as const), value: fc.record({ block: anyBlock }) }),
  fc.record({
    kind: fc.constant('finals' as const),
    value: fc.record({
      blocks: fc.array(
        fc.record({ block: anyBlock, certificate: fc.option(anyCertificate, { nil: undefined }) }),
        { maxLength: 3 },
      ),
    }),
  }),
);

/** A proposal of the leader of view 1 among four, on the genesis block. */
function proposalOf(bench: Bench, header: Partial<Parameters<typeof blockOf>[0]> = {}): Message {
  const genesis = genesisOf(4);
  const first = blockOf({}, genesis.payload);
  const block = blockOf(
    {
      view: 1,
      height: 1,
      parentView: 0,
      parentDigest: first.digest,
      time: START_MS,
      proposer: 1,
      justRoot: emptyJustRoot,
      ...header,
    },
    genesis.payload,
  );
  const vote = signed(bench.set, block.header.proposer, {
    kind: 'notarize',
    view: block.header.view,
    digest: block.digest,
  });
  return {
    kind: 'proposal',
    value: { block: block.bytes, just: [], vote, progress: bench.progress() },
  };
}

/** What a block on the genesis block commits to, read off an honest leader's first one. */
const emptyJustRoot: Uint8Array = (() => {
  const leader = new Bench(4, 1);
  leader.lanes.tips[0] = 1;
  leader.step({ kind: 'payloadChanged' });
  leader.pass(20);
  const persisted = leader.effects.find(
    (one) => one.kind === 'persist' && one.record.kind === 'block',
  );
  if (persisted?.kind !== 'persist' || persisted.record.kind !== 'block')
    throw new Error('no block');
  return persisted.record.block.header.justRoot;
})();

describe('agreement', () => {
  test('a batch is final three delays after its proposal and bound soon after', () => {
    const cluster = new Cluster(4);
    cluster.submit(0);
    // Pacing, then proposal, N and F.
    for (let i = 0; i < 4; i++) cluster.delay();
    expect(cluster.finals.map((blocks) => blocks.length)).toEqual([1, 1, 1, 1]);
    for (let i = 0; i < 8; i++) cluster.delay();
    for (const node of cluster.nodes) {
      expect(node.consensus.status.boundHeight).toBeGreaterThanOrEqual(1);
      expect(node.consensus.status.busy).toBe(false);
    }
  });

  test('an idle chain is silent until the heartbeat', () => {
    const cluster = new Cluster(4);
    cluster.submit(2);
    for (let i = 0; i < 20; i++) cluster.delay();
    const { messages } = cluster;
    for (let i = 0; i < 100; i++) cluster.delay(100);
    expect(cluster.messages).toBe(messages);
    for (let i = 0; i < 60; i++) cluster.delay(1_000);
    expect(cluster.messages).toBeGreaterThan(messages);
  });

  test('one crashed leader costs one timeout, then its views are skipped at once', () => {
    const cluster = new Cluster(4);
    cluster.isCut = (from) => from === 1;
    for (let i = 0; i < 300; i++) {
      if (i % 3 === 0) cluster.submit(0);
      cluster.delay();
    }
    const [finals] = cluster.finals;
    expect(finals?.length ?? 0).toBeGreaterThan(20);
    expect(cluster.nodes[0]?.consensus.status.silent).toEqual([1]);
  });

  test('a leader that was not heard for three short views keeps its turn', () => {
    const cluster = new Cluster(4);
    const viewOf = (): number => cluster.nodes[0]?.consensus.status.view ?? 0;
    const runTo = (leader: number): void => {
      for (let i = 0; viewOf() % 4 !== leader; i++) {
        expect(i).toBeLessThan(100);
        if (i % 3 === 0) cluster.submit(0);
        cluster.delay();
      }
    };
    for (const leader of [1, 2, 3, 0, 1, 2]) runTo(leader);
    cluster.isCut = (from) => from === 1;
    for (const leader of [3, 0]) runTo(leader);
    const turn = viewOf() + 1;
    runTo(1);
    cluster.isCut = () => false;
    for (let i = 0; i < 200; i++) cluster.delay();
    expect(cluster.finals[0]?.some(({ header }) => header.view === turn)).toBe(true);
  });

  test('two of four make no block, and three go on where all stopped', () => {
    const cluster = new Cluster(4);
    cluster.isCut = (from, to) => from < 2 !== to < 2;
    cluster.submit(0);
    for (let i = 0; i < 100; i++) cluster.delay();
    expect(cluster.finals.map((blocks) => blocks.length)).toEqual([0, 0, 0, 0]);
    cluster.isCut = (from, to) => from === 0 || to === 0;
    for (let i = 0; i < 300; i++) cluster.delay();
    expect(cluster.finals[1]?.length).toBeGreaterThan(0);
    cluster.isCut = () => false;
    cluster.submit(1);
    for (let i = 0; i < 100; i++) cluster.delay();
    const digests = cluster.finals.map((blocks) =>
      blocks.map(({ digest }) => digest.join()).join(),
    );
    expect(new Set(digests).size).toBe(1);
  });

  test('one validator alone makes blocks and sends nothing', () => {
    const cluster = new Cluster(1);
    cluster.submit(0);
    for (let i = 0; i < 20; i++) cluster.delay();
    expect(cluster.finals[0]?.length).toBe(2);
    expect(cluster.messages).toBe(0);
  });

  test('a block whose batches are withheld gets no vote and is asked for', () => {
    const bench = new Bench(4, 0);
    bench.lanes.withheldFrom[2] = 1;
    const payload = genesisOf(4).payload.map((tip, lane) =>
      lane === 2 ? { seq: 1, digest: bench.lanes.digest(2, 1) } : tip,
    );
    const parentDigest = genesisOf(4).digest;
    const header = {
      view: 1,
      height: 1,
      parentDigest,
      time: START_MS,
      proposer: 1,
      justRoot: emptyJustRoot,
    };
    const block = blockOf(header, payload);
    const vote = signed(bench.set, 1, { kind: 'notarize', view: 1, digest: block.digest });
    bench.hear(1, {
      kind: 'proposal',
      value: { block: block.bytes, just: [], vote, progress: bench.progress() },
    });
    const effects = bench.pass(50);
    expect(effects).toContainEqual(
      expect.objectContaining({
        kind: 'wantBatches',
        from: [1],
        wants: [{ lane: 2, fromSeq: 1, toSeq: 1, digest: bench.lanes.digest(2, 1) }],
      }),
    );
    expect(bench.votes).toEqual([]);
    bench.lanes.withheldFrom[2] = 9;
    bench.step({ kind: 'payloadChanged' });
    expect(bench.votes).toEqual(['notarize 1']);
  });
});

describe('votes', () => {
  test('W1: an own vote is not sent before it is durable, and its block is logged before it', () => {
    const bench = new Bench(4, 0);
    const effects = bench.hear(1, proposalOf(bench));
    const kinds = effects.map(({ kind }) => kind);
    expect(kinds.indexOf('persist')).toBeLessThan(kinds.indexOf('vote'));
    expect(kinds).not.toContain('broadcast');
    const intent = effects.find((one) => one.kind === 'vote');
    if (intent?.kind !== 'vote') throw new Error('no vote');
    const sent = bench.step({ kind: 'voted', vote: signed(bench.set, 0, intent.vote) });
    expect(sent).toContainEqual(expect.objectContaining({ kind: 'broadcast' }));
  });

  test('q votes make a certificate, q − 1 do not', () => {
    const bench = new Bench(4, 0);
    bench.hearVote(1, { kind: 'nullify', view: 1, digest: ZERO });
    bench.hearVote(2, { kind: 'nullify', view: 1, digest: ZERO });
    expect(bench.consensus.status.view).toBe(1);
    bench.hearVote(3, { kind: 'nullify', view: 1, digest: ZERO });
    expect(bench.consensus.status.view).toBe(2);
  });

  test.each([
    ['N/N', 'notarize', 'notarize'],
    ['F/F', 'finalize', 'finalize'],
    ['X/F', 'nullify', 'finalize'],
    ['F/X', 'finalize', 'nullify'],
  ] as const)('%s is evidence, once', (_, first, second) => {
    const bench = new Bench(4, 0);
    const digestOf = (kind: Vote['kind'], byte: number): Uint8Array =>
      kind === 'nullify' ? ZERO : new Uint8Array(32).fill(byte);
    bench.hearVote(2, { kind: first, view: 3, digest: digestOf(first, 1) });
    bench.hearVote(2, { kind: second, view: 3, digest: digestOf(second, 2) });
    bench.hearVote(2, { kind: second, view: 3, digest: digestOf(second, 3) });
    const evidence = bench.effects.filter(({ kind }) => kind === 'evidence');
    expect(evidence).toHaveLength(1);
  });

  test('N and F for different blocks of one view are no evidence', () => {
    const bench = new Bench(4, 0);
    bench.hearVote(2, { kind: 'notarize', view: 1, digest: new Uint8Array(32).fill(1) });
    bench.hearVote(2, { kind: 'finalize', view: 1, digest: new Uint8Array(32).fill(2) });
    bench.hearVote(2, { kind: 'nullify', view: 2, digest: ZERO });
    expect(bench.effects.filter(({ kind }) => kind === 'evidence')).toEqual([]);
  });

  test('a vote counts only from its signer, for its epoch, inside the window, with its signature', () => {
    const bench = new Bench(4, 0);
    const progress = bench.progress();
    const intent = { kind: 'nullify', view: 1, digest: ZERO } as const;
    bench.hear(1, { kind: 'vote', value: { vote: signed(bench.set, 2, intent), progress } });
    bench.hear(1, {
      kind: 'vote',
      value: { vote: signed(bench.set, 1, { ...intent, epoch: 1 }), progress },
    });
    bench.hear(1, {
      kind: 'vote',
      value: { vote: { ...signed(bench.set, 1, intent), signature: new Uint8Array(64) }, progress },
    });
    bench.hearVote(2, { ...intent, view: 66 });
    bench.hearVote(2, intent);
    bench.hearVote(3, intent);
    expect(bench.consensus.status.view).toBe(1);
    bench.hearVote(1, intent);
    expect(bench.consensus.status.view).toBe(2);
  });

  test('a restarted node repeats its vote and casts no other', () => {
    const before = new Bench(4, 0);
    before.hear(1, proposalOf(before));
    const intent = before.effects.find((one) => one.kind === 'vote');
    if (intent?.kind !== 'vote') throw new Error('no vote');
    const ownVotes = [signed(before.set, 0, intent.vote)];
    const after = new Bench(4, 0, { restored: { ownVotes } });
    expect(after.effects).toContainEqual(
      expect.objectContaining({
        kind: 'broadcast',
        message: expect.objectContaining({ kind: 'vote' }),
      }),
    );
    after.hear(1, proposalOf(after, { time: START_MS + 1 }));
    expect(after.votes).toEqual([]);
  });

  test('a replayed vote counts: two more notarize the block', () => {
    const before = new Bench(4, 0);
    before.hear(1, proposalOf(before));
    const intent = before.effects.find((one) => one.kind === 'vote');
    if (intent?.kind !== 'vote') throw new Error('no vote');
    const ownVotes = [signed(before.set, 0, intent.vote)];
    const after = new Bench(4, 0, { restored: { ownVotes } });
    after.hearVote(1, { kind: 'notarize', view: 1, digest: intent.vote.digest });
    after.hearVote(2, { kind: 'notarize', view: 1, digest: intent.vote.digest });
    expect(after.effects).toContainEqual(
      expect.objectContaining({
        kind: 'persist',
        record: expect.objectContaining({ kind: 'certificate' }),
      }),
    );
  });

  test('an amnesic node neither votes nor proposes up to its floor, and does not spin', () => {
    const bench = new Bench(4, 1, { config: { abstainUpTo: 5 } });
    bench.lanes.tips[0] = 1;
    bench.step({ kind: 'payloadChanged' });
    const wakes = bench.pass(2_000).filter(({ kind }) => kind === 'timer');
    expect(bench.votes).toEqual([]);
    expect(bench.effects.filter(({ kind }) => kind === 'persist')).toEqual([]);
    expect(wakes.length).toBeLessThan(100);
  });
});

describe('validity', () => {
  test.each([
    ['a right one', {}, 'notarize 1'],
    ['late by more than the message delay', { time: START_MS - 2_501 }, 'nullify 1'],
    ['just in time', { time: START_MS - 900 }, 'notarize 1'],
    ['from the future', { time: START_MS + 501 }, 'nullify 1'],
    ['of another height', { height: 2 }, 'nullify 1'],
    ['of another epoch', { epoch: 1 }, 'nullify 1'],
    ['of another chain', { chainId: ZERO }, 'nullify 1'],
    ['of another engine', { engineVersion: 9 }, 'nullify 1'],
    ['with reserved fields', { outboxRoot: new Uint8Array(32).fill(1) }, 'nullify 1'],
    ['with another justification', { justRoot: ZERO }, 'nullify 1'],
    ['on another parent', { parentDigest: new Uint8Array(32).fill(7) }, 'nullify 1'],
    [
      'binding its parent before anybody executed',
      { executed: { ...resultOf(0), height: 1 } },
      'nullify 1',
    ],
    [
      'with other results for the bound height',
      { executed: { ...resultOf(0), stateRoot: new Uint8Array(32).fill(1) } },
      'nullify 1',
    ],
  ] as const)('a proposal %s', (_, header, expected) => {
    const bench = new Bench(4, 0);
    bench.hear(1, proposalOf(bench, header));
    expect(bench.votes).toEqual([expected]);
  });

  test('a proposal of somebody else than the leader is ignored', () => {
    const bench = new Bench(4, 0);
    bench.hear(2, proposalOf(bench, { proposer: 2 }));
    expect(bench.votes).toEqual([]);
  });

  test('a second proposal of a view is evidence and gets no vote', () => {
    const bench = new Bench(4, 0);
    bench.hear(1, proposalOf(bench));
    bench.hear(1, proposalOf(bench, { time: START_MS + 1 }));
    expect(bench.votes).toEqual(['notarize 1']);
    expect(bench.effects.filter(({ kind }) => kind === 'evidence')).toHaveLength(1);
  });
});

describe('timers', () => {
  test('a view without proposal is nullified after 2Δ once there is work, not before', () => {
    const bench = new Bench(4, 0);
    bench.pass(10_000);
    expect(bench.votes).toEqual([]);
    bench.lanes.tips[3] = 1;
    bench.step({ kind: 'payloadChanged' });
    bench.pass(199);
    expect(bench.votes).toEqual([]);
    bench.pass(1);
    expect(bench.votes).toEqual(['nullify 1']);
  });

  test('a view without certificate is nullified after 4Δ and then asked about every Δ', () => {
    const bench = new Bench(4, 0);
    bench.hear(1, proposalOf(bench));
    bench.pass(399);
    expect(bench.votes).toEqual(['notarize 1']);
    bench.pass(1);
    expect(bench.votes).toEqual(['notarize 1', 'nullify 1']);
    const asks = bench
      .pass(500)
      .filter((one) => one.kind === 'broadcast' && one.message.kind === 'certificateRequest');
    expect(asks).toHaveLength(5);
  });

  test('a leader that gives up is followed', () => {
    const bench = new Bench(4, 0);
    bench.hearVote(1, { kind: 'nullify', view: 1, digest: ZERO });
    expect(bench.votes).toEqual(['nullify 1']);
  });
});

describe('hostile input', () => {
  test('help is bounded per peer and second', () => {
    const bench = new Bench(4, 0);
    for (const signer of [1, 2, 3])
      bench.hearVote(signer, { kind: 'nullify', view: 1, digest: ZERO });
    for (let i = 0; i < 500; i++) bench.hear(3, { kind: 'certificateRequest', value: { view: 1 } });
    const answers = bench.effects.filter(
      (one) => one.kind === 'send' && one.message.kind === 'certificate' && one.to === 3,
    );
    expect(answers.length).toBeLessThanOrEqual(51);
    bench.nowMs += 1_000;
    expect(bench.hear(3, { kind: 'certificateRequest', value: { view: 1 } })).toContainEqual(
      expect.objectContaining({ kind: 'send', to: 3 }),
    );
  });

  test('blocks, certificates and final blocks nobody asked for change nothing', () => {
    const bench = new Bench(4, 0);
    const block = blockOf({ view: 1, height: 1 }, genesisOf(4).payload);
    const forged = {
      kind: 'finalize' as const,
      epoch: 0,
      view: 1,
      digest: block.digest,
      votes: [0, 1, 2].map((signer) => ({ signer, signature: new Uint8Array(64) })),
    };
    bench.hear(2, { kind: 'block', value: { block: block.bytes } });
    bench.hear(2, { kind: 'certificate', value: { certificate: forged } });
    bench.hear(2, { kind: 'certificate', value: { certificate: { ...forged, votes: [] } } });
    bench.hear(2, {
      kind: 'finals',
      value: { blocks: [{ block: block.bytes, certificate: forged }] },
    });
    bench.hear(2, { kind: 'progress', value: { ...bench.progress(), finalHeight: 5, view: 9 } });
    bench.pass(150);
    bench.hear(2, {
      kind: 'finals',
      value: { blocks: [{ block: block.bytes, certificate: forged }] },
    });
    expect(bench.consensus.status).toMatchObject({ finalHeight: 0, view: 1 });
    expect(bench.effects.filter(({ kind }) => kind === 'final' || kind === 'persist')).toEqual([]);
  });

  test('a claim without proof is followed three times and no more', () => {
    const bench = new Bench(4, 0);
    bench.hear(2, {
      kind: 'progress',
      value: { ...bench.progress(), finalHeight: 1_000_000, view: 5_000 },
    });
    bench.pass(20_000);
    const asks = bench.effects.filter(
      (one) => one.kind === 'send' && one.to === 2 && one.message.kind === 'finalRequest',
    );
    expect(asks).toHaveLength(3);
  });

  test('a flood of invalid signatures costs eight verifications a second', () => {
    let verified = 0;
    const counting: typeof suite = {
      ...suite,
      verify: (...args) => {
        verified++;
        return suite.verify(...args);
      },
    };
    const bench = new Bench(4, 0, { config: { suite: counting } });
    const bad = {
      ...signed(bench.set, 2, { kind: 'nullify', view: 1, digest: ZERO }),
      signature: new Uint8Array(64),
    };
    for (let i = 0; i < 1_000; i++) {
      bench.hear(2, {
        kind: 'vote',
        value: { vote: { ...bad, view: 1 + (i % 60) }, progress: bench.progress() },
      });
    }
    expect(verified).toBe(8);
    // Others are heard, and so is the peer itself in the next second.
    bench.hearVote(1, { kind: 'nullify', view: 1, digest: ZERO });
    bench.hearVote(3, { kind: 'nullify', view: 1, digest: ZERO });
    bench.nowMs += 1_000;
    bench.hearVote(2, { kind: 'nullify', view: 1, digest: ZERO });
    expect(bench.consensus.status.view).toBe(2);
  });

  test('no message makes the reducer throw', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 3 }),
        fc.array(fc.tuple(fc.nat({ max: 5 }), anyMessage, fc.nat({ max: 300 })), { maxLength: 30 }),
        (self, messages) => {
          const bench = new Bench(4, self);
          for (const [from, message, ms] of messages) {
            bench.hear(from, message);
            bench.pass(ms);
          }
          expect(bench.consensus.status).toMatchObject({ stopped: false, finalHeight: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });
});
