import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from '@hanse/codec';
import { deployContract, rejectionOf } from '@hanse/client';
import { limits, toHex, utf8 } from '@hanse/kit';
import { systemContracts } from '@hanse/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, deployAs, organisationClient, signerOf } from '../harness/contracts.ts';
import { Network } from '../harness/network.ts';
import { levelHeads, outcomesAt } from '../harness/truth.ts';
import type shop from './contracts/shop.ts';
import type shop2 from './contracts/shop2.ts';

const files = {
  shop: new URL('contracts/shop.ts', import.meta.url),
  shop2: new URL('contracts/shop2.ts', import.meta.url),
};

let network: Network;
beforeAll(async () => {
  network = await Network.start();
});
afterAll(() => network.remove());

const order = { id: 'A-1', amount: 125_000n, due: '2027-01-31' };

/** Receipts of transactions as each validator has them, canonical bytes. */
async function receiptsOf(txids: readonly string[]): Promise<readonly (readonly string[])[]> {
  await levelHeads(network);
  const perNode = await Promise.all(network.urls.map((url) => outcomesAt(url, txids)));
  return txids.map((txid) =>
    perNode.map((outcomes) => {
      const outcome = outcomes.get(txid);
      return outcome !== undefined && 'receiptBytes' in outcome ? outcome.receiptBytes : '';
    }),
  );
}

describe('a contract', () => {
  it('is deployed, called, asked and followed, typed by its source', async () => {
    expect(await deployAs(network, 'shop', await codeOf(files.shop))).toBe(1);
    const api = network.clientOf(1).contract<typeof shop>('shop');
    const placed = await api.place(order);
    expect(placed.result).toEqual({ id: 'A-1' });
    const buyer = network.files.organisations[1]?.did ?? '';
    for (const index of network.running()) {
      const own = network.client({ nodes: [index] }).contract<typeof shop>('shop');
      const { value } = await own.query.get({ id: 'A-1' }, { minHeight: placed.height });
      expect(value).toEqual({ ...order, buyer });
      const page = await own.query.mine({ buyer }, { minHeight: placed.height });
      expect(page.value.rows).toHaveLength(1);
    }
    const seen = [];
    for await (const event of api.events.Placed()) seen.push(event.data);
    expect(seen).toEqual([{ id: 'A-1', amount: 125_000n }]);
    const [receipts = []] = await receiptsOf([placed.txid]);
    expect(new Set(receipts)).toEqual(new Set([receipts[0]]));
    expect(receipts[0]).not.toBe('');
  });

  it('rejects with its own code, message and place, and writes nothing', async () => {
    const api = network.clientOf(0).contract<typeof shop>('shop');
    const error = await api.place({ ...order, id: 'A-2', amount: 0n }).catch((one: unknown) => one);
    const rejection = rejectionOf(error);
    expect(rejection).toMatchObject({ method: 'place', reason: 'AMOUNT' });
    expect(rejection?.frames[0]).toMatchObject({ contract: 'shop' });
    const none = await api.query.get({ id: 'A-2' });
    expect(none.value).toBeUndefined();
    await expect(api.place(order)).rejects.toMatchObject({ codeName: 'RowExists' });
  });

  it('shows JSON to everybody: list, manifest, queries, events, OpenAPI', async () => {
    const list = await network.ask<{ contracts: { name: string }[] }>(2, '/v1/contracts');
    expect(list.contracts.at(-1)).toMatchObject({ name: 'shop', kind: 'deployed', version: 1 });
    const shown = await network.ask<object>(2, '/v1/contracts/shop');
    expect(shown).toMatchObject({ manifest: { name: 'shop' }, owners: { threshold: 1 } });
    const document = await network.ask<{ paths: object }>(2, '/v1/contracts/shop/openapi.json');
    expect(Object.keys(document.paths)).toContain('/v1/contracts/shop/queries/get');
    const asked = await fetch(`${network.url(2)}/v1/contracts/shop/queries/get`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"A-1"}',
    });
    expect(await asked.json()).toMatchObject({ result: { id: 'A-1', amount: '125000' } });
    const events = [];
    for await (const one of network.client().events({ contract: 'shop' })) events.push(one.data);
    expect(events).toEqual([{ id: 'A-1', amount: '125000' }]);
  });

  it('is upgraded by its owner; rows stay, and clients learn of the new version', async () => {
    const api = network.clientOf(1).contract<typeof shop2>('shop');
    expect(await deployAs(network, 'shop', await codeOf(files.shop2), true)).toBe(2);
    await api.remark({ id: 'A-1', note: 'soon' });
    const { value } = await api.query.get({ id: 'A-1' });
    expect(value).toMatchObject({ ...order, note: 'soon' });
    const client = network.client();
    const old = await client.query('contracts', 'get', { name: 'shop', version: 1 });
    const { record } = await client.deployed('shop');
    expect([old.value.version, record.version]).toEqual([1, 2]);
    expect(toHex(old.value.codeHash)).not.toBe(toHex(record.codeHash));
  });

  it('comes back when a validator executes the whole chain again', async () => {
    await network.kill(3);
    rmSync(join(network.files.nodes[3]?.dir ?? '', 'data', 'state'), { recursive: true });
    await network.startNode(3);
    await network.connected();
    const api = network.client({ nodes: [3] }).contract<typeof shop2>('shop');
    const { value } = await api.query.get({ id: 'A-1' });
    expect(value).toMatchObject({ note: 'soon' });
    await network
      .clientOf(1)
      .contract<typeof shop2>('shop')
      .place({ ...order, id: 'A-3' });
    await levelHeads(network);
  });
});

describe('what is refused', () => {
  it('an upgrade by others than the owners', async () => {
    const code = await codeOf(files.shop);
    const deployment = { name: 'shop', code, owners: undefined, isUpgrade: true };
    const stranger = organisationClient(network, 1);
    await expect(deployContract(stranger, deployment)).rejects.toMatchObject({
      codeName: 'NotOwner',
    });
    // A person of the owner, whom it gave no duty for that.
    await expect(deployContract(network.clientOf(0), deployment)).rejects.toMatchObject({
      codeName: 'NotOwner',
    });
  });

  it('an upgrade that does not fit what is stored, and a second contract of the name', async () => {
    await expect(deployAs(network, 'shop', await codeOf(files.shop), true)).rejects.toMatchObject({
      codeName: 'IncompatibleUpgrade',
    });
    await expect(deployAs(network, 'shop', await codeOf(files.shop))).rejects.toMatchObject({
      codeName: 'ContractExists',
    });
  });

  it('a command without the role it needs, which a majority of the founders grants', async () => {
    const api = network.clientOf(1).contract<typeof shop2>('shop');
    await expect(api.close({ id: 'A-3' })).rejects.toMatchObject({ codeName: 'NotAllowed' });
    const founders = network.files.organisations.map((holder) => signerOf(network, holder));
    const grant = { organisation: network.files.organisations[1]?.did ?? '', role: 'bank' };
    const client = network.client();
    await expect(
      client.call('roles', 'grant', grant, { signers: founders.slice(0, 2) }),
    ).rejects.toMatchObject({ codeName: 'NoMajority' });
    await client.call('roles', 'grant', grant, { signers: founders.slice(0, 3) });
    await api.close({ id: 'A-3' });
    expect((await api.query.get({ id: 'A-3' })).value).toBeUndefined();
  });

  it('code that is too large, unknown, no contract, or says it is another one', async () => {
    const client = organisationClient(network, 0);
    const owners = { organisations: [network.files.organisations[0]?.did ?? ''], threshold: 1 };
    const big = new Uint8Array(limits.codeBytesMax + 1).fill(32);
    const deploy = (name: string, code: Uint8Array) =>
      deployContract(client, { name, code, owners, isUpgrade: false });
    await expect(deploy('big', big)).rejects.toMatchObject({ codeName: 'OverLimit' });
    const { args } = systemContracts.contracts.methods.deploy;
    const chunks = [new Uint8Array(32)];
    const unknown = encode(args, { name: 'other', chunks, owners });
    await expect(
      client.transact([{ contract: 'contracts', method: 'deploy', args: unknown }]),
    ).rejects.toMatchObject({ codeName: 'CodeUnknown' });
    await expect(deploy('other', utf8('1 +'))).rejects.toMatchObject({
      codeName: 'ContractFailed',
      params: { failure: 'BadCode' },
    });
    await expect(
      deploy('other', utf8('hanse.define({manifest:{abi:1},run(){}})')),
    ).rejects.toMatchObject({ codeName: 'BadManifest' });
    await expect(deploy('other', await codeOf(files.shop))).rejects.toMatchObject({
      codeName: 'BadManifest',
    });
    const endless = utf8('for (;;) {}');
    await expect(deploy('other', endless)).rejects.toMatchObject({ codeName: 'OutOfGas' });
  });
});
