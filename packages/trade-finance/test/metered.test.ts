import { afterAll, describe, expect, it } from 'vitest';
import { RandomRun } from './random.ts';
import { World, refused } from './world.ts';

const world = new World('metered');
afterAll(async () => world.chain.close());

describe('in the engine of validators', () => {
  it('the story goes as it goes in plain TypeScript, and costs little gas', async () => {
    const { s1, s2, b1, b2, chain } = world;
    const gas: Record<string, number> = {};
    const cost = async (name: string, call: Promise<unknown>): Promise<void> => {
      await call;
      gas[name] = chain.lastGas;
    };
    const document = await world.sale();
    const due = '2027-05-30';
    await cost('issue', s1.packs.issue({ document, units: 100_000, due }));
    const [pack] = (await s1.packs.query.list({ document })).rows.map(({ id }) => id);
    if (pack === undefined) throw new Error('there is no pack');
    await cost('requestConfirm', s1.packs.requestConfirm({ pack }));
    await cost('confirm', world.pair('Core').packs.confirm({ pack, isTransferable: true }));
    await cost('receive', s1.packs.receive({ pack }));
    const trade = await world.invoice({
      name: 'trade',
      seller: s2.organisation,
      buyer: s1.organisation,
    });
    const slice = { pack, from: 1, to: 40_000 };
    const pass = {
      ...slice,
      receiver: s2.organisation,
      purpose: 'trade',
      document: trade,
    } as const;
    await cost('transfer', s1.packs.transfer(pass));
    await cost('sign', s2.packs.sign({ pack, from: 1 }));
    const ask = { ...slice, bank: b1.organisation, kind: 'finance' } as const;
    const { deal } = await s2.packs.ask(ask);
    gas['ask'] = chain.lastGas;
    const terms = world.fresh();
    const { lock } = await b1.packs.offer({ deal, terms, ...world.checked({ name: 'sale' }) });
    gas['offer'] = chain.lastGas;
    await cost('accept', s2.packs.accept({ deal, terms }));
    await cost('finance', b1.packs.finance({ deal, lock, proof: world.fresh() }));
    expect(await world.picture(pack)).toEqual([
      '1-40000 b1 RECEIVED/CIRCULATING',
      '40001-100000 s1 RECEIVED/CIRCULATING',
    ]);
    const twin = await world.sale('twin', { x: 'sale' });
    const tags = world.checked({ name: 'twin', x: 'sale' });
    await refused(b2.claims.lock({ document: twin, ...tags }), 'DUPLICATE_FINANCED');
    world.days(90);
    await cost('present', b1.packs.present({ pack, from: 1, collector: b1.organisation }));
    await cost('settle', b1.packs.settle({ ...slice, proof: world.fresh() }));
    expect(await world.claimState(document)).toBe('RELEASED');
    for (const [name, used] of Object.entries(gas)) {
      expect(used, `${name} needs ${used} of the usual 2,000,000`).toBeLessThan(500_000);
    }
  });

  it('random operations end as they end in plain TypeScript', async () => {
    const runs = ['plain', 'metered'] as const;
    const [plain, metered] = await Promise.all(
      runs.map(async (mode) => {
        const random = new RandomRun(3, mode);
        await random.begin();
        for (let i = 0; i < 60; i++) await random.step();
        const dump = await random.dump();
        await random.world.chain.close();
        return dump;
      }),
    );
    expect(metered).toBe(plain);
  });

  it('a pack in 200 pieces costs no more than a transaction may', async () => {
    const crowd = new World('metered');
    const { s1, s2, chain } = crowd;
    const document = await crowd.sale('sale', { payable: 100_000 });
    const pack = await crowd.received(100_000, document);
    const trade = await crowd.invoice({
      name: 'trade',
      seller: s2.organisation,
      buyer: s1.organisation,
    });
    const pass = { pack, receiver: s2.organisation, purpose: 'trade', document: trade } as const;
    const both = chain.asAll([s1, s2]);
    let most = 0;
    for (let i = 0; i < 100; i++) {
      await both.packs.transfer({ ...pass, from: 101 + 200 * i, to: 200 + 200 * i });
      most = Math.max(most, chain.lastGas);
    }
    expect(await crowd.intervals(pack)).toHaveLength(201);
    const note = crowd.deposit('credit');
    await crowd.importer.packs.creditNote({
      ...note,
      epoch: 1,
      x: crowd.fresh(),
      invoice: document,
      result: 'valid',
      seller: s1.organisation,
      currency: 'EUR',
      units: 1,
    });
    expect({ transfer: most < 2_000_000, credit: chain.lastGas < 2_000_000 }).toEqual({
      transfer: true,
      credit: true,
    });
    await chain.close();
  });
});
