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
const RECENT_BLOCKS = 4;
const VOTE_RATE = 0.15;
const PROPOSAL_RATE = 0.04;
const FORGERY_RATE = 0.02;
const kinds: readonly [VoteKind, ...VoteKind[]] = ['notarize', 'nullify', 'finalize'];

/** Signs anything it has seen, and as a leader proposes on any block it has seen, justified or not. */
export function createRandomSigner(world: World, index: number): Faults {
  const inventor = new Inventor(world, index);
  let invented: { readonly view: number; readonly message: Message } | undefined;
  return {
    // Every second own proposal is replaced, so that the invented one is the first of its view.
    tamper: (node, _to, message) => {
      if (message.kind !== 'proposal') return [message];
      const { view } = message.value.vote;
      if (invented?.view !== view) {
        invented = {
          view,
          message: world.rng.chance(0.5) ? inventor.proposal(node, view) : message,
        };
      }
      return [invented.message];
    },
    answer: (node, request) => (request.kind === 'finalRequest' ? [inventor.finals(node)] : []),
    observe: (node, _from, message) => {
      inventor.learn(message);
      const to = world.rng.below(world.n);
      if (to === index) return;
      if (world.rng.chance(FORGERY_RATE)) world.network.send(node, to, inventor.certificate());
      if (world.rng.chance(VOTE_RATE)) world.network.send(node, to, inventor.vote());
      if (!world.rng.chance(PROPOSAL_RATE)) return;
      const proposal = inventor.proposal(node, inventor.likelyView());
      for (let peer = 0; peer < world.n; peer++) {
        if (peer !== index && world.rng.chance(0.7)) world.network.send(node, peer, proposal);
      }
    },
  };
}

/** Makes up messages from what it has overheard. */
class Inventor {
  readonly #world: World;
  readonly #index: number;
  readonly #blocks: Block[];
  readonly #certificates = new Map<string, Certificate>();
  readonly #progress: Progress;
  #highestView = 1;

  constructor(world: World, index: number) {
    this.#world = world;
    this.#index = index;
    this.#blocks = [world.genesis];
    const held = Array.from({ length: world.n }, () => 0);
    this.#progress = { held, executedHeight: 0, view: 1, finalHeight: 0 };
  }

  learn(message: Message): void {
    if (message.kind === 'vote') {
      const seen = Math.min(message.value.vote.view, this.#highestView + 8);
      this.#highestView = Math.max(this.#highestView, seen);
    }
    if (message.kind === 'certificate') this.#keep(message.value.certificate);
    if (message.kind !== 'proposal') return;
    for (const certificate of message.value.just) this.#keep(certificate);
    const opened = openBlock(this.#world.suite, message.value.block);
    if (opened.ok) this.#blocks.push(opened.value);
    if (this.#blocks.length > BLOCKS_MAX) this.#blocks.shift();
    if (this.#certificates.size > 4 * BLOCKS_MAX) this.#certificates.clear();
  }

  /** A view it leads soon, or at times one that somebody else leads now. */
  likelyView(): number {
    const { n, rng } = this.#world;
    const turn = (this.#index - (this.#highestView % n) + n) % n;
    return this.#highestView + (rng.chance(0.2) ? 0 : turn);
  }

  vote(): Message {
    const { rng } = this.#world;
    const block = this.#anyBlock(0);
    const kind = rng.pick(kinds);
    const view = kind === 'nullify' ? this.#highestView - rng.below(3) : block.header.view;
    const digest = kind === 'nullify' ? ZERO_HASH : block.digest;
    const intent = { kind, epoch: rng.chance(0.1) ? 1 : 0, view: Math.max(1, view), digest };
    const vote = toyVote(this.#world.set, this.#world.chainId, this.#index, intent);
    return { kind: 'vote', value: { vote, progress: this.#progress } };
  }

  proposal(node: FastNode, view: number): Message {
    // Mostly on a recent block: voters take no other for a parent.
    const isRecent = this.#world.rng.chance(0.7);
    const parent = this.#anyBlock(isRecent ? Math.max(0, this.#blocks.length - RECENT_BLOCKS) : 0);
    const block = this.#blockOn(parent, Math.max(view, parent.header.view + 1), node);
    const intent = {
      kind: 'notarize' as const,
      epoch: 0,
      view: block.header.view,
      digest: block.digest,
    };
    const vote = toyVote(this.#world.set, this.#world.chainId, this.#index, intent);
    const just = [...this.#certificates.values()].slice(-8);
    return {
      kind: 'proposal',
      value: { block: block.bytes, just, vote, progress: this.#progress },
    };
  }

  certificate(): Message {
    const kind = this.#world.rng.pick(kinds);
    return { kind: 'certificate', value: { certificate: this.#forge(kind, this.#anyBlock(0)) } };
  }

  /** A final block that never was. */
  finals(node: FastNode): Message {
    const parent = node.finals.at(-1)?.block ?? this.#world.genesis;
    const block = this.#blockOn(parent, this.#highestView + 1, node);
    const certificate = this.#forge('finalize', block);
    return { kind: 'finals', value: { blocks: [{ block: block.bytes, certificate }] } };
  }

  #forge(kind: VoteKind, block: Block): Certificate {
    const view = Math.max(1, kind === 'nullify' ? this.#highestView : block.header.view);
    const digest = kind === 'nullify' ? ZERO_HASH : block.digest;
    const signature = new Uint8Array(64);
    const votes = Array.from({ length: quorumOf(this.#world.n) }, (_, signer) => ({
      signer,
      signature,
    }));
    return { kind, epoch: 0, view, digest, votes };
  }

  #keep(certificate: Certificate): void {
    this.#certificates.set(`${certificate.kind}/${certificate.view}`, certificate);
  }

  #anyBlock(first: number): Block {
    const at = first + this.#world.rng.below(this.#blocks.length - first);
    return this.#blocks[at] ?? this.#world.genesis;
  }

  #blockOn(parent: Block, view: number, node: FastNode): Block {
    const { rng, suite } = this.#world;
    const { header } = parent;
    const skipped: Certificate[] = [];
    for (let between = header.view + 1; between < view; between++) {
      const certificate = this.#certificates.get(`nullify/${between}`);
      if (certificate !== undefined) skipped.push(certificate);
    }
    const name = {
      kind: 'notarize' as const,
      epoch: 0,
      view: header.view,
      digest: parent.digest,
      votes: [],
    };
    return sealBlock(
      suite,
      {
        ...header,
        view,
        height: header.height + (rng.chance(0.1) ? 2 : 1),
        executed: this.#boundBy(parent),
        parentView: header.view,
        parentDigest: parent.digest,
        time: Math.max(this.#world.clockMs(), header.time + 1),
        proposer: this.#index,
        justRoot: justRoot(suite, header.view === 0 ? undefined : name, skipped),
      },
      rng.chance(0.5) ? parent.payload : node.lanes.build(parent.payload, true),
    );
  }

  /** Mostly the parent's results; sometimes older, other or invented ones. */
  #boundBy({ header: { executed } }: Block): Executed {
    const invented = this.#world.suite.hash(executed.stateRoot);
    return this.#world.rng.pick<Executed>([
      executed,
      executed,
      executed,
      this.#world.genesisResult,
      { ...executed, stateRoot: invented },
      { ...executed, height: executed.height + 1, stateRoot: invented },
    ]);
  }
}
