import { makeBundle, verifyBundle } from '@hanse/client';
import type { Json } from '@hanse/codec';
import { createNativeSuite } from '@hanse/native';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Load } from '../harness/load.ts';
import { Network } from '../harness/network.ts';
import { sampleDeposit } from '../harness/sample.ts';
import { contradictions } from '../harness/truth.ts';
import { waitFor } from '../harness/wait.ts';

let network: Network;
beforeAll(async () => {
  network = await Network.start({ suite: 'sm' });
});
afterAll(() => network.remove());

it('a chain with the Chinese algorithms orders, proves, survives a kill and agrees', async () => {
  const client = network.clientOf(0);
  const { result } = await client.call('evidence', 'deposit', sampleDeposit(Date.now()));
  const bundle = JSON.parse(JSON.stringify(await makeBundle(client, result.id))) as Json;
  const trusted = { trustedGenesisHash: network.genesisHash, suiteOf: createNativeSuite };
  expect(verifyBundle(bundle, trusted)).toMatchObject({
    depositor: { did: network.operator(0).did },
  });

  const load = new Load(
    [0, 1, 2, 3].map((operator) => network.clientOf(operator)),
    { until: 'final' },
  );
  await waitFor('deposits flow', 15_000, () => load.acknowledged.length >= 8);
  await network.kill(1);
  const atKill = load.acknowledged.length;
  await waitFor('deposits flow on three', 20_000, () => load.acknowledged.length >= atKill + 8);
  await network.startNode(1);
  const acknowledged = await load.stop();
  expect(load.failures).toEqual([]);
  expect(await contradictions(network, acknowledged)).toEqual([]);
});
