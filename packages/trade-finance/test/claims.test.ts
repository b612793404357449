import { limits } from '@hanse/kit';
import { beforeEach, describe, expect, it } from 'vitest';
import { CLAIM_STATES, CLAIM_TABLE, isClaimStep } from '../src/claims/states.ts';
import { TAGS_MAX } from '../src/claims/tables.ts';
import { DAY_MS, refused, World, type Actor } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});

/** A sale that S1 asks some banks about. */
async function asked(name: string, banks: readonly Actor[]): Promise<Uint8Array> {
  const document = await world.sale(name);
  const dids = banks.map(({ organisation }) => organisation);
  await world.s1.claims.ask({ document, banks: dids });
  return document;
}

async function lock(bank: Actor, document: Uint8Array, name: string) {
  return bank.claims.lock({ document, ...world.checked({ name }) });
}

async function hits(rule: 'SAME_TRADE' | 'DUPLICATE' | 'REVIEWED') {
  return (await world.s1.claims.query.hits({ rule })).rows;
}

describe('verdicts', () => {
  it('are on a deposit with this root, that was not superseded, in the epoch, once', async () => {
    const { s1, core, importer } = world;
    const facts = world.verdictOf({
      name: 'a',
      seller: s1.organisation,
      buyer: core.organisation,
    });
    const verdict = { ...world.deposit('a'), ...facts };
    const { recordVerdict } = importer.claims;
    await refused(recordVerdict({ ...verdict, document: world.fresh() }), 'DOCUMENT_UNKNOWN');
    await refused(recordVerdict({ ...verdict, root: world.fresh() }), 'ROOT_MISMATCH');
    await refused(recordVerdict({ ...verdict, epoch: 2 }), 'EPOCH_CLOSED');
    await refused(s1.claims.recordVerdict(verdict), 'NotAllowed');
    expect(await recordVerdict(verdict)).toEqual({ state: 'PENDING', hold: 'none' });
    await refused(recordVerdict(verdict), 'VERDICT_EXISTS');
    importer.deposit({
      byteHash: world.hash('file old'),
      fieldsRoot: world.hash('root old'),
      supersededBy: world.fresh(),
    });
    const old = { ...verdict, document: world.hash('file old'), root: world.hash('root old') };
    await refused(recordVerdict(old), 'DOCUMENT_SUPERSEDED');
  });

  it('hold as many tags as the protocol of tags gives', () => {
    expect(TAGS_MAX).toBe(limits.claimTagsPerKindMax);
  });

  it('on an invalid document take no tag', async () => {
    const invalid = await world.sale('a', { result: 'invalid' });
    expect(await world.claimState(invalid)).toBe('CANCELLED');
    expect(await world.claimState(await world.sale('b', { x: 'a', n: 'a' }))).toBe('PENDING');
    await refused(world.s1.claims.ask({ document: invalid, banks: [] }), 'DOCUMENT_INVALID');
  });
});

describe('exact tags', () => {
  it('make a twin a duplicate with which nothing can be done, and tell a regulator', async () => {
    const { s1, b2 } = world;
    const document = await world.sale('ubl');
    const twin = await world.sale('cii', { x: 'ubl' });
    const { original } = (await s1.claims.query.get({ document: twin })) ?? {};
    expect(original).toEqual(document);
    await refused(s1.claims.ask({ document: twin, banks: [] }), 'DUPLICATE_REGISTERED');
    const tags = world.checked({ name: 'cii', x: 'ubl' });
    await refused(b2.claims.lock({ document: twin, ...tags }), 'DUPLICATE_REGISTERED');
    const units = { units: 1_000, due: '2027-06-01' };
    await refused(s1.packs.issue({ document: twin, ...units }), 'DUPLICATE_REGISTERED');
    expect(await hits('DUPLICATE')).toMatchObject([{ document: twin, party: s1.organisation }]);
  });

  it('say so when the original is financed since, in the refusal and in the state', async () => {
    const { s1, b1, b2 } = world;
    const document = await world.sale('ubl');
    const twin = await world.sale('cii', { x: 'ubl' });
    expect(await world.claimState(twin)).toBe('DUPLICATE_REGISTERED');
    const pack = await world.received(100_000, document);
    await world.financed(pack, { from: 1, to: 1_000 }, { holder: s1, bank: b1, name: 'ubl' });
    expect(await world.claimState(twin)).toBe('DUPLICATE_FINANCED');
    const tags = world.checked({ name: 'cii', x: 'ubl' });
    await refused(b2.claims.lock({ document: twin, ...tags }), 'DUPLICATE_FINANCED');
    const third = await world.sale('third', { x: 'ubl' });
    expect((await s1.claims.query.get({ document: third }))?.state).toBe('DUPLICATE_FINANCED');
    // What the story needs: nothing of the first deal is in the refusal.
    const refusal = b2.claims.lock({ document: twin, ...tags });
    const message = await refusal.catch((error: unknown) => String(error));
    expect(message).not.toContain(b1.organisation);
  });

  it('are free again when the seller gives up before any money came', async () => {
    const { s1 } = world;
    const document = await world.sale('a');
    const twin = await world.sale('b', { x: 'a', n: 'b' });
    await refused(world.s2.claims.cancel({ document }), 'NOT_YOUR_ACT');
    await refused(s1.claims.cancel({ document: twin }), 'CLAIM_CLOSED');
    await s1.claims.cancel({ document });
    expect(await world.claimState(document)).toBe('CANCELLED');
    expect(await s1.claims.recheck({ document: twin })).toEqual({ state: 'PENDING', hold: 'none' });
    await refused(s1.claims.recheck({ document: twin }), 'CLAIM_CLOSED');
    const units = { units: 1_000, due: '2027-06-01' };
    await s1.packs.issue({ document: twin, ...units });
    await refused(s1.packs.issue({ document, ...units }), 'CLAIM_CLOSED');
  });

  it('stay taken while a pack or a lock is on the claim, and after it was financed', async () => {
    const { s1, b1 } = world;
    const packed = await world.sale('packed');
    await world.issued(1_000, packed);
    await refused(s1.claims.cancel({ document: packed }), 'CLAIM_IN_PACKS');
    const document = await asked('locked', [b1]);
    const held = await lock(b1, document, 'locked');
    await refused(s1.claims.cancel({ document }), 'CLAIM_LOCKED');
    await b1.claims.finance({ lock: held.lock, proof: world.fresh() });
    await refused(s1.claims.cancel({ document }), 'CLAIM_LOCKED');
    await b1.claims.release({ lock: held.lock });
    await refused(s1.claims.cancel({ document }), 'CLAIM_CLOSED');
    const twin = await world.sale('twin', { x: 'locked' });
    expect(await world.claimState(twin)).toBe('DUPLICATE_FINANCED');
  });
});

describe('number tags', () => {
  it('hold a claim until two persons of the registry let it go, with a reason', async () => {
    const { s1 } = world;
    await world.sale('a');
    const document = await world.sale('changed', { n: 'a' });
    expect((await s1.claims.query.status({ document }))?.hold).toBe('open');
    await refused(s1.claims.ask({ document, banks: [] }), 'DOCUMENT_HELD');
    const judged = { document, decision: 'released', reason: 'amended-invoice' } as const;
    const alone = world.chain.as({ organisation: 'Registry' });
    await refused(alone.claims.review(judged), 'FOUR_EYES');
    await refused(world.pair('S1').claims.review(judged), 'NotAllowed');
    await world.pair('Registry').claims.review(judged);
    expect(await world.claimState(document)).toBe('PENDING');
    await s1.claims.ask({ document, banks: [] });
    await refused(world.pair('Registry').claims.review(judged), 'CLAIM_CLOSED');
    expect(await hits('REVIEWED')).toMatchObject([{ document }]);
    const event = world.chain.events.find(({ name }) => name === 'Reviewed');
    expect(event?.data).toMatchObject({ hold: 'released', reason: 'amended-invoice' });
  });

  it('refused by the registry, the claim is over and its exact tag free', async () => {
    await world.sale('a');
    const document = await world.sale('changed', { n: 'a' });
    const refusal = { document, decision: 'refused', reason: 'suspected-fraud' } as const;
    await world.pair('Registry').claims.review(refusal);
    expect(await world.claimState(document)).toBe('CANCELLED');
    expect(await world.claimState(await world.sale('again', { x: 'changed' }))).toBe('PENDING');
  });

  it('count for each identifier of the seller, but not those of claims given up', async () => {
    const a = await world.sale('a', { n: 'vat,tax' });
    const hit = await world.sale('b', { n: 'lei,tax' });
    const none = await world.sale('c', { n: 'gln' });
    const holds = await Promise.all(
      [hit, none].map(async (document) => (await world.s1.claims.query.get({ document }))?.hold),
    );
    expect(holds).toEqual(['open', 'none']);
    await world.s1.claims.cancel({ document: a });
    await world.s1.claims.cancel({ document: hit });
    const free = await world.sale('d', { n: 'tax' });
    expect((await world.s1.claims.query.get({ document: free }))?.hold).toBe('none');
  });
});

describe('trade tags', () => {
  it('warn the bank that locks, and nothing is said about the other', async () => {
    const { s1, b1 } = world;
    await asked('a', [b1]);
    const document = await world.sale('b', { t: 'a' });
    await s1.claims.ask({ document, banks: [b1.organisation] });
    const tags = world.checked({ name: 'b', t: 'a' });
    const { lock: id, isSameTrade } = await b1.claims.lock({ document, ...tags });
    expect(isSameTrade).toBe(true);
    const warned = world.chain.events.filter(({ name }) => name === 'Warned');
    expect(warned.map(({ data }) => data)).toEqual([{ lock: id, bank: b1.organisation }]);
    expect(await hits('SAME_TRADE')).toEqual([]);
  });

  it('tell a regulator when another bank is in the other trade', async () => {
    const { s1, b1, b2 } = world;
    const first = await asked('a', [b1]);
    await lock(b1, first, 'a');
    const pack = await world.received(100_000, await world.sale('b', { t: 'a' }));
    const ask = { pack, from: 1, to: 1_000, bank: b2.organisation, kind: 'finance' } as const;
    const { deal } = await s1.packs.ask(ask);
    const tags = world.checked({ name: 'b', t: 'a' });
    const offered = await b2.packs.offer({ deal, terms: world.fresh(), ...tags });
    expect(offered.isSameTrade).toBe(true);
    expect(await hits('SAME_TRADE')).toMatchObject([{ party: b2.organisation }]);
  });

  it('say nothing without a hit, and nothing where there is no tag', async () => {
    const { b1 } = world;
    await world.sale('a', { t: '' });
    const document = await world.sale('b', { t: '' });
    await world.s1.claims.ask({ document, banks: [b1.organisation] });
    const { isSameTrade } = await b1.claims.lock({
      document,
      ...world.checked({ name: 'b', t: '' }),
    });
    expect(isSameTrade).toBe(false);
  });
});

describe('locks on a whole invoice', () => {
  it('are for banks that the seller asked, with their own tags', async () => {
    const { s1, s2, b1, b2 } = world;
    const document = await asked('a', [b1]);
    await refused(s2.claims.ask({ document, banks: [b2.organisation] }), 'NOT_YOUR_ACT');
    await refused(lock(b2, document, 'a'), 'NOT_ASKED');
    await refused(lock(b1, document, 'made up'), 'TAG_MISMATCH');
    await refused(lock(s1, document, 'a'), 'NotAllowed');
    await refused(lock(b1, world.fresh(), 'a'), 'DOCUMENT_UNKNOWN');
    await lock(b1, document, 'a');
    expect(await world.claimState(document)).toBe('UNIQUE');
  });

  it('belong to the first in the order of the block: one of two banks, whoever comes first', async () => {
    for (let trial = 0; trial < 500; trial++) {
      const { b1, b2 } = world;
      const document = await asked(`race ${trial}`, [b1, b2]);
      const racers = trial % 2 === 0 ? [b1, b2] : [b2, b1];
      world.chain.next();
      const calls = racers.map(async (bank) => lock(bank, document, `race ${trial}`));
      const ends = await Promise.allSettled(calls);
      expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(ends[1]).toMatchObject({ reason: { code: 'CLAIM_LOCKED' } });
    }
  });

  it('are refused for made-up and for swapped tags, before anything is locked', async () => {
    const { b1 } = world;
    const names = ['a', 'b', 'c', 'd', 'e'];
    const documents: Uint8Array[] = [];
    for (const name of names) documents.push(await asked(name, [b1]));
    let trials = 0;
    for (const [i, document] of documents.entries()) {
      const own = world.tags({ name: names[i] ?? '' });
      for (const name of [...names, 'made up 1', 'made up 2']) {
        if (name === names[i]) continue;
        const other = world.tags({ name });
        for (const tags of [
          { ...own, x: other.x },
          { ...own, n: other.n },
          { ...own, t: other.t },
          other,
        ]) {
          trials += 1;
          const checked = [{ epoch: 1, ...tags }];
          await refused(b1.claims.lock({ document, checked }), 'TAG_MISMATCH');
        }
      }
      expect(await world.claimState(document)).toBe('PENDING');
    }
    expect(trials).toBe(120);
  });

  it('expire, and another bank may lock; the first one cannot pay any more', async () => {
    const { b1, b2 } = world;
    const document = await asked('a', [b1, b2]);
    const first = await lock(b1, document, 'a');
    expect(first.until).toBe(world.chain.time + 3 * DAY_MS);
    world.chain.next({ afterMs: 3 * DAY_MS - 1 });
    await refused(lock(b2, document, 'a'), 'CLAIM_LOCKED');
    world.chain.next({ afterMs: 1 });
    const second = await lock(b2, document, 'a');
    const proof = world.fresh();
    await refused(b1.claims.finance({ lock: first.lock, proof }), 'LOCK_EXPIRED');
    await refused(b1.claims.finance({ lock: second.lock, proof }), 'LOCK_UNKNOWN');
    // The late one gives up what it has no more, and the other's stays.
    await b1.claims.release({ lock: first.lock });
    await refused(lock(b1, document, 'a'), 'CLAIM_LOCKED');
    await b2.claims.finance({ lock: second.lock, proof });
    expect(await world.claimState(document)).toBe('FINANCED');
    await refused(lock(b1, document, 'a'), 'DUPLICATE_FINANCED');
  });

  it('are given up, or released once what they financed has ended', async () => {
    const { b1, b2 } = world;
    const document = await asked('a', [b1, b2]);
    const first = await lock(b1, document, 'a');
    await refused(b2.claims.release({ lock: first.lock }), 'LOCK_UNKNOWN');
    await b1.claims.release({ lock: first.lock });
    expect(await world.claimState(document)).toBe('UNIQUE');
    const second = await lock(b2, document, 'a');
    await b2.claims.finance({ lock: second.lock, proof: world.fresh() });
    await b2.claims.release({ lock: second.lock });
    expect(await world.claimState(document)).toBe('RELEASED');
    await refused(b2.claims.release({ lock: second.lock }), 'LOCK_UNKNOWN');
    await refused(lock(b1, document, 'a'), 'DUPLICATE_FINANCED');
    const units = { units: 1_000, due: '2027-06-01' };
    await refused(world.s1.packs.issue({ document, ...units }), 'DUPLICATE_FINANCED');
  });

  it('and packs keep each other out', async () => {
    const { s1, b1 } = world;
    const units = { units: 1_000, due: '2027-06-01' };
    const locked = await asked('locked', [b1]);
    const { lock: id } = await lock(b1, locked, 'locked');
    await refused(s1.packs.issue({ document: locked, ...units }), 'CLAIM_LOCKED');
    await b1.claims.finance({ lock: id, proof: world.fresh() });
    await refused(s1.packs.issue({ document: locked, ...units }), 'DUPLICATE_FINANCED');
    const packed = await asked('packed', [b1]);
    await s1.packs.issue({ document: packed, ...units });
    await refused(lock(b1, packed, 'packed'), 'CLAIM_IN_PACKS');
    await refused(s1.claims.ask({ document: packed, banks: [] }), 'CLAIM_IN_PACKS');
  });

  it('take each payment proof once', async () => {
    const { b1 } = world;
    const proof = world.fresh();
    const one = await lock(b1, await asked('a', [b1]), 'a');
    await b1.claims.finance({ lock: one.lock, proof });
    const two = await lock(b1, await asked('b', [b1]), 'b');
    await refused(b1.claims.finance({ lock: two.lock, proof }), 'PROOF_USED');
  });

  it('hold as long as a regulator says', async () => {
    const { b1, regulator } = world;
    await refused(regulator.claims.setRules({ lockHours: 1 }), 'FOUR_EYES');
    await world.pair('Regulator').claims.setRules({ lockHours: 1 });
    const { until } = await lock(b1, await asked('a', [b1]), 'a');
    expect(until).toBe(world.chain.time + 3_600_000);
  });
});

describe('locks on intervals', () => {
  it('are held by several banks at once, and one of them does not go by way of claims', async () => {
    const { s1, b1, b2 } = world;
    const document = await world.sale();
    const pack = await world.received(100_000, document);
    const one = await world.agreed(pack, { from: 1, to: 40_000 }, { holder: s1, bank: b1 });
    const rest = { from: 40_001, to: 100_000 };
    const two = await world.agreed(pack, rest, { holder: s1, bank: b2 });
    await refused(b1.claims.finance({ lock: one.lock, proof: world.fresh() }), 'CLAIM_IN_PACKS');
    await refused(b1.claims.release({ lock: one.lock }), 'CLAIM_IN_PACKS');
    await b1.packs.finance({ ...one, proof: world.fresh() });
    expect(await world.claimState(document)).toBe('FINANCED');
    await b2.packs.finance({ ...two, proof: world.fresh() });
    const financed = await b2.claims.query.locksOf({ bank: b2.organisation, state: 'financed' });
    expect(financed.rows).toMatchObject([{ pack, ...rest }]);
    // One of two is over, and the claim is still financed.
    const back = { pack, from: 1, to: 40_000, receiver: s1.organisation } as const;
    await world.chain.asAll([b1, s1]).packs.transfer({ ...back, purpose: 'return' });
    expect(await world.claimState(document)).toBe('FINANCED');
    await world.chain.asAll([b2, s1]).packs.transfer({ ...back, ...rest, purpose: 'return' });
    expect(await world.claimState(document)).toBe('RELEASED');
  });
});

describe('the table of claims', () => {
  it('knows every state, and no act that is not in it', () => {
    const reached = new Set(CLAIM_TABLE.flatMap(({ to }) => to));
    expect(reached).toEqual(new Set(CLAIM_STATES));
    expect(isClaimStep('lock', 'PENDING', 'UNIQUE')).toBe(true);
    expect(isClaimStep('finance', 'PENDING', 'FINANCED')).toBe(false);
    expect(isClaimStep('cancel', 'FINANCED', 'CANCELLED')).toBe(false);
    expect(isClaimStep('record', undefined, 'PENDING')).toBe(true);
    expect(isClaimStep('record', 'PENDING', 'PENDING')).toBe(false);
  });

  it('is found by tag, document and seller', async () => {
    const { query } = world.s1.claims;
    const document = await world.sale('a', { n: 'a,b', t: 'a' });
    await world.sale('twin', { x: 'a', n: 'b' });
    const states = async (kind: 'x' | 'n' | 't', tag: string) =>
      (await query.statusByTag({ kind, tag: world.hash(`${kind} ${tag}`) })).rows.map(
        ({ state }) => state,
      );
    expect((await states('x', 'a')).sort()).toEqual(['DUPLICATE_REGISTERED', 'PENDING']);
    expect(await states('n', 'a')).toEqual(['PENDING']);
    expect(await states('n', 'b')).toHaveLength(2);
    expect(await states('t', 'a')).toEqual(['PENDING']);
    expect(await states('t', 'none')).toEqual([]);
    const { rows } = await query.bySeller({ seller: world.s1.organisation });
    expect(rows.map((claim) => claim.document)).toContainEqual(document);
    expect(await query.status({ document: world.fresh() })).toBeUndefined();
  });
});
