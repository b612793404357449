import { decode } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { equalBytes, toHex } from '@hanse/kit';
import type { Applied } from '@hanse/ledger';
import {
  certificateError,
  genesisValidators,
  messageSchema,
  openBatch,
  type Block,
  type Certificate,
  type Vote,
} from '@hanse/model';
import type { SimChain } from './chain.ts';
import type { Member } from './member.ts';

/** Invariants of a run, checked as things happen. The names are those of the specification. */
export class Checks {
  readonly #suite: Suite;
  readonly #chain: SimChain;
  readonly #byzantine: ReadonlySet<number>;
  readonly violations: string[] = [];
  /** Digest per final height, whoever said it first. */
  readonly #finals = new Map<number, string>();
  readonly #results = new Map<number, string>();
  readonly #executedAt = new Map<string, number>();
  readonly #votes = new Map<string, string>();
  readonly #lastFinal = new Map<string, Block>();
  readonly #nullified = new Set<number>();
  readonly #notarized = new Map<number, string>();
  readonly #batches = new Map<string, string>();
  evidence = 0;

  constructor(options: {
    readonly suite: Suite;
    readonly chain: SimChain;
    readonly byzantine: ReadonlySet<number>;
  }) {
    this.#suite = options.suite;
    this.#chain = options.chain;
    this.#byzantine = options.byzantine;
  }

  /** Highest final height seen anywhere. */
  get height(): number {
    return this.#finals.size;
  }

  /** I1 agreement, I2 one path upwards, I4 no nullification of a final view, I7 certificates hold. */
  final(member: Member, block: Block, certificate: Certificate | undefined): void {
    if (!member.isHonest) return;
    const { height, view } = block.header;
    this.#same(
      this.#finals,
      height,
      toHex(block.digest),
      `I1: ${member.name} finalized another block at height ${height}`,
    );
    const before = this.#lastFinal.get(member.name);
    if (
      before !== undefined &&
      before.header.height + 1 === height &&
      !equalBytes(block.header.parentDigest, before.digest)
    ) {
      this.#fail(`I2: ${member.name} left its path at height ${height}`);
    }
    if (
      before !== undefined &&
      block.header.time <= before.header.time &&
      before.header.height < height
    )
      this.#fail(`I16: time went back at height ${height}`);
    this.#lastFinal.set(member.name, block);
    if (certificate !== undefined && this.#nullified.has(view))
      this.#fail(`I4: view ${view} is finalized and nullified`);
    if (certificate === undefined) return;
    this.certificate(certificate);
    if (!member.durability.hasFinality(view, block.digest)) {
      this.#fail(`W4: ${member.name} told of height ${height} before its certificate was durable`);
    }
  }

  /** I10: every honest member executes the same transactions once, with the same results. */
  executed(member: Member, block: Block, applied: Applied): void {
    if (!member.isHonest) return;
    const { height } = block.header;
    const result = `${toHex(applied.executed.stateRoot)}${toHex(applied.executed.historyRoot)}`;
    this.#same(
      this.#results,
      height,
      result,
      `I10: ${member.name} has other results at height ${height}`,
    );
    for (const { txid } of applied.receipts) {
      const at = this.#executedAt.get(toHex(txid));
      if (at !== undefined && at !== height)
        this.#fail(`I10: a transaction was executed at ${at} and ${height}`);
      this.#executedAt.set(toHex(txid), height);
    }
  }

  /** Bound results are true: every final header binds what honest execution gave. */
  bound(block: Block): void {
    const { executed } = block.header;
    const result = this.#results.get(executed.height);
    if (executed.height === 0 || result === undefined) return;
    if (result !== `${toHex(executed.stateRoot)}${toHex(executed.historyRoot)}`)
      this.#fail(`B2: height ${block.header.height} binds a wrong result of ${executed.height}`);
  }

  /** I3, I4, I7 for every certificate that is sent or used. */
  certificate(certificate: Certificate): void {
    const { kind, view, digest } = certificate;
    const reason = certificateError(
      this.#suite,
      this.#chain.chainId,
      genesisValidators(this.#chain.genesis),
      certificate,
    );
    if (reason !== undefined)
      return this.#fail(`I7: a ${kind} certificate of view ${view}: ${reason}`);
    if (kind === 'notarize')
      this.#same(this.#notarized, view, toHex(digest), `I3: two notarizations in view ${view}`);
    if (kind === 'nullify') this.#nullified.add(view);
  }

  /** I5: what an honest member sends, across restarts, never contradicts itself. */
  sent(member: Member, bytes: Uint8Array): void {
    if (!member.isHonest) return;
    const message = decode(messageSchema, bytes);
    if (!message.ok) return this.#fail(`${member.name} sent a message that does not decode`);
    const { kind, value } = message.value;
    if (kind === 'vote') this.#vote(member, value.vote);
    if (kind === 'proposal') this.#vote(member, value.vote);
    if (kind === 'certificate') this.certificate(value.certificate);
    if (kind === 'batch') this.#batch(member, value.batch);
  }

  #vote(member: Member, vote: Vote): void {
    if (this.#byzantine.has(vote.signer)) return;
    if (vote.signer !== member.index)
      return this.#fail(`${member.name} sent a vote of ${vote.signer}`);
    if (!member.durability.hasVote(vote)) {
      this.#fail(`W1: ${member.name} sent ${vote.kind} of view ${vote.view} before it was durable`);
    }
    const key = `${vote.signer}/${vote.view}`;
    const place = `${key}/${vote.kind}`;
    const digest = toHex(vote.digest);
    const earlier = this.#votes.get(place);
    if (earlier !== undefined && earlier !== digest)
      this.#fail(`I5: ${member.name} voted ${vote.kind} twice in view ${vote.view}`);
    this.#votes.set(place, digest);
    const opposite =
      vote.kind === 'finalize' ? 'nullify' : vote.kind === 'nullify' ? 'finalize' : undefined;
    if (opposite !== undefined && this.#votes.has(`${key}/${opposite}`))
      this.#fail(`I5: ${member.name} voted finalize and nullify in view ${vote.view}`);
  }

  /** I12: evidence names Byzantine validators only. */
  evidenceOf(member: Member, accused: number | undefined): void {
    if (!member.isHonest) return;
    this.evidence++;
    if (accused !== undefined && !this.#byzantine.has(accused))
      this.#fail(`I12: ${member.name} accuses honest validator ${accused}`);
  }

  violation(what: string): void {
    this.#fail(what);
  }

  /** W6 and lane forks: an own batch is durable before it is sent, and there is one per number. */
  #batch(member: Member, bytes: Uint8Array): void {
    const batch = openBatch(this.#suite, bytes);
    if (!batch.ok) return this.#fail(`${member.name} sent a batch that does not open`);
    const { lane, seq } = batch.value.header;
    if (lane !== member.index) return;
    // One that was sent in an earlier life came back from peers: whoever has it may pass it on.
    const isKnown = this.#batches.get(`${lane}/${seq}`) === toHex(batch.value.digest);
    if (!isKnown && !member.durability.hasBatch(batch.value.digest)) {
      this.#fail(`W6: ${member.name} sent batch ${seq} before it was durable`);
    }
    this.#same(
      this.#batches,
      `${lane}/${seq}`,
      toHex(batch.value.digest),
      `W6: ${member.name} forked its lane at ${seq}`,
    );
  }

  #same<K>(map: Map<K, string>, key: K, value: string, message: string): void {
    const before = map.get(key);
    if (before !== undefined && before !== value) this.#fail(message);
    else map.set(key, value);
  }

  #fail(what: string): void {
    if (this.violations.length < 20) this.violations.push(what);
  }
}
