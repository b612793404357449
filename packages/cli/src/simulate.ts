import { runFastSeed, runWholeSeed } from '@hanse/sim';

/** Simulators: of consensus alone, and of whole validators. */
export const TIERS = ['fast', 'whole'] as const;
/** One of the simulators. */
export type Tier = (typeof TIERS)[number];

/** Highest seed. */
export const SEED_MAX = 2 ** 31 - 1;

/** What became of a seed, in either simulator. */
export type SeedOutcome = {
  readonly tier: Tier;
  readonly seed: number;
  readonly ok: boolean;
  readonly events: number;
  readonly eventHash: string;
  readonly reasons: readonly string[];
  readonly timeline: readonly string[];
};

/** Run one seed. The event loop gets its turn first, so that an interrupt is noticed. */
export async function runSeed(
  tier: Tier,
  seed: number,
  options: { readonly timeline: boolean } = { timeline: false },
): Promise<SeedOutcome> {
  await new Promise((resolve) => setImmediate(resolve));
  const result = tier === 'fast' ? runFastSeed(seed, options) : await runWholeSeed(seed, options);
  const { ok, events, eventHash, violations, timeline } = result;
  const reasons = violations.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return { tier, seed, ok, events, eventHash, reasons, timeline };
}
