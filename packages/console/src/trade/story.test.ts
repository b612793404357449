import { must, toHex } from '@hanse/kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeApi, fakePlatform, trustedChain } from '../../test/api.ts';
import { TradeFake } from '../../test/tradefake.ts';
import { tradeEn } from '../i18n/trade-en.ts';
import { tradeZh } from '../i18n/trade-zh.ts';
import { verdictOf } from '../verify/trail.ts';
import { createTrade, type Trade } from './chain.ts';
import { Documents, openDocument } from './documents.ts';
import { formatDay, formatUnits } from './money.ts';
import type { Checking } from './rows.ts';
import { loadStory, proveStep, type Story } from './story.ts';
import { partiesIn, tellEvents, tellRefusal, type Teller } from './tell.ts';
import { loadPacks } from './titles.ts';

let fake: TradeFake;
let trade: Trade;
let checking: Checking;
let story: Story;
let english: Teller;
let chinese: Teller;

beforeAll(async () => {
  fake = await TradeFake.create('intl', Date.now());
  const chain = trustedChain(fake.base);
  trade = createTrade('http://node.test', chain, fakePlatform(fake));
  checking = { api: fakeApi(fake), chain, signal: new AbortController().signal };
  story = await loadStory(trade, checking);
  const packs = await loadPacks(trade, undefined, checking.signal);
  const names = new Map(
    Object.values(fake.story.cast).map(({ organisation }) => [organisation.did, organisation.name]),
  );
  const teller = (language: 'en' | 'zh-CN'): Teller => ({
    t: language === 'en' ? tradeEn : tradeZh,
    money: (units, currency) => formatUnits(units, currency, language),
    day: (day) => formatDay(day, language),
    list: (items) => items.join(', '),
    nameOf: (did) => names.get(did) ?? did,
    packs: new Map(packs.rows.map((pack) => [toHex(pack.id), pack])),
    currencies: story.currencies,
  });
  english = teller('en');
  chinese = teller('zh-CN');
}, 120_000);

describe('the story', () => {
  it('has every step in the order of the chain, refused ones in their place', () => {
    const heights = story.steps.map(({ height }) => height);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    const refused = story.steps.filter(({ isRefused }) => isRefused);
    expect(refused.map(({ txid }) => txid)).toEqual([fake.story.refused]);
    expect(story.isCut).toBe(false);
    expect(new Set(story.steps.map(({ txid }) => txid)).size).toBe(story.steps.length);
  });

  it('leaves deposits out that no contract speaks of', () => {
    const deposits = story.steps.filter(({ events }) =>
      events.some(({ name }) => name === 'deposited'),
    );
    const all = fake.base.story.deposits.size;
    expect(deposits.length).toBe(story.documents.length);
    expect(deposits.length).toBeLessThan(all);
  });

  it('is told in a sentence each, in both languages, with names and money', () => {
    const told = story.steps
      .filter(({ isRefused }) => !isRefused)
      .map(({ events }) => tellEvents(events, english).sentences[0]);
    expect(told.every((sentence) => sentence !== undefined && sentence !== '')).toBe(true);
    expect(told).toContain('Meridian Metals made a title of €282,585.89 over its invoice.');
    expect(told).toContain('Northgate Cable Works confirmed that it will pay €282,585.89.');
    expect(told).toContain('Kestrel Smelting signed and holds €102,081.60 now.');
    expect(told).toContain('Kestrel Smelting asked Bank of the East for money for €50,000.00.');
    expect(told).toContain('A credit note takes €1,129.44 off the invoice.');
    const zh = story.steps.map(({ events }) => tellEvents(events, chinese).sentences[0] ?? '');
    expect(
      zh.filter((sentence) => sentence !== '').every((one) => /\p{Script=Han}/u.test(one)),
    ).toBe(true);
    expect(partiesIn(story.steps)).toContain(fake.story.cast.b1.organisation.did);
  });

  it('is proved step by step: words come from the proved receipt', async () => {
    for (const { txid, events } of story.steps) {
      const told = await proveStep(checking, txid);
      expect(verdictOf(told.loaded.steps)).toBe('verified');
      const own = events.filter(({ contract }) => contract !== 'evidence');
      // Events of two contracts come as two lists.
      expect(told.events.map(({ name }) => name).sort()).toEqual(
        own.map(({ name }) => name).sort(),
      );
    }
  });

  it('names who should sign once the call is proved', async () => {
    const step = must(
      story.steps.find(({ events }) => events.some(({ data }) => data['act'] === 'transfer')),
      'a transfer',
    );
    expect(tellEvents(step.events, english).sentences[0]).toContain('the receiver has to sign');
    const { calls, events } = await proveStep(checking, step.txid);
    expect(tellEvents(events, english, calls).sentences[0]).toBe(
      'Meridian Metals passed €102,081.60 on to Kestrel Smelting, who has to sign.',
    );
  });

  it('says who was refused what, and why', async () => {
    const told = await proveStep(checking, fake.story.refused);
    const refusal = must(tellRefusal(told, english), 'a refusal');
    expect(refusal).toMatchObject({
      who: 'Coastal Bank',
      what: 'lock the invoice for financing',
      reason: 'The same invoice is financed already.',
      isSecond: true,
      isTwin: true,
    });
    expect(tellRefusal(told, chinese)?.reason).toBe('同一张发票已经融资。');
    const other = must(
      story.steps.find(({ isRefused }) => !isRefused),
      'another step',
    );
    expect(tellRefusal(await proveStep(checking, other.txid), english)).toBeUndefined();
  });

  it('is not told from a receipt whose proof does not hold', async () => {
    fake.lie = 'receipt';
    const told = await proveStep(checking, fake.story.refused);
    fake.lie = 'none';
    expect(verdictOf(told.loaded.steps)).toBe('forged');
    expect(tellRefusal(told, english)).toBeUndefined();
    expect(told.events).toEqual([]);
  });
});

describe('documents of the reader', () => {
  const file = (name: string, bytes: Uint8Array) => new File([bytes.slice()], name);
  const ids = (): ReadonlySet<string> => new Set(story.documents);

  it('are read when the page speaks of them, and kept until they are forgotten', async () => {
    const { invoice, twin } = fake.story.files;
    const own = new Documents();
    for (const { name, bytes } of [invoice, twin]) {
      const opened = await openDocument(checking.chain, file(name, bytes), ids());
      expect(opened.kind).toBe('opened');
      if (opened.kind === 'opened') own.add(opened.id, opened.document);
    }
    const [first, second] = [...own.snapshot().values()];
    const numbers = [first, second].map(
      (one) => one?.kind === 'invoice' && one.result.invoice?.number,
    );
    expect(numbers).toEqual(['MM-2026-1102', 'MM-2026-1102']);
    own.clear();
    expect(own.snapshot().size).toBe(0);
  });

  it('send nothing, whatever they are', async () => {
    const { asked } = checking.api as ReturnType<typeof fakeApi>;
    const before = asked.length;
    const other = file('other.xml', new TextEncoder().encode('<a/>'));
    expect(await openDocument(checking.chain, other, ids())).toEqual({ kind: 'unknown' });
    const large = {
      name: 'x',
      size: 5_000_000,
      stream: () => other.stream(),
      text: () => other.text(),
      arrayBuffer: () => other.arrayBuffer(),
    };
    expect(await openDocument(checking.chain, large, ids())).toEqual({ kind: 'too-large' });
    const key = file(
      'key.json',
      new TextEncoder().encode('{"purpose":"identity","secretKey":"x"}'),
    );
    expect(await openDocument(checking.chain, key, ids())).toEqual({ kind: 'key' });
    const bundle = file(
      'b.json',
      new TextEncoder().encode('{"format":"hanse-evidence/1","id":"ab"}'),
    );
    expect(await openDocument(checking.chain, bundle, ids())).toEqual({ kind: 'unknown' });
    expect(asked.length).toBe(before);
  });
});
