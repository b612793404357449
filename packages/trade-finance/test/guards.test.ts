import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_RULES, type Rules } from '../src/packs/rules.ts';
import { isWholeFace, termsBytes } from '../src/terms.ts';
import { DAY_MS, dateAfter, refused, World, type Actor } from './world.ts';

const PART = { from: 1, to: 40_000 };

let world: World;
beforeEach(() => {
  world = new World();
});

async function setRules(rules: Partial<Rules>): Promise<void> {
  await world.pair('Regulator').packs.setRules({ ...DEFAULT_RULES, ...rules });
}

/** Ask for a transfer to S2 with an invoice of S2 to S1, changed a little. */
async function pass(
  pack: Uint8Array,
  range = PART,
  invoice: Partial<Parameters<World['invoice']>[0]> = {},
): Promise<Uint8Array> {
  const { s1, s2 } = world;
  const name = `trade ${world.fresh().join('')}`;
  const document = await world.invoice({
    name,
    seller: s2.organisation,
    buyer: s1.organisation,
    ...invoice,
  });
  const receiver = s2.organisation;
  await s1.packs.transfer({ pack, ...range, receiver, purpose: 'trade', document });
  return document;
}

async function issue(document: Uint8Array, units = 100_000, due = dateAfter(90)): Promise<unknown> {
  return world.s1.packs.issue({ document, units, due });
}

describe('G1 cap', () => {
  it('covers packs up to the payable amount, and not a unit more', async () => {
    const document = await world.sale('sale', { payable: 150_000 });
    await issue(document, 100_000);
    await refused(issue(document, 50_001), 'CAP_EXCEEDED');
    await issue(document, 50_000);
    await refused(issue(document, 100), 'CAP_EXCEEDED');
  });

  it('takes off deductions, and pays for no more goods than came', async () => {
    const { invoice } = world.s1.claims.query;
    const document = await world.sale('a', { payable: 100_000, deductions: 10_000 });
    await refused(issue(document, 90_001), 'CAP_EXCEEDED');
    const short = await world.sale('b', { payable: 100_000, received: 90_000 });
    await refused(issue(short, 90_001), 'CAP_EXCEEDED');
    await issue(short, 90_000);
    expect((await invoice({ document: short })).received).toBe(90_000);
  });

  it('covers transfers by the same invoice, and gives back what is not signed', async () => {
    const pack = await world.received();
    const trade = await pass(pack, { from: 1, to: 40_000 }, { name: 'one trade', payable: 50_000 });
    const again = { pack, from: 40_001, to: 60_000, receiver: world.s2.organisation };
    const more = { ...again, purpose: 'trade', document: trade } as const;
    await refused(world.s1.packs.transfer(more), 'CAP_EXCEEDED');
    expect((await world.s1.packs.query.used({ document: trade }))?.used).toBe(40_000);
    await world.s2.packs.refuse({ pack, from: 1 });
    expect((await world.s1.packs.query.used({ document: trade }))?.used).toBe(0);
    await world.s1.packs.transfer(more);
    expect((await world.s1.packs.query.used({ document: trade }))?.used).toBe(20_000);
  });

  it('gives back what is withdrawn, and frees the claim for the whole invoice', async () => {
    const document = await world.sale('sale', { payable: 100_000 });
    const pack = await world.issued(100_000, document);
    expect((await world.s1.claims.query.status({ document }))?.isPacked).toBe(true);
    await world.s1.packs.withdraw({ pack });
    expect((await world.s1.claims.query.status({ document }))?.isPacked).toBe(false);
    const other = await world.issued(100_000, document);
    expect(other).not.toEqual(pack);
  });

  it('is looked at again when the debtor confirms and when a bank offers', async () => {
    const pack = await world.issued(100_000, await world.sale('sale', { payable: 100_000 }));
    await world.s1.packs.requestConfirm({ pack });
    await credit('sale', 1);
    await refused(world.pair('Core').packs.confirm({ pack, isTransferable: true }), 'CAP_EXCEEDED');
  });

  it('keeps the number of packs over one invoice small', async () => {
    const document = await world.sale();
    for (let i = 0; i < 16; i++) await issue(document, 1_000);
    await refused(issue(document, 1_000), 'TOO_MANY_PACKS');
  });
});

/** A credit note of so many units on an invoice. */
async function credit(
  sale: string,
  units: number,
  more: Partial<Parameters<Actor['packs']['creditNote']>[0]> = {},
): Promise<Uint8Array> {
  const { document, root } = world.deposit(`credit ${world.fresh().join('')}`);
  await world.importer.packs.creditNote({
    document,
    root,
    epoch: 1,
    x: world.fresh(),
    invoice: world.hash(`file ${sale}`),
    result: 'valid',
    seller: world.s1.organisation,
    currency: 'EUR',
    units,
    ...more,
  });
  return document;
}

describe('G2 sound invoice', () => {
  it('wants a verdict, a valid one, and something to pay', async () => {
    await refused(issue(world.fresh()), 'DOCUMENT_UNKNOWN');
    await refused(issue(await world.sale('a', { result: 'invalid' })), 'DOCUMENT_INVALID');
    await refused(issue(await world.sale('b', { payable: 0 })), 'DOCUMENT_NOT_PAYABLE');
  });

  it('takes unchecked invoices where the network does', async () => {
    const document = await world.sale('a', { result: 'unchecked' });
    await issue(document, 1_000);
    await setRules({ allowsUnchecked: false });
    await refused(issue(document, 1_000), 'DOCUMENT_UNCHECKED');
  });

  it('takes no invoice that is credited as a whole', async () => {
    const document = await world.sale('sale', { payable: 100_000 });
    await credit('sale', 100_000);
    await refused(issue(document, 1_000), 'DOCUMENT_CREDITED');
  });

  it('takes neither duplicates nor claims under review', async () => {
    await world.sale('a');
    await refused(issue(await world.sale('twin', { x: 'a' })), 'DUPLICATE_REGISTERED');
    await refused(issue(await world.sale('changed', { n: 'a' })), 'DOCUMENT_HELD');
  });

  it('is for the seller alone', async () => {
    const document = await world.sale();
    const asked = { document, units: 1_000, due: dateAfter(90) };
    await refused(world.s2.packs.issue(asked), 'NOT_YOUR_ACT');
    await refused(world.b1.packs.issue(asked), 'NotAllowed');
  });
});

describe('G3 tenor', () => {
  it('is due after the invoice, and not today', async () => {
    const document = await world.sale('sale', { issued: dateAfter(30) });
    await refused(issue(document, 1_000, dateAfter(29)), 'DUE_BEFORE_ISSUE');
    await issue(document, 1_000, dateAfter(30));
    await refused(issue(await world.sale('b'), 1_000, dateAfter(0)), 'DUE_BEFORE_ISSUE');
  });

  it('lasts 180 days; longer needs a reason and the review of a bank, and 365 are the end', async () => {
    const document = await world.sale();
    await issue(document, 1_000, dateAfter(180));
    await refused(issue(document, 1_000, dateAfter(181)), 'TENOR_NEEDS_REVIEW');
    const long = { document, units: 1_000, reason: 'seasonal' } as const;
    await refused(world.s1.packs.issue({ ...long, due: dateAfter(366) }), 'TENOR_TOO_LONG');
    const { pack } = await world.s1.packs.issue({ ...long, due: dateAfter(365) });
    await refused(world.s1.packs.requestConfirm({ pack }), 'TENOR_NEEDS_REVIEW');
    await refused(world.s2.packs.review({ pack }), 'NotAllowed');
    await world.b1.packs.review({ pack });
    await world.s1.packs.requestConfirm({ pack });
    await world.pair('Core').packs.confirm({ pack, isTransferable: true });
  });

  it('needs no review where none was asked for', async () => {
    await refused(world.b1.packs.review({ pack: await world.issued() }), 'ILLEGAL_ACT');
  });

  it('is not confirmed once it is due', async () => {
    const pack = await world.issued(1_000, undefined, dateAfter(10));
    await world.s1.packs.requestConfirm({ pack });
    world.days(10);
    const confirm = world.pair('Core').packs.confirm({ pack, isTransferable: true });
    await refused(confirm, 'DUE_BEFORE_ISSUE');
  });

  it('changes hands before the due date only', async () => {
    const pack = await world.received();
    world.days(90);
    await refused(pass(pack), 'DUE_ALREADY');
    const ask = { pack, ...PART, bank: world.b1.organisation, kind: 'finance' } as const;
    await refused(world.s1.packs.ask(ask), 'DUE_ALREADY');
  });
});

describe('G4', () => {
  it('parties: nobody deals with itself, and the debtor never holds its debt', async () => {
    const own = await world.sale('own', { buyer: world.s1.organisation });
    await refused(issue(own), 'SELF_DEALING');
    const pack = await world.received();
    for (const receiver of [world.s1.organisation, world.core.organisation]) {
      const to = { pack, ...PART, receiver, purpose: 'trade' } as const;
      await refused(world.s1.packs.transfer(to), 'SELF_DEALING');
      const ask = { pack, ...PART, bank: receiver, kind: 'finance' } as const;
      await refused(world.s1.packs.ask(ask), 'SELF_DEALING');
    }
  });

  it('cycle: never back to an earlier holder of the same units, but as a return to the last', async () => {
    const { s1, s2, s3 } = world;
    const pack = await world.received();
    await world.pass(pack, PART, s1, s2);
    await world.pass(pack, PART, s2, s3);
    const document = await world.invoice({
      name: 'back',
      seller: s1.organisation,
      buyer: s3.organisation,
    });
    const back = { pack, ...PART, receiver: s1.organisation } as const;
    await refused(s3.packs.transfer({ ...back, purpose: 'trade', document }), 'CYCLE');
    await refused(s3.packs.transfer({ ...back, purpose: 'return' }), 'CYCLE');
    await s3.packs.transfer({ ...back, receiver: s2.organisation, purpose: 'return' });
    await s2.packs.sign({ pack, from: 1 });
    const [interval] = await world.intervals(pack);
    expect(interval?.path).toEqual([s1.organisation]);
    // What was never theirs they may have.
    await world.pass(pack, { from: 40_001, to: 50_000 }, s1, s3);
  });

  it('cycle: a bank that held the units does not buy them again', async () => {
    const pack = await world.received();
    await world.financed(pack, PART, { holder: world.s1, bank: world.b1 });
    await world.financed(pack, PART, { holder: world.b1, bank: world.b2 });
    const ask = { pack, ...PART, bank: world.b1.organisation, kind: 'finance' } as const;
    await refused(world.b2.packs.ask(ask), 'CYCLE');
  });

  it('depth: so many changes of holder', async () => {
    const { s1, s2, s3, s4 } = world;
    await setRules({ depthMax: 2 });
    const pack = await world.received();
    await world.pass(pack, PART, s1, s2);
    await world.pass(pack, PART, s2, s3);
    await refused(world.pass(pack, PART, s3, s4), 'DEPTH_EXCEEDED');
    // A bank may still buy.
    await world.financed(pack, PART, { holder: s3, bank: world.b1 });
  });

  it('slice: neither the part nor what is left is smaller than one', async () => {
    const pack = await world.received();
    await refused(pass(pack, { from: 1, to: 99 }), 'SLICE_TOO_SMALL');
    await refused(pass(pack, { from: 51, to: 1_000 }), 'SLICE_TOO_SMALL');
    await refused(pass(pack, { from: 101, to: 99_950 }), 'SLICE_TOO_SMALL');
    await pass(pack, { from: 101, to: 99_900 });
    await refused(issue(await world.sale('b'), 99), 'SLICE_TOO_SMALL');
  });

  it('splits: so many intervals a pack', async () => {
    await setRules({ splitsMax: 3 });
    const pack = await world.received();
    await pass(pack, { from: 1_001, to: 2_000 });
    await refused(pass(pack, { from: 4_001, to: 5_000 }), 'SPLITS_EXCEEDED');
    await pass(pack, { from: 1, to: 1_000 });
    await pass(pack, { from: 2_001, to: 3_000 });
    await refused(pass(pack, { from: 3_001, to: 4_000 }), 'SPLITS_EXCEEDED');
    // Joined again, there is room.
    await world.s2.packs.refuse({ pack, from: 2_001 });
    await pass(pack, { from: 3_001, to: 100_000 });
  });

  it('names units that one interval has', async () => {
    const pack = await world.received();
    await refused(pass(pack, { from: 1, to: 100_001 }), 'INTERVAL_UNKNOWN');
    await refused(pass(pack, { from: 500, to: 400 }), 'INTERVAL_UNKNOWN');
    await world.pass(pack, PART, world.s1, world.s2);
    await refused(pass(pack, { from: 39_001, to: 41_000 }), 'INTERVAL_UNKNOWN');
    await refused(pass(world.fresh()), 'INTERVAL_UNKNOWN');
  });
});

describe('G5 trade', () => {
  it('names an invoice from the receiver to the holder in the currency of the pack', async () => {
    const { s1, s2, s3 } = world;
    const pack = await world.received();
    const receiver = s2.organisation;
    const without = { pack, ...PART, receiver, purpose: 'trade' } as const;
    await refused(s1.packs.transfer(without), 'TRADE_MISSING');
    await refused(pass(pack, PART, { seller: s3.organisation }), 'TRADE_PARTIES');
    await refused(pass(pack, PART, { buyer: s3.organisation }), 'TRADE_PARTIES');
    await refused(pass(pack, PART, { currency: 'CNY' }), 'TRADE_PARTIES');
    await refused(pass(pack, PART, { payable: 39_999 }), 'CAP_EXCEEDED');
    await refused(pass(pack, PART, { result: 'invalid' }), 'DOCUMENT_INVALID');
    await pass(pack, PART, { payable: 40_000 });
  });

  it('keeps the invoice of the trade from being financed beside it', async () => {
    const pack = await world.received();
    const document = await pass(pack);
    await refused(
      world.s2.claims.ask({ document, banks: [world.b1.organisation] }),
      'CLAIM_IN_PACKS',
    );
  });
});

describe('G6 four eyes', () => {
  it('confirms with a maker and a checker of the debtor, two persons', async () => {
    const pack = await world.issued();
    await world.s1.packs.requestConfirm({ pack });
    const { chain, coreMaker, coreChecker } = world;
    const args = { pack, isTransferable: true };
    const both = chain.as({ organisation: 'Core', did: 'both', duties: ['maker', 'checker'] });
    const strange = world.person('S1', 'checker');
    await refused(coreMaker.packs.confirm(args), 'FOUR_EYES');
    await refused(both.packs.confirm(args), 'FOUR_EYES');
    await refused(chain.asAll([coreMaker, strange]).packs.confirm(args), 'FOUR_EYES');
    await refused(chain.asAll([both, both]).packs.confirm(args), 'FOUR_EYES');
    await chain.asAll([coreMaker, coreChecker]).packs.confirm(args);
  });

  it('takes one who is both, with a second one', async () => {
    const pack = await world.issued();
    await world.s1.packs.requestConfirm({ pack });
    const both = world.chain.as({
      organisation: 'Core',
      did: 'both',
      duties: ['maker', 'checker'],
    });
    const pair = world.chain.asAll([both, world.coreMaker]);
    await pair.packs.confirm({ pack, isTransferable: true });
  });

  it('is needed from a limit on to issue, transfer and ask', async () => {
    await setRules({ fourEyesUnits: 40_000 });
    const document = await world.sale();
    await refused(issue(document, 40_000), 'FOUR_EYES');
    await issue(document, 39_999);
    const due = dateAfter(90);
    const { pack } = await world.pair('S1').packs.issue({ document, units: 50_000, due });
    await world.s1.packs.requestConfirm({ pack });
    await world.pair('Core').packs.confirm({ pack, isTransferable: true });
    await world.s1.packs.receive({ pack });
    await refused(pass(pack), 'FOUR_EYES');
    await pass(pack, { from: 1, to: 39_999 });
    const ask = { pack, from: 40_000, to: 50_000, bank: world.b1.organisation } as const;
    await world.s1.packs.ask({ ...ask, kind: 'finance' });
  });

  it('sets the rules, by a regulator', async () => {
    await refused(world.regulator.packs.setRules(DEFAULT_RULES), 'FOUR_EYES');
    await refused(world.pair('S1').packs.setRules(DEFAULT_RULES), 'NotAllowed');
    await setRules({ depthMax: 5 });
    expect((await world.s1.packs.query.rules()).depthMax).toBe(5);
  });
});

describe('G7 order', () => {
  const tags = () => world.checked({ name: 'sale' });

  it('goes from lock and offer over acceptance to money, and no step is left out', async () => {
    const { s1, b1, b2 } = world;
    const pack = await world.received();
    const asked = await s1.packs.ask({ pack, ...PART, bank: b1.organisation, kind: 'finance' });
    const { deal } = asked;
    const [terms, proof, lock] = [world.fresh(), world.fresh(), world.fresh()];
    await refused(s1.packs.accept({ deal, terms }), 'DEAL_CLOSED');
    await refused(b1.packs.finance({ deal, lock, proof }), 'DEAL_CLOSED');
    await refused(b2.packs.offer({ deal, terms, ...tags() }), 'NOT_YOUR_ACT');
    await refused(s1.packs.offer({ deal, terms, ...tags() }), 'NotAllowed');
    const locked = await b1.packs.offer({ deal, terms, ...tags() });
    await refused(b1.packs.finance({ deal, lock: locked.lock, proof }), 'DEAL_CLOSED');
    await refused(s1.packs.accept({ deal, terms: world.fresh() }), 'TERMS_CHANGED');
    await refused(b1.packs.accept({ deal, terms }), 'NOT_YOUR_ACT');
    await s1.packs.accept({ deal, terms });
    await refused(b1.packs.offer({ deal, terms, ...tags() }), 'DEAL_CLOSED');
    await refused(b1.packs.finance({ deal, lock, proof }), 'LOCK_MISSING');
    await b1.packs.finance({ deal, lock: locked.lock, proof });
    await refused(b1.packs.finance({ deal, lock: locked.lock, proof }), 'DEAL_CLOSED');
    expect(await world.picture(pack)).toEqual([
      '1-40000 b1 RECEIVED/CIRCULATING',
      '40001-100000 s1 RECEIVED/CIRCULATING',
    ]);
    expect((await s1.packs.query.deal({ id: deal }))?.stage).toBe('financed');
  });

  it('binds the holder to what it accepted until the lock expires, and the bank as long', async () => {
    const { s1, b1 } = world;
    const pack = await world.received();
    const { deal, lock } = await world.agreed(pack, PART, { holder: s1, bank: b1 });
    await refused(s1.packs.recall({ pack, from: 1 }), 'DEAL_CLOSED');
    world.chain.next({ afterMs: 3 * DAY_MS });
    await refused(b1.packs.finance({ deal, lock, proof: world.fresh() }), 'LOCK_EXPIRED');
    await s1.packs.recall({ pack, from: 1 });
    expect(await world.picture(pack)).toEqual(['1-100000 s1 RECEIVED/CIRCULATING']);
    expect(await world.claimState(world.hash('file sale'))).toBe('UNIQUE');
  });

  it('lets the holder go before it accepts, and the bank better its offer', async () => {
    const { s1, b1 } = world;
    const pack = await world.received();
    const { deal } = await s1.packs.ask({ pack, ...PART, bank: b1.organisation, kind: 'finance' });
    const [first, better] = [world.fresh(), world.fresh()];
    const one = await b1.packs.offer({ deal, terms: first, ...tags() });
    const two = await b1.packs.offer({ deal, terms: better, ...tags() });
    expect(two.lock).not.toEqual(one.lock);
    expect((await b1.claims.query.getLock({ id: one.lock }))?.state).toBe('ended');
    await refused(s1.packs.accept({ deal, terms: first }), 'TERMS_CHANGED');
    await s1.packs.recall({ pack, from: 1 });
    await refused(s1.packs.accept({ deal, terms: better }), 'DEAL_CLOSED');
    expect((await b1.claims.query.getLock({ id: two.lock }))?.state).toBe('ended');
  });

  it('renews the lock when the offer is accepted, and does not take one that has expired', async () => {
    const { s1, b1 } = world;
    const pack = await world.received();
    const { deal } = await s1.packs.ask({ pack, ...PART, bank: b1.organisation, kind: 'finance' });
    const terms = world.fresh();
    const { lock } = await b1.packs.offer({ deal, terms, ...tags() });
    world.chain.next({ afterMs: 3 * DAY_MS - 1 });
    await s1.packs.accept({ deal, terms });
    world.chain.next({ afterMs: 3 * DAY_MS - 1 });
    await b1.packs.finance({ deal, lock, proof: world.fresh() });
    const rest = { pack, from: 40_001, to: 100_000, bank: b1.organisation } as const;
    const late = await s1.packs.ask({ ...rest, kind: 'finance' });
    await b1.packs.offer({ deal: late.deal, terms, ...tags() });
    world.chain.next({ afterMs: 3 * DAY_MS });
    await refused(s1.packs.accept({ deal: late.deal, terms }), 'LOCK_EXPIRED');
  });

  it('takes each payment proof once', async () => {
    const { s1, b1 } = world;
    const pack = await world.received();
    const proof = world.fresh();
    const one = await world.agreed(pack, PART, { holder: s1, bank: b1 });
    await b1.packs.finance({ ...one, proof });
    const rest = { from: 40_001, to: 100_000 };
    const two = await world.agreed(pack, rest, { holder: s1, bank: b1 });
    await refused(b1.packs.finance({ ...two, proof }), 'PROOF_USED');
  });

  it('refuses offers with other tags than those of the verdict, before anything is locked', async () => {
    const { s1, b1 } = world;
    const pack = await world.received();
    const { deal } = await s1.packs.ask({ pack, ...PART, bank: b1.organisation, kind: 'finance' });
    const terms = world.fresh();
    const { x, n, t } = world.tags({ name: 'sale' });
    for (const made of [
      { x: world.fresh(), n, t },
      { x, n: [world.fresh()], t },
      { x, n, t: [world.fresh()] },
      { x, n: [...n, world.fresh()], t },
      { x, n, t: [] },
    ]) {
      const checked = [{ epoch: 1, ...made }];
      await refused(b1.packs.offer({ deal, terms, checked }), 'TAG_MISMATCH');
    }
    expect((await b1.claims.query.locksOf({ bank: b1.organisation, state: 'held' })).rows).toEqual(
      [],
    );
  });

  it('does not finance an invoice that is used beyond what it covers', async () => {
    const document = await world.sale('sale', { payable: 100_000 });
    const pack = await world.received(100_000, document);
    await credit('sale', 10_000);
    const { s1, b1 } = world;
    const { deal } = await s1.packs.ask({ pack, ...PART, bank: b1.organisation, kind: 'finance' });
    const offer = b1.packs.offer({ deal, terms: world.fresh(), ...tags() });
    await refused(offer, 'CAP_EXCEEDED');
  });

  it('shows the fee before it is accepted: terms open to the face, or they are others', async () => {
    const { s1, b1 } = world;
    const pack = await world.received();
    const { deal } = await s1.packs.ask({ pack, ...PART, bank: b1.organisation, kind: 'finance' });
    const opened = {
      deal,
      disbursed: 39_200,
      fee: 800,
      salt: world.fresh(),
      rest: world.fresh(),
    };
    const terms = world.chain.hash(termsBytes({ ...opened, units: 40_000 }));
    await b1.packs.offer({ deal, terms, ...tags() });
    const { checkTerms } = s1.packs.query;
    expect(await checkTerms(opened)).toEqual({ isOffered: true, isWholeFace: true });
    expect(await checkTerms({ ...opened, fee: 700 })).toEqual({
      isOffered: false,
      isWholeFace: false,
    });
    expect(isWholeFace({ ...opened, units: 40_000, disbursed: 0, fee: 40_000 })).toBe(false);
  });
});

describe('pledge', () => {
  it('stays with the holder until the bank lets go, all or a part of it', async () => {
    const { s1, b1 } = world;
    const document = await world.sale();
    const pack = await world.received(100_000, document);
    const deal = await world.financed(pack, PART, { holder: s1, bank: b1, kind: 'pledge' });
    expect(await world.picture(pack)).toEqual([
      '1-40000 s1 RECEIVED/PLEDGED',
      '40001-100000 s1 RECEIVED/CIRCULATING',
    ]);
    await refused(s1.packs.release({ pack, ...PART }), 'NOT_YOUR_ACT');
    await b1.packs.release({ pack, from: 1, to: 10_000 });
    expect((await s1.packs.query.deal({ id: deal }))?.open).toBe(30_000);
    expect(await world.claimState(document)).toBe('FINANCED');
    await b1.packs.release({ pack, from: 10_001, to: 40_000 });
    expect(await world.picture(pack)).toEqual(['1-100000 s1 RECEIVED/CIRCULATING']);
    expect((await s1.packs.query.deal({ id: deal }))?.stage).toBe('closed');
    expect(await world.claimState(document)).toBe('RELEASED');
  });

  it('is not of units that a bank has paid for', async () => {
    const pack = await world.received();
    await world.financed(pack, PART, { holder: world.s1, bank: world.b1 });
    const ask = { pack, ...PART, bank: world.b2.organisation, kind: 'pledge' } as const;
    await refused(world.b1.packs.ask(ask), 'FINANCED_ALREADY');
  });
});

describe('financed units', () => {
  it('are sold on to another bank: the first one has its money back', async () => {
    const { s1, b1, b2 } = world;
    const document = await world.sale();
    const pack = await world.received(100_000, document);
    const first = await world.financed(pack, PART, { holder: s1, bank: b1 });
    const half = { from: 1, to: 20_000 };
    const second = await world.financed(pack, half, { holder: b1, bank: b2 });
    expect((await b1.packs.query.deal({ id: first }))?.open).toBe(20_000);
    expect((await b1.packs.query.deal({ id: second }))?.open).toBe(20_000);
    expect(await world.claimState(document)).toBe('FINANCED');
  });

  it('are returned to who sold them: the deal is over, and the claim released', async () => {
    const { s1, b1 } = world;
    const document = await world.sale();
    const pack = await world.received(100_000, document);
    const deal = await world.financed(pack, PART, { holder: s1, bank: b1 });
    const back = { pack, ...PART, receiver: s1.organisation, purpose: 'return' } as const;
    await world.chain.asAll([b1, s1]).packs.transfer(back);
    expect(await world.picture(pack)).toEqual(['1-100000 s1 RECEIVED/CIRCULATING']);
    expect((await s1.packs.query.deal({ id: deal }))?.stage).toBe('closed');
    expect(await world.claimState(document)).toBe('RELEASED');
    // Released is not free: the same pack may be financed again, a twin may not.
    await world.financed(pack, PART, { holder: s1, bank: b1 });
    expect(await world.claimState(document)).toBe('FINANCED');
  });
});

describe('G9 credit note', () => {
  it('alerts holders, banks and regulators in the same transaction; the debtor stays bound', async () => {
    const { s1, s2, b1, b2 } = world;
    const document = await world.sale('sale', { payable: 100_000 });
    const pack = await world.received(100_000, document);
    await world.pass(pack, PART, s1, s2);
    await world.financed(pack, { from: 1, to: 20_000 }, { holder: s2, bank: b1 });
    const pledged = { from: 90_001, to: 100_000 };
    await world.financed(pack, pledged, { holder: s1, bank: b2, kind: 'pledge' });
    const before = await world.picture(pack);
    const seen = world.chain.events.length;
    const note = await credit('sale', 5_000);
    const events = world.chain.events.slice(seen);
    expect(events.map(({ name }) => name)).toEqual(['Credited', 'CreditNote', 'Hit']);
    const alert = events.find((event) => event.name === 'CreditNote');
    expect(alert?.data).toMatchObject({ pack, document, note, isOverCap: true });
    const alerted = alert?.name === 'CreditNote' ? alert.data.alerted : [];
    const expected = [s1, s2, b1, b2].map(({ organisation }) => organisation);
    expect([...alerted].sort()).toEqual(expected.sort());
    expect(await world.picture(pack)).toEqual(before);
    const { rows } = await s1.packs.query.hits({ rule: 'CREDIT_AFTER_FINANCE' });
    expect(rows).toHaveLength(1);
    const history = await s1.packs.query.history({ pack, reverse: true, limit: 1 });
    expect(history.rows[0]).toMatchObject({ act: 'credit', document: note });
  });

  it('is no hit when no bank has paid, or long after', async () => {
    await world.received();
    await credit('sale', 1);
    const pack = await world.received(100_000, await world.sale('other'));
    await world.financed(pack, PART, { holder: world.s1, bank: world.b1, name: 'other' });
    world.days(31);
    await credit('other', 1);
    const { rows } = await world.s1.packs.query.hits({});
    expect(rows).toEqual([]);
    const alerts = world.chain.events.filter(({ name }) => name === 'CreditNote');
    expect(alerts.map(({ data }) => (data as { isOverCap: boolean }).isOverCap)).toEqual([
      false,
      false,
    ]);
  });

  it('is taken once, of the seller, in the currency, on a known invoice, from an importer', async () => {
    await world.sale();
    const x = world.fresh();
    await credit('sale', 1, { x });
    await refused(credit('sale', 1, { x }), 'DUPLICATE_REGISTERED');
    await refused(credit('nothing', 1), 'INVOICE_UNKNOWN');
    await refused(credit('sale', 1, { seller: world.s2.organisation }), 'CREDIT_MISMATCH');
    await refused(credit('sale', 1, { currency: 'CNY' }), 'CREDIT_MISMATCH');
    await refused(credit('sale', 1, { result: 'invalid' }), 'DOCUMENT_INVALID');
    await refused(credit('sale', 1, { root: world.fresh() }), 'ROOT_MISMATCH');
    const { document } = world.deposit('by hand');
    const root = world.hash('root by hand');
    const note = { document, root, epoch: 1, x: world.fresh(), invoice: world.hash('file sale') };
    const rest = { result: 'valid', seller: world.s1.organisation, currency: 'EUR' } as const;
    await refused(world.s1.packs.creditNote({ ...note, ...rest, units: 1 }), 'NotAllowed');
    expect((await world.s1.claims.query.credits({ invoice: note.invoice })).rows).toHaveLength(1);
  });

  it('is no invoice, and no invoice is one', async () => {
    const document = await world.sale();
    const note = await credit('sale', 1);
    const { importer, s1, core } = world;
    const parties = { seller: s1.organisation, buyer: core.organisation };
    const facts = world.verdictOf({ name: 'note', ...parties });
    const root = world.hash('root');
    importer.deposit({ byteHash: note, fieldsRoot: root });
    const verdict = importer.claims.recordVerdict({ document: note, root, ...facts });
    await refused(verdict, 'DOCUMENT_NOT_INVOICE');
    const own = world.hash('root sale');
    await refused(credit('sale', 1, { document, root: own }), 'VERDICT_EXISTS');
  });

  it('on a twin is one on the invoice that both are', async () => {
    const document = await world.sale();
    await world.sale('twin', { x: 'sale' });
    await credit('twin', 7);
    expect((await world.s1.claims.query.invoice({ document })).credited).toBe(7);
  });
});

describe('maturity', () => {
  it('is paid to everybody, in parts too, and what is paid is the face', async () => {
    const { s1, s2, b1, b2 } = world;
    const document = await world.sale();
    const pack = await world.received(100_000, document);
    await world.pass(pack, { from: 50_001, to: 100_000 }, s1, s2);
    await world.financed(pack, { from: 1, to: 20_000 }, { holder: s1, bank: b1 });
    const early = s2.packs.present({ pack, from: 50_001, collector: b2.organisation });
    await refused(early, 'NOT_DUE');
    world.days(90);
    await s2.packs.present({ pack, from: 50_001, collector: b2.organisation });
    await s1.packs.present({ pack, from: 20_001, collector: b2.organisation });
    await b1.packs.present({ pack, from: 1, collector: b1.organisation });
    const proof = world.fresh();
    await b2.packs.settle({ pack, from: 50_001, to: 60_000, proof });
    await refused(b2.packs.settle({ pack, from: 60_001, to: 70_000, proof }), 'PROOF_USED');
    const over = { pack, from: 60_001, to: 100_001, proof: world.fresh() };
    await refused(b2.packs.settle(over), 'INTERVAL_UNKNOWN');
    await b2.packs.settle({ pack, from: 60_001, to: 100_000, proof: world.fresh() });
    await b2.packs.settle({ pack, from: 20_001, to: 50_000, proof: world.fresh() });
    expect(await world.claimState(document)).toBe('FINANCED');
    await b1.packs.settle({ pack, from: 1, to: 20_000, proof: world.fresh() });
    expect(await world.claimState(document)).toBe('RELEASED');
    expect(await world.picture(pack)).toEqual([
      '1-20000 b1 SETTLED/ENDED',
      '20001-50000 s1 SETTLED/ENDED',
      '50001-100000 s2 SETTLED/ENDED',
    ]);
    expect(await s1.packs.query.get({ pack })).toMatchObject({ open: 0, paid: 100_000 });
  });

  it('pays the pledgee, not the holder', async () => {
    const { s1, b1 } = world;
    const pack = await world.received();
    await world.financed(pack, PART, { holder: s1, bank: b1, kind: 'pledge' });
    world.days(90);
    await refused(s1.packs.present({ pack, from: 1, collector: b1.organisation }), 'NOT_YOUR_ACT');
    await b1.packs.present({ pack, from: 1, collector: b1.organisation });
    await b1.packs.settle({ pack, ...PART, proof: world.fresh() });
  });

  it('is dishonoured by the bank, the debtor, or after days of grace the beneficiary; and presented again', async () => {
    const { s1, b1, coreMaker } = world;
    const pack = await world.received();
    world.days(90);
    const present = async (): Promise<unknown> =>
      s1.packs.present({ pack, from: 1, collector: b1.organisation });
    await present();
    await refused(s1.packs.refuse({ pack, from: 1 }), 'NOT_DUE');
    await coreMaker.packs.refuse({ pack, from: 1 });
    await present();
    world.days(5);
    await s1.packs.refuse({ pack, from: 1 });
    expect(await world.picture(pack)).toEqual(['1-100000 s1 DISHONOURED/RECOURSING']);
    await present();
    await b1.packs.settle({ pack, from: 1, to: 100_000, proof: world.fresh() });
    expect(await world.picture(pack)).toEqual(['1-100000 s1 SETTLED/ENDED']);
  });
});

describe('what regulators look at', () => {
  it('long tenors, with their share per issuer', async () => {
    const document = await world.sale();
    await issue(document, 1_000);
    const due = dateAfter(200);
    await world.s1.packs.issue({ document, units: 1_000, due, reason: 'export' });
    const { rows } = await world.s1.packs.query.hits({ rule: 'LONG_TENOR' });
    expect(rows).toMatchObject([{ party: world.s1.organisation, seq: 0 }]);
    const issuers = await world.s1.packs.query.issuers({});
    expect(issuers.rows).toEqual([{ organisation: world.s1.organisation, packs: 2, long: 1 }]);
  });

  it('split storms, once a day', async () => {
    await setRules({ stormSplits: 3 });
    const pack = await world.received();
    for (let i = 0; i < 6; i++) await pass(pack, { from: 1 + 200 * i, to: 200 + 200 * i });
    const { rows } = await world.s1.packs.query.hits({ rule: 'SPLIT_STORM' });
    expect(rows).toMatchObject([{ party: world.s1.organisation }]);
    world.days(1);
    for (let i = 6; i < 10; i++) await pass(pack, { from: 1 + 200 * i, to: 200 + 200 * i });
    const next = await world.s1.packs.query.hits({ rule: 'SPLIT_STORM' });
    expect(next.rows).toHaveLength(2);
  });

  it('cycles over packs, returns, and longer rings', async () => {
    const { s1, s2, s3 } = world;
    const pack = await world.received();
    await world.pass(pack, PART, s1, s2);
    await world.pass(pack, PART, s2, s3);
    expect((await s1.packs.query.hits({})).rows).toEqual([]);
    const sale = { name: 'back', seller: s3.organisation, buyer: world.core.organisation };
    const document = await world.invoice(sale);
    const due = dateAfter(60);
    const { pack: other } = await s3.packs.issue({ document, units: 10_000, due });
    await s3.packs.requestConfirm({ pack: other });
    await world.pair('Core').packs.confirm({ pack: other, isTransferable: true });
    await s3.packs.receive({ pack: other });
    await world.pass(other, { from: 1, to: 1_000 }, s3, s2);
    await world.pass(other, { from: 1_001, to: 2_000 }, s3, s1);
    const { rows } = await s1.packs.query.hits({ rule: 'CYCLE' });
    expect(rows).toMatchObject([{ pack: other, party: s2.organisation }]);
    const { rings, isComplete } = await s1.packs.query.cycles({ organisation: s1.organisation });
    const ring = [s1, s2, s3].map(({ organisation }) => organisation);
    expect({ rings, isComplete }).toEqual({ rings: [ring], isComplete: true });
  });
});

describe('screens', () => {
  it('holdings by pages, with the pack and what is open on them', async () => {
    const { s1, s2 } = world;
    const pack = await world.received();
    for (let i = 0; i < 5; i++) {
      await world.pass(pack, { from: 1 + 2_000 * i, to: 1_000 + 2_000 * i }, s1, s2);
    }
    const holder = s2.organisation;
    const first = await s2.packs.query.holdings({ holder, limit: 3 });
    expect(first.rows.map(({ from, units }) => [from, units])).toEqual([
      [1, 1_000],
      [2_001, 1_000],
      [4_001, 1_000],
    ]);
    const rest = await s2.packs.query.holdings({ holder, after: first.next });
    expect(rest.rows.map(({ from }) => from)).toEqual([6_001, 8_001]);
    expect(rest.next).toBeUndefined();
    await pass(pack, { from: 20_001, to: 30_000 });
    const own = await s1.packs.query.holdings({ holder: s1.organisation });
    const waiting = own.rows.find(({ flag }) => flag === 'LOCKED');
    expect(waiting?.request).toMatchObject({ act: 'transfer', signer: s2.organisation });
    expect(waiting).toMatchObject({ due: dateAfter(90), debtor: world.core.organisation });
  });

  it('what waits for whom', async () => {
    const { s1, s2 } = world;
    const pack = await world.received();
    await pass(pack);
    const inbox = await s2.packs.query.requests({ side: 'signer', organisation: s2.organisation });
    expect(inbox.rows).toMatchObject([{ pack, ...PART, act: 'transfer' }]);
    const outbox = await s1.packs.query.requests({ side: 'asker', organisation: s1.organisation });
    expect(outbox.rows).toEqual(inbox.rows);
    await s2.packs.sign({ pack, from: 1 });
    expect(
      (await s2.packs.query.requests({ side: 'signer', organisation: s2.organisation })).rows,
    ).toEqual([]);
  });

  it('deals of a bank, packs of a debtor and of a supplier, packs of an invoice', async () => {
    const { s1, b1, core } = world;
    const document = await world.sale();
    const late = await world.received(100_000, document, dateAfter(100));
    const soon = await world.issued(100_000, document, dateAfter(20));
    await world.financed(late, PART, { holder: s1, bank: b1 });
    const { query } = s1.packs;
    const ids = (page: { readonly rows: readonly { readonly id: Uint8Array }[] }) =>
      page.rows.map(({ id }) => id);
    expect(ids(await query.list({ debtor: core.organisation }))).toEqual([soon, late]);
    expect(ids(await query.list({ supplier: s1.organisation }))).toEqual([soon, late]);
    expect(ids(await query.list({ document }))).toHaveLength(2);
    expect(ids(await query.list({}))).toHaveLength(2);
    const bank = { bank: b1.organisation, stage: 'financed' } as const;
    expect((await query.deals(bank)).rows).toMatchObject([{ open: 40_000 }]);
    const holder = { holder: s1.organisation, stage: 'financed' } as const;
    expect((await query.deals(holder)).rows).toHaveLength(1);
  });
});
