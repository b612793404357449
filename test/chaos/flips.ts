import { availableParallelism } from 'node:os';
import { judgeFlip, type Truth, type Verdict } from '../harness/damage.ts';
import { Load } from '../harness/load.ts';
import type { Network } from '../harness/network.ts';
import { digestsAt, levelHeads } from '../harness/truth.ts';
import { waitFor } from '../harness/wait.ts';

/** What came of the flipped bits. */
export type FlipSummary = {
  readonly count: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly wrong: readonly Verdict[];
};

/** Enough for records that no start reads, and for tables of the state. */
const DEPOSITS_MIN = 120;
const LOAD_MS_MAX = 120_000;
const SAY_EVERY = 25;

/** Flip single bits in copies of a killed validator's data, one at a time, and judge what it does. */
export async function flips(
  network: Network,
  options: {
    readonly count: number;
    readonly random: () => number;
    readonly say: (text: string) => void;
  },
): Promise<FlipSummary> {
  const { count, random, say } = options;
  if (count === 0) return { count, verdicts: {}, wrong: [] };
  const truth = await makeTruth(network);
  const node = network.files.nodes[0];
  if (node === undefined) throw new Error('a network has validators');
  const verdicts: Verdict[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun++ < count) {
      const verdict = await judgeFlip(node, truth, random);
      verdicts.push(verdict);
      if (verdict.kind === 'WRONG') say(`WRONG ${JSON.stringify(verdict)}`);
      if (verdicts.length % SAY_EVERY === 0)
        say(`flip ${verdicts.length}/${count}: ${JSON.stringify(countsOf(verdicts))}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return {
    count,
    verdicts: countsOf(verdicts),
    wrong: verdicts.filter(({ kind }) => kind === 'WRONG'),
  };
}

/** A little more chain, what is true of it, and everybody killed. */
async function makeTruth(network: Network): Promise<Truth> {
  const clients = [0, 1, 2, 3].map((operator) => network.clientOf(operator));
  const load = new Load(clients, { until: 'final' });
  await waitFor('the chain grows', LOAD_MS_MAX, () => load.acknowledged.length >= DEPOSITS_MIN);
  const acknowledged = await load.stop();
  const [head] = await levelHeads(network);
  const height = head?.height ?? 0;
  const blocks = await digestsAt(network.url(0), height);
  await network.kill(...network.running());
  const digests = new Map([...blocks].map(([at, { digest }]) => [at, digest]));
  return { acknowledged, height, digests };
}

function countsOf(verdicts: readonly Verdict[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind, flip } of verdicts) {
    const [folder = '', file = ''] = flip.file.split('/');
    const name = holdsNoData(file) ? `${folder}: a file without data` : `${folder} ${kind}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Lock files and LevelDB's diary: nobody reads what is in them. */
function holdsNoData(file: string): boolean {
  return /^(lock|LOCK|LOG|LOG\.old)$/.test(file);
}
