import { createHash } from 'node:crypto';
import type { Suite } from '@hanse/crypto';
import { must, toHex } from '@hanse/kit';
import type { Sealed, Tx } from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import { createChain, depositEnvelope, operatorOf, type SimChain } from './chain.ts';
import { Checks } from './checks.ts';
import { Member } from './member.ts';
import { calm, Network, storm } from './network.ts';
import { World } from './world.ts';

const START_MS = 1_700_000_000_000;
const STORM_MS = 12_000;
const HEAL_MS = 60_000;
const CLIENT_RETRY_MS = 1_500;
const DELTA_MS = 30;

/** How a Byzantine validator behaves. */
export type ByzantineKind = 'none' | 'silent' | 'twins';

/** Outcome of a whole-node run. */
export type WholeResult = {
  readonly seed: number;
  readonly ok: boolean;
  readonly violations: readonly string[];
  /** Hash over everything that happened; equal for equal seeds. */
  readonly eventHash: string;
  readonly events: number;
  readonly height: number;
  readonly submitted: number;
  readonly restarts: number;
  readonly byzantine: ByzantineKind;
  readonly members: number;
  readonly timeline: readonly string[];
};

type Submission = {
  readonly bytes: Uint8Array;
  readonly tx: Sealed<Tx>;
  readonly executedBy: Set<string>;
};

/** Run whole validators from a seed: storms, crashes and a Byzantine validator, then calm, then checks. */
export async function runWholeSeed(
  seed: number,
  options: { readonly timeline?: boolean } = {},
): Promise<WholeResult> {
  return new WholeRun(seed, options.timeline ?? false).run();
}

const suites = new Map<string, Suite>();

function nativeSuite(): Suite {
  const suite = suites.get('intl') ?? createNativeSuite('intl');
  suites.set('intl', suite);
  return suite;
}

class WholeRun {
  readonly #seed: number;
  readonly #world: World;
  readonly #suite = nativeSuite();
  readonly #chain: SimChain;
  readonly #members: Member[] = [];
  readonly #network: Network;
  readonly #checks: Checks;
  readonly #byzantine: ByzantineKind;
  readonly #byzantineIndex: number | undefined;
  readonly #count: number;
  readonly #hash = createHash('sha256');
  readonly #submissions = new Map<string, Submission>();
  readonly #timeline: string[] | undefined;
  #storming = true;
  #hasLost = false;
  #mask = 0;

  constructor(seed: number, keepTimeline: boolean) {
    this.#seed = seed;
    this.#world = new World({ seed, startMs: START_MS });
    this.#timeline = keepTimeline ? [] : undefined;
    this.#count = this.#world.pick([4, 4, 4, 7]);
    this.#chain = createChain(this.#suite, {
      members: this.#count,
      startMs: START_MS,
      deltaMs: DELTA_MS,
    });
    this.#byzantine = this.#world.pick(['none', 'none', 'silent', 'twins'] as const);
    this.#byzantineIndex = this.#byzantine === 'none' ? undefined : this.#world.below(this.#count);
    const byzantine = new Set(this.#byzantineIndex === undefined ? [] : [this.#byzantineIndex]);
    this.#checks = new Checks({ suite: this.#suite, chain: this.#chain, byzantine });
    this.#network = new Network(this.#world, calm(this.#count), (from, to, bytes) =>
      this.#arrive(from, to, bytes),
    );
    for (let index = 0; index < this.#count; index++) {
      this.#members.push(this.#member(index, `n${index}`));
      if (index === this.#byzantineIndex && this.#byzantine === 'twins')
        this.#members.push(this.#member(index, `n${index}b`));
    }
  }

  async run(): Promise<WholeResult> {
    const world = this.#world;
    for (const member of this.#members) await member.start();
    this.#scheduleWeather();
    this.#scheduleCrashes();
    this.#scheduleClients();
    const step = (): void => undefined;
    await world.runUntil(START_MS + STORM_MS, step);
    this.#storming = false;
    this.#network.weather = calm(this.#count);
    this.#mask = 0;
    if (world.chance(20)) for (const member of this.#members) if (member.isUp) this.#crash(member);
    for (const member of this.#members) if (!member.isUp) this.#restart(member, world.below(500));
    this.#note('calm');
    await world.runUntil(START_MS + STORM_MS + HEAL_MS, step);
    this.#finalChecks();
    return {
      seed: this.#seed,
      ok: this.#checks.violations.length === 0,
      violations: this.#checks.violations,
      eventHash: this.#hash.digest('hex'),
      events: world.events,
      height: this.#checks.height,
      submitted: this.#submissions.size,
      restarts: this.#members.reduce((sum, member) => sum + member.restarts, 0),
      byzantine: this.#byzantine,
      members: this.#count,
      timeline: this.#timeline ?? [],
    };
  }

  #member(index: number, name: string): Member {
    return new Member({
      world: this.#world,
      suite: this.#suite,
      chain: this.#chain,
      index,
      name,
      isHonest: index !== this.#byzantineIndex,
      events: {
        send: (member, to, bytes) => this.#send(member, to, bytes),
        final: (member, block, certificate) => {
          this.#note(
            `${member.name} final ${block.header.height} v${block.header.view} ${toHex(block.digest).slice(0, 8)} binds ${block.header.executed.height}`,
          );
          this.#checks.final(member, block, certificate);
          if (member.isHonest) this.#checks.bound(block);
        },
        executed: (member, block, applied) => {
          this.#note(
            `${member.name} executed ${block.header.height}: ${applied.receipts.length} receipts, ${applied.voids.length} void, root ${toHex(applied.executed.stateRoot).slice(0, 8)}`,
          );
          this.#checks.executed(member, block, applied);
          for (const receipt of applied.receipts) {
            const submission = this.#submissions.get(toHex(receipt.txid));
            if (submission === undefined) continue;
            if (member.isHonest) submission.executedBy.add(member.name);
            if (receipt.status.kind !== 'ok')
              this.#checks.violation(`a good deposit was refused: ${receipt.status.value.code}`);
          }
          for (const one of applied.voids)
            if (one.code !== 'Expired')
              this.#checks.violation(`a good deposit was void: ${one.code}`);
        },
        evidence: (member, evidence) => {
          this.#note(`${member.name} evidence ${describe(evidence)}`);
          this.#checks.evidenceOf(member, accusedOf(evidence));
        },
        violation: (member, what) => {
          this.#note(`${member.name} ${what}`);
          if (member.isHonest) this.#checks.violation(`${member.name} ${what}`);
        },
      },
    });
  }

  /** Frames of a silent validator vanish; twins each reach the part of the network that hears them. */
  #send(member: Member, to: number, bytes: Uint8Array): void {
    this.#checks.sent(member, bytes);
    this.#hash.update(`${this.#world.nowMs} ${member.name} ${to} ${bytes.length}`).update(bytes);
    if (!member.isHonest && this.#byzantine === 'silent') return;
    if (!member.isHonest && this.#byzantine === 'twins' && this.#hears(to) !== member.name) return;
    this.#network.send(member.index, to, bytes);
  }

  /** Which twin a validator hears at the moment. */
  #hears(index: number): string {
    const twin = must(this.#byzantineIndex, 'twins have an index');
    return (this.#mask >> index) % 2 === 0 ? `n${twin}` : `n${twin}b`;
  }

  #arrive(from: number, to: number, bytes: Uint8Array): void {
    for (const member of this.#members) {
      if (member.index !== to) continue;
      if (!member.isHonest && this.#byzantine === 'twins' && this.#hears(from) !== member.name)
        continue;
      member.receive(from, bytes);
    }
  }

  #scheduleWeather(): void {
    const world = this.#world;
    const change = (): void => {
      if (!this.#storming) return;
      this.#network.weather = world.chance(40) ? calm(this.#count) : storm(world, this.#count);
      this.#mask = world.below(2 ** this.#count);
      this.#note(`weather ${JSON.stringify(this.#network.weather)}`);
      world.after(200 + world.below(2_500), change);
    };
    world.after(world.below(1_000), change);
  }

  #scheduleCrashes(): void {
    const world = this.#world;
    const perRun = world.below(8);
    for (let i = 0; i < perRun; i++) {
      world.after(world.below(STORM_MS), () => {
        const member = world.pick(this.#members);
        if (!member.isUp || !this.#storming) return;
        this.#crash(member);
        this.#restart(member, world.below(2_500));
      });
    }
  }

  /** Cut the power of a member. Once in some runs without a Byzantine one, its data is lost too: that is a fault as well. */
  #crash(member: Member): void {
    const losesData = this.#byzantine === 'none' && !this.#hasLost && this.#world.chance(20);
    this.#note(`${member.name} crashes${losesData ? ' and loses its data' : ''}`);
    if (losesData) {
      this.#hasLost = true;
      member.loseData();
    } else member.crash();
  }

  #restart(member: Member, delayMs: number): void {
    this.#world.after(delayMs, () => {
      if (member.isUp) return;
      this.#note(`${member.name} restarts`);
      void member
        .start()
        .catch((error: unknown) =>
          this.#checks.violation(
            `${member.name} did not restart: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          ),
        );
    });
  }

  /** Clients post deposits and repeat the same bytes elsewhere until one is executed. */
  #scheduleClients(): void {
    const world = this.#world;
    const count = 10 + world.below(60);
    for (let i = 0; i < count; i++) {
      world.after(world.below(STORM_MS + 5_000), () => {
        const envelope = depositEnvelope(
          this.#suite,
          world,
          this.#chain,
          operatorOf(this.#chain, world.below(this.#count)),
        );
        const submission: Submission = { ...envelope, executedBy: new Set() };
        this.#submissions.set(toHex(envelope.tx.digest), submission);
        this.#post(submission);
      });
    }
  }

  #post(submission: Submission): void {
    if (submission.executedBy.size > 0) return;
    const up = this.#members.filter((member) => member.isUp && member.isHonest);
    if (up.length > 0) this.#world.pick(up).submit(submission.bytes);
    this.#world.after(CLIENT_RETRY_MS, () => this.#post(submission));
  }

  /** I10, I13: after the calm everybody has everything, bound, and the chain is at rest. */
  #finalChecks(): void {
    const honest = this.#members.filter((member) => member.isHonest);
    const heights = honest.map((member) => (member.isUp ? member.ledger.executed.height : -1));
    const top = Math.max(...heights);
    if (top < 3) this.#checks.violation(`I13: only ${top} heights after the calm`);
    for (const [i, height] of heights.entries())
      if (height < top - 2) this.#checks.violation(`I13: n${i} is at height ${height} of ${top}`);
    for (const [txid, submission] of this.#submissions) {
      if (submission.executedBy.size < honest.length)
        this.#checks.violation(
          `I10: transaction ${txid.slice(0, 8)} was executed by ${submission.executedBy.size} of ${honest.length}`,
        );
    }
    for (const member of honest) {
      if (!member.isUp) continue;
      const { boundHeight, finalHeight, waitingFor } = member.validator.consensus.status;
      const unbound =
        must(member.ledger.leaf(member.ledger.executed.height), 'a leaf').height - boundHeight;
      if (unbound > 3)
        this.#checks.violation(
          `B5: ${member.name} rests at ${finalHeight} with results bound up to ${boundHeight} (waits for ${waitingFor ?? 'nothing'})`,
        );
    }
  }

  #note(what: string): void {
    const line = `${((this.#world.nowMs - START_MS) / 1_000).toFixed(3).padStart(8)} ${what}`;
    this.#hash.update(line);
    this.#timeline?.push(line);
  }
}

function describe(evidence: unknown): string {
  return JSON.stringify(evidence, (_, value: unknown) =>
    value instanceof Uint8Array ? toHex(value).slice(0, 8) : value,
  ).slice(0, 200);
}

/** The validator that evidence names. */
function accusedOf(evidence: unknown): number | undefined {
  const loose = evidence as {
    readonly kind?: string;
    readonly first?: { readonly signer?: number; readonly header?: { readonly lane: number } };
    readonly vote?: { readonly signer: number };
  };
  return loose.first?.signer ?? loose.first?.header?.lane ?? loose.vote?.signer;
}
