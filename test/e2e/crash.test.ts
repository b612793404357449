import { isHanseError } from '@hanse/kit';
import type { BlockDetail } from '@hanse/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Load } from '../harness/load.ts';
import { Network } from '../harness/network.ts';
import { depositCall, sampleDeposit } from '../harness/sample.ts';
import { contradictions, levelHeads } from '../harness/truth.ts';
import { sleep, waitFor } from '../harness/wait.ts';

const BACK_MS = 10_000;
/** What the machine may add to a bound when it is busy with other things. */
const SLACK_MS = Number(process.env['HANSE_SLACK_MS'] ?? 0);

let network: Network;
beforeAll(async () => {
  network = await Network.start({ operators: 8 });
});
afterAll(() => network.remove());

/** Each client prefers another validator and knows them all. */
function clients() {
  return [0, 1, 2, 3, 4, 5].map((operator) => {
    const order = [0, 1, 2, 3].map((i) => (i + operator) % network.size);
    return network.clientOf(operator, order);
  });
}

/** Wait until a block is signed by a validator: it is caught up and votes. */
async function votesAgain(index: number, fromHeight: number): Promise<void> {
  let height = fromHeight;
  await waitFor(
    `validator ${index} signs a block above ${fromHeight}`,
    BACK_MS + SLACK_MS,
    async () => {
      const head = await network.head(0);
      while (height < head.height) {
        height++;
        const { signers } = await network.ask<BlockDetail>(0, `/v1/blocks/${height}`);
        if (signers.includes(index)) return true;
      }
      return false;
    },
    () => network.describe(),
  );
}

it('one of four killed under load: nothing acknowledged is lost, and it is back in time', async () => {
  const load = new Load(clients(), { until: 'final' });
  await waitFor('deposits flow', 15_000, () => load.acknowledged.length >= 20);
  await network.kill(3);
  const atKill = load.acknowledged.length;
  await waitFor('deposits flow on three', 20_000, () => load.acknowledged.length >= atKill + 20);
  const fromHeight = (await network.head(0)).height;
  await network.startNode(3);
  await votesAgain(3, fromHeight);
  const acknowledged = await load.stop();
  expect(load.failures).toEqual([]);
  expect(await contradictions(network, acknowledged)).toEqual([]);
});

it('two of four killed: no block, and the reason names them; back: blocks', async () => {
  const load = new Load(clients(), { until: 'final' });
  await waitFor('deposits flow', 15_000, () => load.acknowledged.length >= 20);
  await network.kill(2, 3);
  const names = [2, 3].map((index) => network.files.nodes[index]?.name);
  const why = await waitFor(
    'the reason names the two',
    10_000,
    async () => {
      const said = await network.why(0);
      return said.silent.length === 2 ? said : undefined;
    },
    () => network.describe(),
  );
  expect(why).toMatchObject({ healthy: false, quorum: 3, voting: 2 });
  for (const name of names) expect(why.sentence).toContain(name);
  const { height } = await network.head(0);
  await sleep(1_500);
  expect((await network.head(0)).height).toBe(height);

  // The outcome is open, not a failure: the same key finishes when the validators are back.
  const call = depositCall(sampleDeposit(Date.now()));
  const client = network.clientOf(6, [0]);
  const options = { idempotencyKey: 'while two are down', timeoutMs: 1_500 } as const;
  const open: unknown = await client.transact([call], options).catch((error: unknown) => error);
  expect(isHanseError(open) && open.codeName).toBe('NotFinalInTime');

  const startedMs = Date.now();
  await Promise.all([network.startNode(2), network.startNode(3)]);
  await waitFor(
    'blocks again',
    BACK_MS + SLACK_MS,
    async () => (await network.head(0)).height > height,
    () => network.describe(),
  );
  expect(Date.now() - startedMs).toBeLessThan(BACK_MS + SLACK_MS + 5_000);
  const receipt = await client.transact([call], { ...options, timeoutMs: 30_000 });
  expect(receipt.status.kind).toBe('ok');
  const acknowledged = await load.stop();
  expect(load.failures).toEqual([]);
  expect(await contradictions(network, acknowledged)).toEqual([]);
});

it('all stopped and started again: an idle chain proves at once what it proved before', async () => {
  const done = await network.clientOf(0).call('evidence', 'deposit', sampleDeposit(Date.now()));
  await levelHeads(network);
  await network.stopAll();
  await network.startAll();
  for (const index of network.running()) {
    const client = network.client({ nodes: [index] });
    const found = await client.evidence(done.result.id, { timeoutMs: 5_000 });
    expect(found.value).toMatchObject({ height: done.height });
    expect((await client.receipt(done.txid, { timeoutMs: 5_000 })).receipt.height).toBe(
      done.height,
    );
  }
});
