import type { Evidence } from '@hanse/consensus';
import { equalBytes, toHex } from '@hanse/kit';
import {
  isEmptyPayload,
  justRoot,
  openBlock,
  verifyVote,
  type Block,
  type Certificate,
  type Executed,
  type Message,
  type Payload,
  type Vote,
} from '@hanse/model';
import { nextResult } from './execution.ts';
import type { FastNode } from './node.ts';
import type { World } from './world.ts';

/** A broken invariant. */
export type Violation = {
  readonly invariant: string;
  readonly atMs: number;
  readonly message: string;
};

type SentVotes = { notarize?: Uint8Array; nullify?: Uint8Array; finalize?: Uint8Array };

/** Watches all honest nodes and compares them with what must hold, after every event. */
export class Checker {
  readonly violations: Violation[] = [];
  readonly #world: World;
  /** The chain as honest nodes have delivered it, with its true results. */
  readonly chain: Block[];
  readonly #results: Executed[];
  readonly #notarized = new Map<number, Uint8Array>();
  readonly #nullified = new Set<number>();
  readonly #finalized = new Map<number, Uint8Array>();
  readonly #sent = new Map<string, SentVotes>();
  readonly #payloads = new Map<string, Payload>();
  #lastSent: Message | undefined;

  constructor(world: World) {
    this.#world = world;
    this.chain = [world.genesis];
    this.#results = [world.genesisResult];
  }

  fail(invariant: string, message: string): void {
    this.violations.push({ invariant, atMs: this.#world.events.nowMs, message });
  }

  /** I3, I4, I7, I8: what honest nodes accept as certificates. */
  certificate(node: FastNode, certificate: Certificate): void {
    if (!node.isHonest) return;
    const { kind, view, digest } = certificate;
    this.#checkSigners(node, certificate);
    if (kind === 'nullify') {
      this.#nullified.add(view);
      if (this.#finalized.has(view)) this.fail('I4', `view ${view} is final and nullified`);
      return;
    }
    const seen = kind === 'notarize' ? this.#notarized : this.#finalized;
    const known = seen.get(view);
    if (known !== undefined && !equalBytes(known, digest))
      this.fail(kind === 'notarize' ? 'I3' : 'I1', `two ${kind} certificates in view ${view}`);
    seen.set(view, digest);
    if (kind !== 'finalize') return;
    if (this.#nullified.has(view)) this.fail('I4', `view ${view} is nullified and final`);
    const notarized = this.#notarized.get(view);
    if (notarized === undefined || !equalBytes(notarized, digest))
      this.fail('I8', `view ${view} is final and was not notarized`);
  }

  /** I5, I6 as W1 to W3, B2: what honest nodes send. */
  sent(node: FastNode, message: Message): void {
    if ((message.kind !== 'vote' && message.kind !== 'proposal') || message === this.#lastSent)
      return;
    this.#lastSent = message;
    const { vote } = message.value;
    if (vote.signer !== node.index)
      return this.fail('I5', `v${node.index} sends a vote of v${vote.signer}`);
    this.#checkVotes(vote);
    this.#checkDurable(node, vote);
    if (message.kind === 'proposal') this.#checkBound(message.value.block);
  }

  /** W4: what a node executes and tells is durably final. */
  executing(node: FastNode, block: Block): void {
    if (node.isHonest && !node.disk.holdsFinal(block.header.height))
      this.fail(
        'W4',
        `v${node.index} executes height ${block.header.height} before its finality is durable`,
      );
  }

  /** B4: whoever computes wrong results notices once a header binds them. */
  atEnd(): void {
    const bound = this.chain.at(-1)?.header.executed.height ?? 0;
    for (const node of this.#world.all) {
      const from = node.faults?.miscalculatesFrom;
      if (from === undefined || bound < from || node.executedHeight < from || node.isDiverged)
        continue;
      if ((node.finals.at(-1)?.block.header.executed.height ?? 0) >= from)
        this.fail('B4', `v${node.index} goes on with wrong results since height ${from}`);
    }
  }

  /** I1, I2, I9, I16 and binding: what honest nodes deliver. */
  final(node: FastNode, block: Block, certificate: Certificate | undefined): void {
    if (!node.isHonest) return;
    const { height, view } = block.header;
    if (node.finals.length !== height)
      this.fail('I2', `v${node.index} delivers height ${height} as number ${node.finals.length}`);
    if (
      certificate !== undefined &&
      (certificate.kind !== 'finalize' || !equalBytes(certificate.digest, block.digest))
    ) {
      this.fail(
        'I7',
        `v${node.index} delivers height ${height} with a certificate of another block`,
      );
    }
    const known = this.chain[height];
    if (known !== undefined && !equalBytes(known.digest, block.digest)) {
      this.fail(
        'I1',
        `height ${height}: v${node.index} has view ${view}, others view ${known.header.view}`,
      );
    }
    if (known === undefined) this.#extend(block);
  }

  /** I12: evidence names faulty nodes only. */
  evidence(node: FastNode, evidence: Evidence): void {
    if (!node.isHonest) return;
    const signer = evidence.kind === 'wrong-result' ? evidence.vote.signer : evidence.first.signer;
    const isFaulty = this.#world.scenario.faulty.some(({ index }) => index === signer);
    if (!isFaulty)
      this.fail('I12', `v${node.index} accuses the honest v${signer}: ${evidence.kind}`);
  }

  diverged(node: FastNode, height: number): void {
    if (node.isHonest)
      this.fail('binding', `v${node.index} thinks it diverged at height ${height}`);
  }

  #extend(block: Block): void {
    const parent = this.chain.at(-1);
    if (parent === undefined || parent.header.height + 1 !== block.header.height)
      return this.fail('I2', `height ${block.header.height} has no parent`);
    if (
      !equalBytes(block.header.parentDigest, parent.digest) ||
      block.header.parentView !== parent.header.view
    ) {
      this.fail('I2', `height ${block.header.height} does not follow the final block before it`);
    }
    if (block.header.proposer !== block.header.view % this.#world.n)
      this.fail('leader', `height ${block.header.height} was not made by the leader of its view`);
    if (block.header.time <= parent.header.time)
      this.fail('I16', `height ${block.header.height} is not later than its parent`);
    this.#checkClock(block);
    this.#checkJustification(block, parent);
    this.#checkBinding(block, parent);
    this.chain.push(block);
    this.#results.push(
      nextResult(this.#world.suite, this.#results.at(-1) ?? this.#world.genesisResult, block),
    );
  }

  /** I16: a quorum found the time right, so it cannot lie in the future of every honest clock. */
  #checkClock(block: Block): void {
    const aheadMs = block.header.time - this.#world.clockMs();
    if (aheadMs > 500 + this.#world.scenario.skewMs)
      this.fail('I16', `height ${block.header.height} is ${aheadMs} ms ahead of true time`);
  }

  /** I9: every skipped view is nullified, and the header commits to exactly that. */
  #checkJustification(block: Block, parent: Block): void {
    const { suite, set } = this.#world;
    const skipped: Certificate[] = [];
    for (let view = parent.header.view + 1; view < block.header.view; view++) {
      if (!this.#nullified.has(view))
        this.fail(
          'I9',
          `view ${view} is skipped by height ${block.header.height} without nullification`,
        );
      skipped.push({
        kind: 'nullify',
        epoch: set.epoch,
        view,
        digest: new Uint8Array(32),
        votes: [],
      });
    }
    const roots = (['notarize', 'finalize'] as const).map((kind) => {
      const named = {
        kind,
        epoch: set.epoch,
        view: parent.header.view,
        digest: parent.digest,
        votes: [],
      };
      return justRoot(suite, parent.header.view === 0 ? undefined : named, skipped);
    });
    if (!roots.some((root) => equalBytes(root, block.header.justRoot)))
      this.fail('I9', `height ${block.header.height} commits to another justification`);
  }

  /** What a final header binds is what execution gives, and is not too old for a payload. */
  #checkBinding(block: Block, parent: Block): void {
    const { executed, height } = block.header;
    const truth = this.#results[executed.height];
    const isTrue =
      truth !== undefined &&
      equalBytes(truth.stateRoot, executed.stateRoot) &&
      equalBytes(truth.historyRoot, executed.historyRoot);
    if (!isTrue)
      this.fail('binding', `height ${height} binds wrong results for height ${executed.height}`);
    if (executed.height < parent.header.executed.height)
      this.fail('binding', `height ${height} binds less than its parent`);
    const isLate = height - executed.height > this.#world.parameters.executionLagBlocksMax;
    if (isLate && !isEmptyPayload(block.payload, parent.payload))
      this.fail(
        'binding',
        `height ${height} has a payload and lags by ${height - executed.height}`,
      );
  }

  /** B2: an honest leader binds only what q validators have reported, and no honest one reports too much. */
  #checkBound(bytes: Uint8Array): void {
    const { n, all, suite } = this.#world;
    const opened = openBlock(suite, bytes);
    if (!opened.ok) return this.fail('I2', 'an honest proposal does not open');
    const { header } = opened.value;
    const bound = header.executed.height;
    const done = new Set(
      all
        .filter((node) => !node.isHonest || node.highestExecuted >= bound)
        .map(({ index }) => index),
    );
    if (done.size < quorum(n))
      this.fail(
        'B2',
        `view ${header.view} binds ${bound}, which ${done.size} validators have executed`,
      );
  }

  /** W1 to W3: what must be durable before a vote is seen. */
  #checkDurable(node: FastNode, { kind, view, digest }: Vote): void {
    const { disk } = node;
    const miss = (rule: string, what: string): void =>
      this.fail(rule, `v${node.index} sends ${kind} of view ${view} before ${what} is durable`);
    if (!disk.holdsVote(kind, view)) miss('W1', 'it');
    const isEntered = (['notarize', 'nullify', 'finalize'] as const).some((one) =>
      disk.holdsCertificate(one, view - 1),
    );
    if (kind !== 'finalize' && view > 1 && !isEntered) miss('W2', 'what let it enter the view');
    if (kind !== 'finalize') return;
    if (!disk.holdsCertificate('notarize', view)) miss('W3', 'the notarization');
    if (!disk.holdsBlock(digest)) miss('W3', 'the block');
    for (const [lane, { seq }] of this.#payloads.get(toHex(digest))?.entries() ?? []) {
      if (seq > 0 && !disk.holdsBatch(lane, seq)) miss('W3', `batch ${lane}/${seq}`);
    }
  }

  /** A block that an honest node stores. */
  block(block: Block): void {
    this.#payloads.set(toHex(block.digest), block.payload);
  }

  #checkVotes(vote: Vote): void {
    const key = `${vote.signer}/${vote.view}`;
    const votes = this.#sent.get(key) ?? {};
    this.#sent.set(key, votes);
    const earlier = votes[vote.kind];
    if (earlier !== undefined && !equalBytes(earlier, vote.digest))
      this.fail('I5', `v${vote.signer} sends two ${vote.kind} votes in view ${vote.view}`);
    votes[vote.kind] = vote.digest;
    if (votes.nullify !== undefined && votes.finalize !== undefined)
      this.fail('I5', `v${vote.signer} nullifies and finalizes view ${vote.view}`);
  }

  #checkSigners(node: FastNode, certificate: Certificate): void {
    const { kind, epoch, view, digest, votes } = certificate;
    const { suite, chainId, set, n } = this.#world;
    const signers = new Set(votes.map(({ signer }) => signer));
    const areValid = votes.every(({ signer, signature }) =>
      verifyVote(suite, chainId, set, { kind, epoch, view, digest, signer, signature }),
    );
    if (signers.size < quorum(n) || signers.size !== votes.length || !areValid) {
      this.fail(
        'I7',
        `v${node.index} accepts a ${kind} certificate of view ${view} with ${signers.size} signers (${toHex(digest.subarray(0, 4))})`,
      );
    }
  }
}

/** Written out once more on purpose: a fault in the shared function must not hide here. */
function quorum(n: number): number {
  return n - Math.floor((n - 1) / 3);
}
