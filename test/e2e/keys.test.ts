import { encode } from '@hanse/codec';
import { keySigner, type Client } from '@hanse/client';
import { isHanseError, nameOf, toHex } from '@hanse/kit';
import { postSchema, type SubmitResult } from '@hanse/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Load } from '../harness/load.ts';
import { newKey, type Holder } from '../harness/make.ts';
import { Network } from '../harness/network.ts';
import { depositCall, envelopeOf, sampleDeposit, txOf } from '../harness/sample.ts';
import { contradictions } from '../harness/truth.ts';
import { waitFor } from '../harness/wait.ts';

let network: Network;
beforeAll(async () => {
  network = await Network.start({ operators: 8 });
});
afterAll(() => network.remove());

function organisationOf(operator: number): Client {
  const holder = network.files.organisations[operator % network.size];
  if (holder === undefined) throw new Error('every operator has an organisation');
  return network.client({ signer: keySigner(network.files.suite, holder) });
}

/** What one validator answers to a fresh deposit signed by a holder. */
async function codeAt(index: number, holder: Holder): Promise<string> {
  const { suite, chainId } = network.files;
  const calls = [depositCall(sampleDeposit(Date.now()))];
  const tx = txOf(suite, { chainId, holders: [holder], calls });
  const envelopes = [envelopeOf(suite, [tx], [holder])];
  const response = await fetch(`${network.url(index)}/v1/envelopes`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: encode(postSchema, { envelopes }).slice(),
  });
  const { results } = (await response.json()) as { readonly results: readonly SubmitResult[] };
  const [result] = results;
  return result?.status === 'refused' ? (nameOf(result.problem.code) ?? '?') : 'taken';
}

const codes = (holder: Holder): Promise<readonly string[]> =>
  Promise.all(network.running().map((index) => codeAt(index, holder)));

/**
 * Deposits under one key while `change` takes it away: those acknowledged were executed up to the
 * change's block, and after it every validator refuses.
 */
async function takeAway(
  operator: number,
  change: () => Promise<{ readonly height: number }>,
): Promise<void> {
  const holder = network.operator(operator);
  const workers = network.running().map((index) => network.clientOf(operator, [index]));
  const others = [4, 5].map((index) => network.clientOf(index));
  const load = new Load(workers, { until: 'final', timeoutMs: 10_000 });
  const background = new Load(others, { until: 'final' });
  await waitFor('some deposits under the key', 10_000, () => load.acknowledged.length >= 8);
  const { height } = await change();
  await waitFor('the key is refused', 10_000, () => load.failures.length >= workers.length);
  await load.stop();
  expect(Math.max(...load.acknowledged.map((one) => one.height))).toBeLessThanOrEqual(height);
  const failed = load.failures.map((error) => (isHanseError(error) ? error.codeName : error));
  expect(new Set(failed)).toEqual(new Set(['KeyRevoked']));
  await waitFor('every validator has executed the change', 5_000, async () => {
    const heads = await Promise.all(network.running().map((index) => network.head(index)));
    return heads.every((head) => head.executedHeight >= height);
  });
  expect(await codes(holder)).toEqual(network.running().map(() => 'KeyRevoked'));
  await background.stop();
  expect(background.failures).toEqual([]);
  expect(await contradictions(network, load.acknowledged)).toEqual([]);
}

describe('under load, a key that is', () => {
  it('rotated is valid up to its block and refused from the next on; the new one acts', async () => {
    const { did, kid } = network.operator(0);
    const key = newKey(network.files.suite);
    await takeAway(0, () =>
      organisationOf(0).call('identity', 'rotateKey', {
        did,
        kid,
        key: { kid: 'key-2', alg: key.alg, publicKey: key.publicKey, purposes: ['invoke'] },
      }),
    );
    const next = network.client({
      signer: keySigner(network.files.suite, { did, kid: 'key-2', key }),
    });
    const receipt = await next.transact([depositCall(sampleDeposit(Date.now()))]);
    expect(toHex(receipt.txid)).toHaveLength(64);
  });

  it('revoked is valid up to its block and refused from the next on', async () => {
    const { did, kid } = network.operator(1);
    await takeAway(1, () => organisationOf(1).call('identity', 'revokeKey', { did, kid }));
  });
});
