import { afterAll, beforeAll, expect, it } from 'vitest';
import { judgeFlip, type Truth, type Verdict } from '../harness/damage.ts';
import { Load } from '../harness/load.ts';
import { Network } from '../harness/network.ts';
import { seeded } from '../harness/random.ts';
import { digestsAt, levelHeads } from '../harness/truth.ts';
import { waitFor } from '../harness/wait.ts';

const FLIPS = 30;
const AT_A_TIME = 3;

let network: Network;
let truth: Truth;
beforeAll(async () => {
  network = await Network.start();
  const load = new Load(
    [0, 1, 2, 3].map((operator) => network.clientOf(operator)),
    { until: 'final' },
  );
  await waitFor('a chain to damage', 30_000, () => load.acknowledged.length >= 60);
  const acknowledged = await load.stop();
  const [head] = await levelHeads(network);
  const height = head?.height ?? 0;
  const blocks = await digestsAt(network.url(0), height);
  truth = {
    acknowledged,
    height,
    digests: new Map([...blocks].map(([at, { digest }]) => [at, digest])),
  };
  await network.kill(0, 1, 2, 3);
});
afterAll(() => network.remove());

it('a flipped bit is repaired or refused with the command to run, and never believed', async () => {
  const seed = Date.now() % 1_000_000;
  const random = seeded(seed);
  const node = network.files.nodes[0];
  if (node === undefined) throw new Error('a network has validators');
  const verdicts: Verdict[] = [];
  const worker = async (): Promise<void> => {
    while (verdicts.length < FLIPS) verdicts.push(await judgeFlip(node, truth, random));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  const wrong = verdicts.filter(({ kind }) => kind === 'WRONG');
  expect(wrong, `seed ${seed}`).toEqual([]);
});
