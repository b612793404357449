import type { Violation } from './checker.ts';
import { describeScenario, scenarioOf, type Scenario } from './scenario.ts';
import { World } from './world.ts';

/** What to record and how long to try. */
export type FastOptions = {
  /** Record a readable timeline. */
  readonly timeline?: boolean;
  /** Events after which a run is given up as endless. */
  readonly eventsMax?: number;
};

/** What became of a seed. */
export type FastResult = {
  readonly seed: number;
  readonly ok: boolean;
  readonly violations: readonly Violation[];
  /** Hash over all events in order; the same seed always gives the same one. */
  readonly eventHash: string;
  readonly events: number;
  readonly heights: number;
  /** Virtual time from healing until everything submitted was final and bound everywhere. */
  readonly recoveryMs: number;
  readonly scenario: string;
  readonly timeline: readonly string[];
};

const EVENTS_MAX = 400_000;
const RECOVERY_MS_MAX = 60_000;
const WORK_AFTER_HEAL_MS = 1_500;
const RESTART_MS_MAX = 2_700;
const DONE_STRIDE = 8;
const EXECUTION_MS_MAX = 60_000;
const QUIET_AFTER_MS = 3_000;
const QUIET_MS = 3_000;
const FINALS_AFTER_HEAL_MIN = 3;
const HEIGHTS_APART_MAX = 2;

/** Run one seed: chaos, healing, recovery, silence. */
export function runFastSeed(seed: number, options: FastOptions = {}): FastResult {
  const scenario = scenarioOf(seed);
  const world = new World(seed, scenario, options.timeline === true);
  const run = new Run(world, scenario, options.eventsMax ?? EVENTS_MAX);
  run.all();
  return {
    seed,
    ok: world.checker.violations.length === 0,
    violations: world.checker.violations,
    eventHash: world.eventHash,
    events: world.events.count,
    heights: world.checker.chain.length - 1,
    recoveryMs: run.recoveryMs,
    scenario: describeScenario(scenario),
    timeline: world.timeline,
  };
}

class Run {
  recoveryMs = 0;
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #eventsMax: number;
  #isWorking = true;

  constructor(world: World, scenario: Scenario, eventsMax: number) {
    this.#world = world;
    this.#scenario = scenario;
    this.#eventsMax = eventsMax;
  }

  all(): void {
    const { events, network } = this.#world;
    for (const node of this.#world.all) node.start();
    for (const node of this.#world.all) this.#planSealing(node.index);
    this.#planCrash();
    this.#planPartition();
    if (!this.#until(this.#scenario.healMs, () => false)) return;
    this.#heal();
    const healedMs = events.nowMs;
    const heightBefore = this.#world.checker.chain.length;
    if (!this.#until(healedMs + WORK_AFTER_HEAL_MS, () => false)) return;
    const isRecovered = (): boolean =>
      this.#world.checker.chain.length >= heightBefore + FINALS_AFTER_HEAL_MIN && this.#isSettled();
    // Work goes on until enough blocks were needed, so that there is something to finalize.
    if (
      !this.#until(healedMs + RECOVERY_MS_MAX, () => {
        this.#isWorking &&= this.#world.checker.chain.length < heightBefore + FINALS_AFTER_HEAL_MIN;
        return isRecovered();
      })
    )
      return;
    this.recoveryMs = events.nowMs - healedMs;
    if (!isRecovered())
      return this.#world.checker.fail(
        'I13',
        `not recovered ${RECOVERY_MS_MAX} ms after healing: ${this.#whyNot(heightBefore)}`,
      );
    this.#world.checker.atEnd();
    const isExecuted = (): boolean =>
      this.#world.honest.every((node) => node.executedHeight === node.finals.length);
    if (!this.#until(events.nowMs + EXECUTION_MS_MAX, isExecuted, 1)) return;
    if (!this.#until(events.nowMs + QUIET_AFTER_MS, () => false)) return;
    this.#checkTogether();
    const sentBefore = network.sentByHonest;
    if (!this.#until(events.nowMs + QUIET_MS, () => false)) return;
    const isNoisy = this.#scenario.faulty.some(({ actor }) => actor !== 'silent');
    if (!isNoisy && network.sentByHonest > sentBefore) {
      this.#world.checker.fail(
        'idle',
        `an idle chain sends ${network.sentByHonest - sentBefore} messages in ${QUIET_MS} ms`,
      );
    }
  }

  /** Let time pass until `untilMs`, `done`, or a violation; false for the last. */
  #until(untilMs: number, done: () => boolean, stride = DONE_STRIDE): boolean {
    const { events, checker } = this.#world;
    if (done()) return true;
    for (let i = 1; events.step(untilMs); i++) {
      if (checker.violations.length > 0) return false;
      if (events.count > this.#eventsMax) {
        checker.fail('I14', `more than ${this.#eventsMax} events`);
        return false;
      }
      if (i % stride === 0 && done()) return true;
    }
    return checker.violations.length === 0;
  }

  #planSealing(index: number): void {
    const { events, rng } = this.#world;
    events.after(rng.between(0, 2 * this.#scenario.sealMs), () => {
      if (!this.#isWorking) return;
      for (const node of this.#world.nodesAt(index)) node.seal();
      this.#planSealing(index);
    });
  }

  #planCrash(): void {
    const { events, rng, network } = this.#world;
    if (this.#scenario.crashesPerSecond === 0) return;
    events.after(rng.between(0, 2_000 / this.#scenario.crashesPerSecond), () => {
      if (network.isHealed) return;
      const honest = this.#world.honest;
      const victim = honest[rng.below(honest.length)];
      if (victim !== undefined) this.#crash(victim.index);
      this.#planCrash();
    });
  }

  #crash(index: number): void {
    const { events, rng } = this.#world;
    for (const node of this.#world.nodesAt(index)) {
      if (!node.isUp) continue;
      this.#world.note('crash', index, node.life);
      this.#world.trace(() => ({ node: index, text: 'crashes' }));
      node.crash();
      events.after(rng.between(50, RESTART_MS_MAX), () => {
        this.#world.trace(() => ({ node: index, text: 'starts again' }));
        node.start();
        for (const peer of this.#world.all) if (peer.index !== index) peer.connected(index);
      });
    }
  }

  #planPartition(): void {
    const { events, rng, network } = this.#world;
    events.after(rng.between(200, 2_000), () => {
      if (network.isHealed) return;
      this.#world.shuffleTwins();
      if (this.#scenario.isPartitioned && rng.chance(0.6)) network.cut();
      else network.join();
      this.#planPartition();
    });
  }

  /** No more loss, cuts and crashes; links that were down come up and say so. */
  #heal(): void {
    const { network } = this.#world;
    this.#world.trace(() => ({ node: 0, text: 'the network heals' }));
    network.isHealed = true;
    network.join();
    if (this.#scenario.isBlackout) for (const node of this.#world.honest) this.#crash(node.index);
    for (const node of this.#world.all) {
      for (let peer = 0; peer < this.#world.n; peer++)
        if (peer !== node.index) node.connected(peer);
    }
  }

  /** Where nothing happens any more, everybody honest has the last block. */
  #checkTogether(): void {
    const { checker, honest } = this.#world;
    const top = checker.chain.length - 1;
    if (this.#scenario.faulty.some(({ actor }) => actor !== 'silent')) return;
    for (const { index, finals } of honest) {
      if (finals.length !== top)
        checker.fail('I13', `v${index} rests at height ${finals.length} of ${top}`);
    }
  }

  /** Everything honest authors sent is final and bound at every honest node. */
  #isSettled(): boolean {
    const { honest, checker } = this.#world;
    const top = checker.chain.length - 1;
    return honest.every((node) => {
      const last = node.finals.at(-1)?.block;
      if (!node.isUp || last === undefined || top - last.header.height > HEIGHTS_APART_MAX)
        return false;
      return (
        node.isAllBound() &&
        honest.every((author) => (last.payload[author.index]?.seq ?? 0) >= author.sealed)
      );
    });
  }

  #whyNot(heightBefore: number): string {
    const { honest, checker } = this.#world;
    const states = honest.map((node) => {
      const { view, finalHeight, executedHeight, boundHeight, waitingFor } =
        node.consensus?.status ?? {};
      return `v${node.index} view ${view ?? 'down'} final ${finalHeight ?? 0} executed ${executedHeight ?? 0} bound ${boundHeight ?? 0} sealed ${node.sealed} waits for ${waitingFor ?? 'nothing'}`;
    });
    return `${checker.chain.length - heightBefore} blocks; ${states.join('; ')}`;
  }
}
