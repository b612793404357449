import { testChain } from '@hanse/testing';
import { afterAll, describe, expect, it } from 'vitest';
import cash from './cash.ts';
import receivables from './receivables.ts';

// The same tests as plain TypeScript, for any debugger, and in the engine that validators run.
describe.each(['plain', 'metered'] as const)('receivables, %s', (mode) => {
  const chain = testChain({ receivables, cash }, { mode });
  const acme = chain.as({ organisation: 'Acme', roles: ['supplier'] });
  const mill = chain.as({ organisation: 'Mill', did: 'Ann' });
  const bank = chain.as({ organisation: 'Bank', roles: ['bank'] });
  const ref = { seller: acme.id, id: 'INV-1' };
  afterAll(() => chain.close());

  it('issues an invoice once', async () => {
    const args = {
      id: 'INV-1',
      buyer: mill.organisation,
      currency: 'EUR',
      amount: 125_000n,
      due: '2027-01-31',
    };
    expect(await acme.receivables.issue(args)).toEqual(ref);
    await expect(acme.receivables.issue(args)).rejects.toMatchObject({ codeName: 'RowExists' });
    await expect(mill.receivables.issue(args)).rejects.toMatchObject({ codeName: 'NotAllowed' });
  });

  it('is accepted by the buyer only', async () => {
    await expect(acme.receivables.accept(ref)).rejects.toMatchObject({ code: 'NOT_YOURS' });
    await mill.receivables.accept(ref);
    const { rows } = await acme.receivables.query.payable({ buyer: mill.organisation });
    expect(rows).toMatchObject([{ id: 'INV-1', amount: 125_000n, status: 'accepted' }]);
  });

  it('is paid as a whole or not at all', async () => {
    await expect(mill.receivables.pay(ref)).rejects.toMatchObject({ code: 'NO_FUNDS' });
    await bank.cash.issue({ to: mill.organisation, currency: 'EUR', amount: 200_000n });
    await mill.receivables.pay(ref);
    expect(await bank.cash.query.of({ holder: acme.id, currency: 'EUR' })).toEqual({
      amount: 125_000n,
    });
    expect(chain.events.at(-1)).toMatchObject({ contract: 'receivables', name: 'Paid', data: ref });
  });
});
