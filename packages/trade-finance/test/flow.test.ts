import { readFileSync } from 'node:fs';
import { isJsonObject } from '@hanse/codec';
import { importDocument, type ImportResult } from '@hanse/einvoice';
import { HanseError, isHanseError } from '@hanse/kit';
import { compileSchematron } from '@hanse/schematron';
import { describe, expect, it } from 'vitest';
import {
  factsOf,
  importWithRules,
  money,
  pickUnits,
  readTerms,
  reasonText,
  syntaxOfRules,
  tellStory,
  termsJson,
  tradeRejection,
  type Desk,
  type Interval,
  type StoryStage,
  type StoryStep,
} from '../src/index.ts';
import { REASONS } from '../src/codes.ts';
import { REASONS_ZH } from '../src/reasons.ts';

const desk = { nameOf: (did: string) => did } as unknown as Desk;

function demo(name: string): Uint8Array {
  const path = new URL(`../../../demo/invoices/${name}`, import.meta.url);
  return new Uint8Array(readFileSync(path));
}

function changed(name: string, from: string | RegExp, to: string): ImportResult {
  const text = new TextDecoder().decode(demo(name));
  return importDocument(new TextEncoder().encode(text.replace(from, to)));
}

const UBL = 'meridian-MM-2026-1102.ubl.xml';

function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return isHanseError(error) ? [error.codeName, error.params] : error;
  }
  return 'accepted';
}

describe('facts that an importer vouches for', () => {
  it('are amount, currency and date of an invoice, with the keys of its tags', () => {
    const facts = factsOf(importDocument(demo(UBL)), 'invoice');
    expect(facts).toMatchObject({
      units: 28_258_589,
      currency: 'EUR',
      issued: '2026-11-02',
      ruleSet: 'none',
      result: 'unchecked',
      isHeld: false,
    });
    const twin = factsOf(importDocument(demo('meridian-MM-2026-1102.cii.xml')), 'invoice');
    expect(twin.exact).toBe(facts.exact);
  });

  it('of a credit note and of a red letter are what they take off', () => {
    const note = importDocument(demo('meridian-credit-MM-2026-1119.ubl.xml'));
    expect(factsOf(note, 'credit-note').units).toBe(112_944);
    const red = importDocument(demo('yuanfan-red-26990000000000000550.xml'));
    expect(factsOf(red, 'credit-note')).toMatchObject({ units: 791_000, currency: 'CNY' });
    expect(codeOf(() => factsOf(note, 'invoice'))).toMatchObject([
      'DocumentRefused',
      { finding: 'NOT_FINANCEABLE_CREDIT' },
    ]);
    expect(codeOf(() => factsOf(importDocument(demo(UBL)), 'credit-note'))).toMatchObject([
      'DocumentRefused',
      { finding: 'NOT_A_CREDIT_NOTE' },
    ]);
  });

  it('are none of what is no invoice, or breaks a rule of reading, by the code of the importer', () => {
    const nothing = importDocument(new TextEncoder().encode('hello'));
    expect(codeOf(() => factsOf(nothing, 'invoice'))).toMatchObject([
      'DocumentRefused',
      { finding: 'NOT_AN_INVOICE' },
    ]);
    const wrong = changed(
      UBL,
      '<cbc:PayableAmount currencyID="EUR">282585.89',
      '<cbc:PayableAmount currencyID="EUR">1e3',
    );
    expect(codeOf(() => factsOf(wrong, 'invoice'))).toMatchObject([
      'DocumentRefused',
      { finding: 'AMOUNT_FORMAT' },
    ]);
  });

  it('are none without an exact key, and say what is missing', () => {
    const result = importDocument(demo(UBL));
    const keys = result.keys;
    if (keys === undefined) throw new Error('it has keys');
    const without = { ...keys, X: undefined, review: ['seller-missing'] as const };
    expect(codeOf(() => factsOf({ ...result, keys: without }, 'invoice'))).toEqual([
      'DocumentWithoutKey',
      { missing: 'seller' },
    ]);
  });
});

describe('rule packs', () => {
  const rules = (test: string): string =>
    `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"><title>Own rules</title>
     <ns prefix="ubl" uri="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>
     <ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
     <pattern><rule context="/ubl:Invoice"><assert id="R-1" flag="fatal" test="${test}">no</assert></rule></pattern></schema>`;
  const compiled = (test: string) => {
    const set = compileSchematron(rules(test));
    if (!set.ok) throw new Error(set.error.message);
    return { ubl: { name: 'OWN 1', set: set.value } };
  };

  it('make a checked invoice valid, a broken one refused, by the id of the rule', () => {
    const good = importWithRules(demo(UBL), UBL, compiled('cbc:ID'));
    expect(factsOf(good, 'invoice')).toMatchObject({ ruleSet: 'OWN 1', result: 'valid' });
    const bad = importWithRules(demo(UBL), UBL, compiled('cbc:Nothing'));
    expect(bad).toMatchObject({ verdict: 'refused', code: 'OWN:R-1' });
  });

  it('say that nothing was checked when there are none for the syntax, or one has no result', () => {
    const cii = 'meridian-MM-2026-1102.cii.xml';
    expect(importWithRules(demo(cii), cii, compiled('cbc:ID')).rules).toBe('not-checked');
    expect(importWithRules(demo(UBL), UBL, undefined).rules).toBe('not-checked');
    const faulty = importWithRules(demo(UBL), UBL, compiled("xs:decimal('abc') = 1"));
    expect(faulty.rules).toBe('not-checked');
    expect(factsOf(faulty, 'invoice').result).toBe('unchecked');
  });

  it('are known to be for a syntax by the namespaces that they name', () => {
    expect(syntaxOfRules(rules('true()'))).toBe('ubl');
    const cii = 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100';
    expect(syntaxOfRules(`<ns uri="${cii}"/>`)).toBe('cii');
    expect(syntaxOfRules('<schema/>')).toBeUndefined();
  });
});

describe('parts of a title', () => {
  const one = (from: number, to: number, more: Partial<Interval> = {}): Interval => ({
    pack: new Uint8Array(32),
    from,
    to,
    holder: 'a',
    status: 'RECEIVED',
    flag: 'CIRCULATING',
    path: [],
    ...more,
  });

  it('are cut from the smallest holding that is large enough', () => {
    const all = [one(1, 1_000), one(1_001, 1_200), one(1_201, 1_500, { holder: 'b' })];
    expect(pickUnits(desk, all, 'a', 150)).toEqual({ from: 1_001, to: 1_150 });
    expect(pickUnits(desk, all, 'a', 201)).toEqual({ from: 1, to: 201 });
  });

  it('are refused when nobody holds so much, or it is not free', () => {
    const all = [one(1, 100), one(101, 900, { flag: 'LOCKED' })];
    expect(codeOf(() => pickUnits(desk, all, 'a', 101))).toEqual([
      'TitleNotHeld',
      { holder: 'a', units: 101, largest: 100 },
    ]);
  });
});

describe('opened terms', () => {
  const terms = {
    deal: new Uint8Array(32).fill(1),
    units: 100,
    disbursed: 90,
    fee: 10,
    salt: new Uint8Array(32).fill(2),
    rest: new Uint8Array(32),
  };

  it('are read as they were written', () => {
    expect(readTerms(termsJson(terms))).toEqual(terms);
  });

  it('are refused when a part is missing or another thing', () => {
    const json = termsJson(terms);
    if (!isJsonObject(json)) throw new Error('it is an object');
    for (const change of [{ format: 'x' }, { deal: '00' }, { fee: 1.5 }, { salt: null }]) {
      const read = codeOf(() => readTerms({ ...json, ...change }));
      expect(read).toMatchObject(['TradeObjectUnknown', { object: 'terms' }]);
    }
    expect(codeOf(() => readTerms([]))).toMatchObject(['TradeObjectUnknown', { object: 'terms' }]);
  });
});

it('money is written with the decimals of its currency', () => {
  const written = [money(28_258_589, 'EUR'), money(5, 'CNY'), money(1_234_567, 'JPY')];
  expect(written).toEqual(['EUR 282,585.89', 'CNY 0.05', 'JPY 1,234,567']);
});

describe('reasons', () => {
  it('have a sentence in both languages each', () => {
    expect(Object.keys(REASONS_ZH)).toEqual(expect.arrayContaining(Object.keys(REASONS)));
    expect(reasonText('DUPLICATE_FINANCED').zh).toMatch(/融资/);
    expect(reasonText('OTHER')).toEqual({ en: 'OTHER', zh: 'OTHER' });
  });

  it('are known of our contracts only', () => {
    const of = (contract: string) =>
      new HanseError('ContractRejected', { contract, method: 'm', reason: 'CYCLE', message: '' });
    expect(tradeRejection(of('packs'))?.reason).toBe('CYCLE');
    expect(tradeRejection(of('shop'))).toBeUndefined();
    expect(tradeRejection(new Error('x'))).toBeUndefined();
  });
});

describe('telling a story', () => {
  const stage = { desk: {} } as unknown as StoryStage;
  const title = { en: 'a step', zh: '一步' };
  const step = (id: string, take: StoryStep['take']): StoryStep => ({
    id,
    by: 'bank',
    title,
    take,
  });
  const done = (notes: Record<string, string> = {}) => ({
    txids: ['ab'],
    height: 1,
    says: title,
    notes,
  });

  it('goes on where it stopped, with what was noted before', async () => {
    const taken: string[] = [];
    const first = step('one', async () => (taken.push('one'), done({ word: 'x' })));
    const failing = step('two', () => Promise.reject(new Error('the network is away')));
    const told: string[] = [];
    const kept = await tellStory([first], stage, [], ({ id }) => void told.push(id));
    await expect(tellStory([first, failing], stage, kept, () => {})).rejects.toThrow('away');
    const second = step('two', async (_, notes) => (taken.push(notes.text('word')), done()));
    const all = await tellStory([first, second], stage, kept, ({ id }) => void told.push(id));
    expect([taken, told, all.map(({ id }) => id)]).toEqual([
      ['one', 'x'],
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });

  it('stops at a step that should have been refused and was not', async () => {
    const wrong: StoryStep = { ...step('one', async () => done()), refusedFor: 'CYCLE' };
    await expect(tellStory([wrong], stage, [], () => {})).rejects.toThrow('was not refused');
    const other = step('one', () => Promise.reject(new Error('another reason')));
    const expected: StoryStep = { ...other, refusedFor: 'CYCLE' };
    await expect(tellStory([expected], stage, [], () => {})).rejects.toThrow('another reason');
  });
});
