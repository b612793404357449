import { createSuite } from '@hanse/crypto';
import { fromHex, must, toBase64Url, toHex } from '@hanse/kit';
import { didKeyBytes } from '@hanse/model';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fakeApi, fakePlatform, trustedChain } from '../../test/api.ts';
import { TradeFake } from '../../test/tradefake.ts';
import type { Actor } from '../../test/tradechain.ts';
import { keySigner } from '@hanse/client';
import { verdictOf } from '../verify/trail.ts';
import { callsOf, type Act } from './acts.ts';
import { createTrade, type Trade } from './chain.ts';
import { dealOf, inOrder, loadHoldings, standingOf, totalsOf, type Holding } from './holdings.ts';
import { KEY_IDLE_MS, Keyring, openKey } from './keyring.ts';
import { loadPayables, organisationsWith, payablesFor, planPayments } from './payees.ts';
import { isSamePicture, partsOf, replay, sharesOf } from './replay.ts';
import { checkRow, type Checking } from './rows.ts';
import { reasonOf } from './signing.ts';
import { loadHits, loadIssuers, loadPacks, loadRings, loadWholeTitle, worstOf } from './titles.ts';

let fake: TradeFake;
let trade: Trade;
let platform: ReturnType<typeof fakePlatform>;
let checking: Checking;

beforeAll(async () => {
  fake = await TradeFake.create('intl', Date.now());
  platform = fakePlatform(fake);
  const chain = trustedChain(fake.base);
  trade = createTrade('http://node.test', chain, platform);
  checking = { api: fakeApi(fake), chain, signal: new AbortController().signal };
}, 120_000);

afterEach(() => {
  fake.lie = 'none';
});

const didOf = ({ organisation }: Actor): string => organisation.did;
const holdingsOf = (actor: Actor) => loadHoldings(trade, checking, didOf(actor));

/** Sign an act as the page does. */
async function sign(actor: Actor, act: Act): Promise<string> {
  const { did, key } = actor.party;
  const signer = keySigner(createSuite('intl'), { did, kid: 'key-1', key });
  const receipt = await trade.client.transact(await callsOf(trade, act), { signers: [signer] });
  return toHex(receipt.txid);
}

async function holding(actor: Actor, wanted: string): Promise<Holding> {
  const held = await holdingsOf(actor);
  const found = held.rows.find(({ row }) => standingOf(row, dealOf(held, row)) === wanted);
  return must(found, `a holding that is ${wanted}`).row;
}

describe('holdings', () => {
  it('are proved row by row, and stand in the order in which they matter', async () => {
    const held = await holdingsOf(fake.story.cast.s1);
    const rows = inOrder(held);
    expect(rows.map(({ row }) => standingOf(row, dealOf(held, row)))).toEqual([
      'offered',
      'free',
      'waiting',
    ]);
    expect(worstOf(rows)).toBe('verified');
    expect(totalsOf(rows.map(({ row }) => row))).toEqual([
      { currency: 'EUR', units: 18_050_429, parts: 3 },
    ]);
  });

  it('are not verified when the node lies about a row or its proof', async () => {
    const { s1 } = fake.story.cast;
    const { height, rows } = await holdingsOf(s1);
    const { row } = must(rows[0], 'a holding');
    const place = { contract: 'packs', table: 'interval', height: 1 };
    const other = { ...row, holder: didOf(fake.story.cast.s2) };
    expect(verdictOf(await checkRow(checking, place, row))).toBe('verified');
    expect(verdictOf(await checkRow(checking, place, other))).toBe('forged');
    // A list that is newer than what is proved so far may be right.
    const newer = await checkRow(checking, { ...place, height: height + 1 }, other);
    expect(newer.at(-1)).toMatchObject({ state: 'unverified', missing: { why: 'newer' } });
    fake.lie = 'record';
    expect(verdictOf(await checkRow(checking, place, row))).toBe('forged');
    fake.lie = 'none';
    const none = await checkRow(checking, { ...place, table: 'nothing' }, row);
    expect(verdictOf(none)).not.toBe('verified');
    const unreadable = await checkRow(checking, place, { pack: row.pack, from: row.from });
    expect(verdictOf(unreadable)).not.toBe('verified');
  });

  it('wait for those who are asked to sign', async () => {
    const held = await holdingsOf(fake.story.cast.s2);
    expect(held.toSign.map(({ request }) => request.act)).toEqual(['transfer']);
    expect(toHex(must(held.toSign[0], 'one').pack.id)).toBe(fake.story.pack);
  });
});

describe('what can be signed', () => {
  it('divides a holding over several invoices in one transaction, which the receivers sign', async () => {
    const { s1, s2, s3 } = fake.story.cast;
    const free = await holding(s1, 'free');
    const { value: rules } = await trade.packs.query.rules();
    const all = await loadPayables(trade, didOf(s1), checking.signal);
    const payables = payablesFor(free, all, rules);
    expect(new Map(payables.map(({ seller, open }) => [seller, open]))).toEqual(
      new Map([
        [didOf(s2), 2_320_000],
        [didOf(s3), 1_250_050],
      ]),
    );
    const payments = planPayments(free, payables, rules);
    const before = platform.asked.length;
    await sign(s1, { kind: 'pay', holding: free, payments });
    const posts = platform.asked.slice(before).filter(({ path }) => path === '/v1/envelopes');
    expect(posts).toHaveLength(1);
    const { toSign } = await holdingsOf(s3);
    const { request } = must(toSign[0], 'a part for the third');
    await sign(s3, { kind: 'sign', request });
    const held = await holdingsOf(s3);
    expect(totalsOf(held.rows.map(({ row }) => row))[0]?.units).toBe(1_176_000 + 1_250_050);
  });

  it('takes back, refuses, asks a bank and accepts its offer', async () => {
    const { s1, s2, b1 } = fake.story.cast;
    const waiting = await holding(s1, 'waiting');
    await sign(s1, { kind: 'recall', request: must(waiting.request, 'a request') });
    const { toSign } = await holdingsOf(s2);
    await sign(s2, { kind: 'refuse', request: must(toSign[0], 'another part').request });
    const free = await holding(s1, 'free');
    await sign(s1, { kind: 'ask', holding: free, bank: didOf(b1), units: 500_000, as: 'pledge' });
    expect(await holding(s1, 'asked')).toMatchObject({ units: 500_000 });
    const offered = await holding(s1, 'offered');
    const held = await holdingsOf(s1);
    const deal = must(dealOf(held, offered), 'the deal of the offer');
    expect(toHex(deal.id)).toBe(toHex(fake.story.terms.deal));
    await sign(s1, { kind: 'accept', deal });
    expect(await holding(s1, 'accepted')).toMatchObject({ units: 3_000_000 });
  });

  it('is refused for the reason of the contracts', async () => {
    const { s2, s3 } = fake.story.cast;
    const other = await holding(s3, 'free');
    const refused = await sign(s2, {
      kind: 'ask',
      holding: other,
      bank: didOf(s2),
      units: 200,
      as: 'finance',
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(reasonOf(refused)).toBe('NOT_YOUR_ACT');
    expect(reasonOf(new Error('x'))).toBeUndefined();
  });

  it('is asked of banks that have the role', async () => {
    const banks = await organisationsWith(trade, 'bank', checking.signal);
    const { b1, b2 } = fake.story.cast;
    expect(banks.map(({ organisation }) => organisation).sort()).toEqual(
      [didOf(b1), didOf(b2)].sort(),
    );
  });
});

describe('a title', () => {
  it('is replayed from its first act to what is on the chain now', async () => {
    const id = must(fromHex(fake.story.pack), 'a hash');
    const title = must(await loadWholeTitle(trade, checking, id), 'the title');
    expect(title.isReplayed).toBe(true);
    expect(worstOf(title.entries)).toBe('verified');
    expect(verdictOf(title.packSteps)).toBe('verified');
    expect(title.claim?.state).toBe('FINANCED');
    expect(title.credits.map(({ units }) => units)).toEqual([112_944]);
    const total = sharesOf(title.parts).reduce((sum, { units }) => sum + units, 0);
    expect(total).toBe(title.pack.units);
  });

  it('does not follow from a history with an act missing, changed or out of place', async () => {
    const id = must(fromHex(fake.story.pack), 'a hash');
    const title = must(await loadWholeTitle(trade, checking, id), 'the title');
    const history = title.entries.map(({ row }) => row);
    const { units } = title.pack;
    expect(replay(units, history).brokenAt).toBeUndefined();
    expect(replay(units, history.toSpliced(3, 1)).brokenAt).toBe(3);
    expect(replay(units + 1, history).brokenAt).toBe(0);
    const grown = history.map((entry) => (entry.seq === 6 ? { ...entry, to: units + 1 } : entry));
    expect(replay(units, grown).brokenAt).toBe(6);
    const stolen = history.map((entry) => (entry.seq === 8 ? { ...entry, holder: 'x' } : entry));
    const { moments } = replay(units, stolen);
    expect(isSamePicture(must(moments.at(-1), 'one').parts, partsOf(title.parts))).toBe(false);
  });

  it('is not there under another id', async () => {
    expect(await loadWholeTitle(trade, checking, new Uint8Array(32))).toBeUndefined();
  });
});

describe('supervision', () => {
  it('sees what both contracts noticed, each with its proved record', async () => {
    const hits = await loadHits(trade, checking);
    expect(hits.map(({ hit }) => hit.rule)).toEqual([
      'LONG_TENOR',
      'CREDIT_AFTER_FINANCE',
      'DUPLICATE',
    ]);
    expect(worstOf(hits)).toBe('verified');
    for (const { hit } of hits) {
      const answer = fake.base.handle('GET', `/v1/tx/${hit.txid}?until=final&proof=1`, '');
      expect(answer).toMatchObject({ kind: 'json', status: 200 });
    }
  });

  it('sees titles, issuers and rings', async () => {
    const { far, s1 } = fake.story.cast;
    const { rows } = await loadPacks(trade, undefined, checking.signal);
    expect(rows.map(({ id }) => toHex(id)).sort()).toEqual(
      [fake.story.pack, fake.story.longPack].sort(),
    );
    const issuers = await loadIssuers(trade, checking.signal);
    expect(issuers.find(({ organisation }) => organisation === didOf(far))).toMatchObject({
      packs: 1,
      long: 1,
    });
    expect(await loadRings(trade, didOf(s1), checking.signal)).toEqual({
      rings: [],
      isComplete: true,
    });
  });
});

describe('a key', () => {
  const fileFor = (actor: Actor, more: Readonly<Record<string, unknown>> = {}) => {
    const { did, key } = actor.party;
    const json = {
      version: 1,
      purpose: 'identity',
      alg: key.alg,
      did,
      kid: 'key-1',
      publicKey: toBase64Url(key.publicKey),
      secretKey: toBase64Url(key.secretKey),
      ...more,
    };
    const text = JSON.stringify(json);
    return { name: 'phone.json', size: text.length, text: () => Promise.resolve(text) };
  };
  const open = (file: ReturnType<typeof fileFor>) =>
    openKey({ client: trade.client, subtle: crypto.subtle, signal: checking.signal }, file);

  it('acts for the organisation behind its identity, by proved records', async () => {
    const { s1, s1phone } = fake.story.cast;
    const { key, organisation } = await open(fileFor(s1phone));
    expect(organisation).toBe(didOf(s1));
    expect(key.holding).toBe('sealed');
    expect((await open(fileFor(s1))).organisation).toBe(didOf(s1));
  });

  it('is refused when the chain does not know it, or knows another one', async () => {
    const { s1, s2, s1phone } = fake.story.cast;
    await expect(open(fileFor(s1, { kid: 'key-2' }))).rejects.toMatchObject({
      codeName: 'KeyUnknown',
    });
    await expect(open(fileFor(s2, { did: s1.party.did }))).rejects.toMatchObject({
      codeName: 'KeyMismatch',
    });
    const unknown = fake.chain.toy.party('harbour-test', 'person', '', [], 'nobody');
    await expect(open(fileFor({ ...s1phone, party: unknown }))).rejects.toMatchObject({
      codeName: 'DidUnknown',
    });
    await expect(open({ ...fileFor(s1), size: 9_000 })).rejects.toMatchObject({
      codeName: 'KeyFileInvalid',
    });
    expect(didKeyBytes(s1.party.did).length).toBeGreaterThan(0);
  });

  it('sends nothing of it anywhere', async () => {
    const { s1phone } = fake.story.cast;
    const secret = toBase64Url(s1phone.party.key.secretKey);
    await open(fileFor(s1phone));
    const { key } = await open(fileFor(s1phone));
    await key.signer.sign(new Uint8Array(3));
    for (const { path, body } of platform.asked) {
      expect(`${path}${body}`).not.toContain(secret);
      expect(`${path}${body}`).not.toContain(toHex(s1phone.party.key.secretKey));
    }
  });

  it('is forgotten on demand and when it is idle', async () => {
    vi.useFakeTimers();
    try {
      const { s1 } = fake.story.cast;
      const signer = keySigner(createSuite('intl'), { did: 'd', kid: 'k', key: s1.party.key });
      const ring = new Keyring();
      let told = 0;
      ring.subscribe(() => {
        told += 1;
      });
      ring.open({ signer, holding: 'memory' }, 'o', Date.now());
      vi.advanceTimersByTime(KEY_IDLE_MS - 1);
      expect(ring.snapshot()).toBeDefined();
      ring.touch(Date.now());
      vi.advanceTimersByTime(KEY_IDLE_MS - 1);
      expect(ring.snapshot()?.organisation).toBe('o');
      vi.advanceTimersByTime(1);
      expect(ring.snapshot()).toBeUndefined();
      ring.open({ signer, holding: 'memory' }, 'o', Date.now());
      ring.close();
      expect(ring.snapshot()).toBeUndefined();
      expect(told).toBe(5);
    } finally {
      vi.useRealTimers();
    }
  });
});
