import {
  justRoot,
  openBlock,
  quorumOf,
  sealBlock,
  ZERO_HASH,
  type Block,
  type Certificate,
  type Executed,
  type Message,
  type Progress,
  type VoteKind,
} from '@hanse/model';
import type { FastNode, Faults } from '../node.ts';
import { toyVote } from '../toysuite.ts';
import type { World } from '../world.ts';

const BLOCKS_MAX = 32;
const VOTE_RATE = 0.15;
const PROPOSAL_RATE = 0.04;
const FORGERY_RATE = 0.02;
const kinds: readonly [VoteKind, ...VoteKind[]] = ['notarize', 'nullify', 'finalize'];

/** Signs anything it has seen, and as a leader proposes on any block it has seen, justified or not. */
export function createRandomSigner(world: World, index: number): Faults {
  const blocks: Block[] = [world.genesis];
  const certificates = new Map<string, Certificate>();
  let highestView = 1;
  const progress: Progress = {
    held: Array.from({ length: world.n }, () => 0),
    executedHeight: 0,
    view: 1,
    finalHeight: 0,
  };
  const learn = (message: Message): void => {
    if (message.kind === 'vote')
      highestView = Math.max(highestView, Math.min(message.value.vote.view, highestView + 8));
    if (message.kind === 'certificate')
      certificates.set(keyOf(message.value.certificate), message.value.certificate);
    if (message.kind !== 'proposal') return;
    for (const certificate of message.value.just) certificates.set(keyOf(certificate), certificate);
    const opened = openBlock(world.suite, message.value.block);
    if (opened.ok) blocks.push(opened.value);
    if (blocks.length > BLOCKS_MAX) blocks.shift();
    if (certificates.size > 4 * BLOCKS_MAX) certificates.clear();
  };
  const randomVote = (): Message => {
    const block = blocks[world.rng.below(blocks.length)] ?? world.genesis;
    const kind = world.rng.pick(kinds);
    const view = kind === 'nullify' ? highestView - world.rng.below(3) : block.header.view;
    const epoch = world.rng.chance(0.1) ? 1 : 0;
    const vote = toyVote(world.set, world.chainId, index, {
      kind,
      epoch,
      view: Math.max(1, view),
      digest: kind === 'nullify' ? ZERO_HASH : block.digest,
    });
    return { kind: 'vote', value: { vote, progress } };
  };
  const randomProposal = (node: FastNode): Message => {
    const parent = blocks[world.rng.below(blocks.length)] ?? world.genesis;
    const turn = world.rng.chance(0.2) ? 0 : (index - (highestView % world.n) + world.n) % world.n;
    const view = highestView + turn;
    const block = blockOn(
      world,
      index,
      parent,
      Math.max(view, parent.header.view + 1),
      certificates,
      node,
    );
    const vote = toyVote(world.set, world.chainId, index, {
      kind: 'notarize',
      epoch: 0,
      view: block.header.view,
      digest: block.digest,
    });
    return {
      kind: 'proposal',
      value: { block: block.bytes, just: [...certificates.values()].slice(-8), vote, progress },
    };
  };
  const forgedCertificate = (block: Block): Certificate => {
    const kind = world.rng.pick(kinds);
    const view = kind === 'nullify' ? highestView : block.header.view;
    const digest = kind === 'nullify' ? ZERO_HASH : block.digest;
    const votes = Array.from({ length: quorumOf(world.n) }, (_, signer) => ({
      signer,
      signature: new Uint8Array(64),
    }));
    return { kind, epoch: 0, view: Math.max(1, view), digest, votes };
  };
  return {
    answer: (node, request) => {
      if (request.kind !== 'finalRequest') return [];
      const block = blockOn(
        world,
        index,
        node.finals.at(-1)?.block ?? world.genesis,
        highestView + 1,
        certificates,
        node,
      );
      const certificate: Certificate = {
        ...forgedCertificate(block),
        kind: 'finalize',
        view: block.header.view,
        digest: block.digest,
      };
      return [{ kind: 'finals', value: { blocks: [{ block: block.bytes, certificate }] } }];
    },
    observe: (node, _from, message) => {
      learn(message);
      const to = world.rng.below(world.n);
      if (to === index) return;
      if (world.rng.chance(FORGERY_RATE)) {
        const certificate = forgedCertificate(
          blocks[world.rng.below(blocks.length)] ?? world.genesis,
        );
        world.network.send(node, to, { kind: 'certificate', value: { certificate } });
      }
      if (world.rng.chance(VOTE_RATE)) world.network.send(node, to, randomVote());
      if (!world.rng.chance(PROPOSAL_RATE)) return;
      const proposal = randomProposal(node);
      for (let peer = 0; peer < world.n; peer++)
        if (peer !== index && world.rng.chance(0.7)) world.network.send(node, peer, proposal);
    },
  };
}

function blockOn(
  world: World,
  proposer: number,
  parent: Block,
  view: number,
  known: ReadonlyMap<string, Certificate>,
  node: FastNode,
): Block {
  const { header } = parent;
  const skipped: Certificate[] = [];
  for (let between = header.view + 1; between < view; between++) {
    const certificate = known.get(`nullify/${between}`);
    if (certificate !== undefined) skipped.push(certificate);
  }
  const named: Certificate = {
    kind: 'notarize',
    epoch: 0,
    view: header.view,
    digest: parent.digest,
    votes: [],
  };
  return sealBlock(
    world.suite,
    {
      ...header,
      view,
      height: header.height + (world.rng.chance(0.1) ? 2 : 1),
      executed: boundBy(world, parent),
      parentView: header.view,
      parentDigest: parent.digest,
      time: Math.max(world.clockMs(), header.time + 1),
      proposer,
      justRoot: justRoot(world.suite, header.view === 0 ? undefined : named, skipped),
    },
    world.rng.chance(0.5) ? parent.payload : node.lanes.build(parent.payload, true),
  );
}

/** Mostly the parent's results; sometimes older, other or invented ones. */
function boundBy(world: World, { header: { executed } }: Block): Executed {
  const invented = world.suite.hash(executed.stateRoot);
  return world.rng.pick<Executed>([
    executed,
    executed,
    executed,
    world.genesisResult,
    { ...executed, stateRoot: invented },
    { ...executed, height: executed.height + 1, stateRoot: invented },
  ]);
}

function keyOf({ kind, view }: Certificate): string {
  return `${kind}/${view}`;
}
