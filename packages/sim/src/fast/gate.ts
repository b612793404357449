import { runFastSeed, type FastResult } from './run.ts';

/** Which seeds to run, and who hears about it. */
export type GateOptions = {
  readonly seeds: number;
  /** First seed; 1 when absent. */
  readonly from?: number;
  /** Called after every seed. */
  readonly onSeed?: (result: FastResult) => void;
};

/** What all seeds of a gate gave together. */
export type GateResult = {
  readonly ok: boolean;
  readonly seeds: number;
  readonly events: number;
  readonly failed: readonly FastResult[];
  /** Seeds that gave different event hashes in two runs: chance from outside. */
  readonly irreproducible: readonly number[];
  /** Virtual time from healing to recovery. */
  readonly recoveryMsP50: number;
  readonly recoveryMsP99: number;
};

const REPEATED_EVERY = 50;

/** Run seeds in order, every fiftieth twice. */
export function fastGate({ seeds, from = 1, onSeed }: GateOptions): GateResult {
  const failed: FastResult[] = [];
  const irreproducible: number[] = [];
  const recoveries: number[] = [];
  let events = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    const result = runFastSeed(seed);
    events += result.events;
    recoveries.push(result.recoveryMs);
    if (!result.ok) failed.push(result);
    const isRepeated = (seed - from) % REPEATED_EVERY === 0;
    if (isRepeated && runFastSeed(seed).eventHash !== result.eventHash) irreproducible.push(seed);
    onSeed?.(result);
  }
  recoveries.sort((a, b) => a - b);
  const percentile = (part: number): number =>
    recoveries[Math.min(recoveries.length - 1, Math.floor(part * recoveries.length))] ?? 0;
  return {
    ok: failed.length === 0 && irreproducible.length === 0,
    seeds,
    events,
    failed,
    irreproducible,
    recoveryMsP50: percentile(0.5),
    recoveryMsP99: percentile(0.99),
  };
}
