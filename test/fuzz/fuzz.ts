import { createPrng, type Json } from '@hanse/codec';
import { must, toHex } from '@hanse/kit';
import { mutateJson } from './json.ts';
import { mutate, type Next } from './mutate.ts';
import {
  jsonTargets,
  readerTargets,
  schemaTargets,
  type JsonTarget,
  type Target,
} from './targets.ts';

/** What to run. The same seed and number of inputs give the same inputs on every machine. */
export type FuzzOptions = {
  readonly inputs: number;
  readonly seed: number;
  /** Stop after this long, whichever comes first. */
  readonly seconds?: number;
  /** Only targets whose name contains this. */
  readonly only?: string;
  /** Instead of all readers of this repository. */
  readonly targets?: readonly AnyTarget[];
  readonly onProgress?: (inputs: number) => void;
};

/** A reader of bytes or of JSON. */
export type AnyTarget =
  | { readonly kind: 'bytes'; readonly target: Target }
  | { readonly kind: 'json'; readonly target: JsonTarget };

/** What came of one target. */
export type TargetReport = {
  readonly name: string;
  inputs: number;
  accepted: number;
  slowestMs: number;
};

/** What came of a run. */
export type FuzzReport = {
  readonly inputs: number;
  readonly accepted: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly slowestMs: number;
  readonly targets: readonly TargetReport[];
};

/** No input of at most 64 KiB may hold a reader up for this long. */
const SLOW_MS = 2_000;
/** Inputs in a row for one target; the clock is read once for all of them. */
const BURST = 256;

/** Every reader of bytes and of JSON from strangers. */
export function allTargets(): readonly AnyTarget[] {
  return [
    ...[...schemaTargets(), ...readerTargets()].map((target): AnyTarget => ({
      kind: 'bytes',
      target,
    })),
    ...jsonTargets().map((target): AnyTarget => ({ kind: 'json', target })),
  ];
}

/**
 * Change samples and give them to readers: none may crash, hang, or accept a second form of a value
 * or a proof of what is not so. Throws with target, seed and input on the first that does.
 */
export function runFuzz(options: FuzzOptions): FuzzReport {
  const { only = '', seconds = Number.POSITIVE_INFINITY } = options;
  const targets = (options.targets ?? allTargets()).filter(({ target }) =>
    target.name.includes(only),
  );
  if (targets.length === 0) throw new Error(`no target is called "${only}"`);
  const next = createPrng(options.seed);
  const runs = targets.map((target) => runOf(target));
  // A short run still reaches every target.
  const burst = Math.max(1, Math.min(BURST, Math.floor(options.inputs / targets.length)));
  const startedMs = performance.now();
  let inputs = 0;
  for (let turn = 0; inputs < options.inputs; turn++) {
    if (performance.now() - startedMs >= seconds * 1_000) break;
    const run = must(runs[turn % runs.length], 'there is a target');
    const count = Math.min(burst, options.inputs - inputs);
    run.burst(count, next);
    inputs += count;
    options.onProgress?.(inputs);
  }
  const elapsed = (performance.now() - startedMs) / 1_000;
  const reports = runs.map(({ report }) => report);
  return {
    inputs,
    accepted: reports.reduce((sum, { accepted }) => sum + accepted, 0),
    seconds: elapsed,
    perSecond: inputs / elapsed,
    slowestMs: Math.max(...reports.map(({ slowestMs }) => slowestMs)),
    targets: reports,
  };
}

type Run = { readonly report: TargetReport; readonly burst: (count: number, next: Next) => void };

function runOf(any: AnyTarget): Run {
  const report: TargetReport = { name: any.target.name, inputs: 0, accepted: 0, slowestMs: 0 };
  const step =
    any.kind === 'bytes'
      ? stepOf<Uint8Array>(any.target, mutate, toHex)
      : stepOf<Json>(any.target, mutateJson, (json) => JSON.stringify(json));
  const burst = (count: number, next: Next): void => {
    const beganMs = performance.now();
    for (let i = 0; i < count; i++) if (step(next)) report.accepted++;
    const tookMs = performance.now() - beganMs;
    report.inputs += count;
    // The mean of a burst, unless the burst was slow as a whole.
    report.slowestMs = Math.max(report.slowestMs, tookMs / count);
    if (tookMs > SLOW_MS)
      throw new Error(`${report.name}: ${count} inputs took ${Math.round(tookMs)} ms`);
  };
  return { report, burst };
}

/** One input: change a sample, read it, and keep it as a sample when it was accepted. */
function stepOf<T>(
  target: {
    readonly name: string;
    readonly seeds: readonly T[];
    readonly read: (input: T) => boolean;
  },
  change: (sample: T, other: T, next: Next) => T,
  show: (input: T) => string,
): (next: Next) => boolean {
  const corpus = [...target.seeds];
  for (const seed of corpus)
    if (!target.read(seed)) throw new Error(`${target.name} refuses its own sample ${show(seed)}`);
  return (next) => {
    const input = change(
      must(corpus[next() % corpus.length], 'a sample'),
      must(corpus[next() % corpus.length], 'a sample'),
      next,
    );
    let isAccepted: boolean;
    try {
      isAccepted = target.read(input);
    } catch (error) {
      throw new Error(`${target.name} broke on ${show(input)}`, { cause: error });
    }
    // Accepted changes are changed further, but half of the samples stay as they were.
    if (isAccepted && next() % 2 === 0)
      corpus[Math.floor(corpus.length / 2) + (next() % Math.ceil(corpus.length / 2))] = input;
    return isAccepted;
  };
}
