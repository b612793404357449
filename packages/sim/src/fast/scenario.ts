import { faultsOf } from '@hanse/model';
import { actorNames, type ActorName } from './actors/index.ts';
import { Rng } from './random.ts';

/** What one seed tries. Times in virtual milliseconds. */
export type Scenario = {
  readonly n: number;
  readonly faulty: readonly { readonly index: number; readonly actor: ActorName }[];
  /** When the network heals and crashes end. */
  readonly healMs: number;
  readonly lossRate: number;
  readonly tailRate: number;
  readonly tailMs: number;
  readonly duplicateRate: number;
  /** Delay of a healthy link, at most. */
  readonly delayMs: number;
  readonly crashesPerSecond: number;
  readonly isPartitioned: boolean;
  /** All honest nodes lose power at once when the network heals. */
  readonly isBlackout: boolean;
  /** Mean time between batches of one author. */
  readonly sealMs: number;
  readonly executionMs: number;
  readonly syncMs: number;
  readonly skewMs: number;
};

/** Shared by all scenarios: Δ and what follows from it. */
export const DELTA_MS = 100;
const HEALTHY_DELAY_MS = 60;
/** The inventive ones come more often. */
const weighted: readonly [ActorName, ...ActorName[]] = [
  ...actorNames,
  'random-signer',
  'random-signer',
  'equivocator',
  'twins',
];

/** The scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  const rng = new Rng(seed, 0x5ce);
  const n = rng.pick([4, 4, 4, 4, 4, 5, 7, 7, 10]);
  const faultyCount = rng.chance(0.3) ? 0 : 1 + rng.below(faultsOf(n));
  const indexes = rng.shuffle(Array.from({ length: n }, (_, i) => i)).slice(0, faultyCount);
  const isCalm = rng.chance(0.15);
  return {
    n,
    faulty: indexes.map((index) => ({ index, actor: rng.pick(weighted) })),
    healMs: rng.between(2_000, 6_000),
    lossRate: isCalm ? 0 : rng.between(0, 0.5) * rng.below(3) * 0.5,
    tailRate: isCalm ? 0 : rng.between(0, 0.2),
    tailMs: rng.between(200, 3_000),
    duplicateRate: rng.between(0, 0.1),
    delayMs: rng.chance(0.06)
      ? rng.between(2 * DELTA_MS, 5 * DELTA_MS)
      : rng.between(5, HEALTHY_DELAY_MS),
    crashesPerSecond: isCalm ? 0 : rng.between(0, 1.5),
    isPartitioned: !isCalm && rng.chance(0.6),
    isBlackout: rng.chance(0.2),
    sealMs: rng.between(80, 700),
    executionMs: rng.between(0, rng.chance(0.2) ? 400 : 40),
    syncMs: rng.between(0.1, rng.chance(0.1) ? 40 : 5),
    skewMs: rng.between(0, 100),
  };
}

/** A scenario in one line. */
export function describeScenario(scenario: Scenario): string {
  const { n, faulty, healMs, lossRate, crashesPerSecond, isPartitioned, isBlackout } = scenario;
  const actors = faulty.map(({ index, actor }) => `${index}=${actor}`).join(' ') || 'none';
  const rates = `loss ${Math.round(lossRate * 100)} %, ${crashesPerSecond.toFixed(1)} crashes/s`;
  const flags = [isPartitioned ? 'partitions' : '', isBlackout ? 'blackout' : '']
    .filter((one) => one !== '')
    .join(', ');
  return `n ${n}, faulty ${actors}, heals at ${Math.round(healMs)} ms, ${rates}${flags === '' ? '' : `, ${flags}`}`;
}
