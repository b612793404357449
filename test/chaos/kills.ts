import { isHanseError } from '@hanse/kit';
import { Load } from '../harness/load.ts';
import type { Network } from '../harness/network.ts';
import { contradictions } from '../harness/truth.ts';
import { sleep, waitFor } from '../harness/wait.ts';

/** What came of the kills. */
export type KillSummary = {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Longest time from the last process started to the next acknowledgement, in milliseconds. */
  readonly slowestReturnMs: number;
  readonly height: number;
  /** What a client was told and what validators say now, where they differ. */
  readonly contradictions: readonly string[];
  /** Deposits whose clients gave up in spite of retries. */
  readonly failures: readonly string[];
};

const CLIENTS = 8;
const RETURN_MS = 60_000;
const ROUND_MS_MIN = 300;
const ROUND_MS_MAX = 2_500;

/** Kill validators at random moments under load; afterwards compare everything with what clients were told. */
export async function kills(
  network: Network,
  options: {
    readonly all: number;
    readonly single: number;
    readonly random: () => number;
    readonly say: (text: string) => void;
  },
): Promise<KillSummary> {
  const { random, say } = options;
  const everybody = network.running();
  const load = new Load(
    Array.from({ length: CLIENTS }, (_, operator) =>
      network.clientOf(
        operator,
        everybody.map((i) => (i + operator) % network.size),
      ),
    ),
    { until: 'final', timeoutMs: 120_000 },
  );
  let slowestReturnMs = 0;
  let told = 0;
  const rounds = options.all + options.single;
  for (let round = 1; round <= rounds; round++) {
    const victims = round <= options.all ? everybody : [Math.floor(random() * network.size)];
    await sleep(ROUND_MS_MIN + random() * (ROUND_MS_MAX - ROUND_MS_MIN));
    await network.kill(...victims);
    await network.startAll();
    const startedMs = Date.now();
    const before = load.acknowledged.length;
    await waitFor(
      `a deposit is acknowledged after kill ${round}`,
      RETURN_MS,
      () => load.acknowledged.length > before,
      () => network.describe(),
    );
    const returnMs = Date.now() - startedMs;
    slowestReturnMs = Math.max(slowestReturnMs, returnMs);
    say(
      `kill ${round}/${rounds} of ${victims.length}: back after ${returnMs} ms, ` +
        `${load.acknowledged.length} acknowledged, ${load.failures.length} failed`,
    );
    for (; told < load.failures.length; told++) say(`  ${textOf(load.failures[told])}`);
  }
  const acknowledged = await load.stop();
  const wrong = await contradictions(network, acknowledged);
  return {
    rounds,
    acknowledged: acknowledged.length,
    slowestReturnMs,
    height: (await network.head(0)).height,
    contradictions: wrong,
    failures: load.failures.map(textOf),
  };
}

function textOf(error: unknown): string {
  return isHanseError(error) ? error.message : String(error);
}
