import { createSuite } from '@hanse/crypto';
import { toHex } from '@hanse/kit';
import { termsBytes, type Deal } from '@hanse/trade-finance';
import { describe, expect, it } from 'vitest';
import { checkTerms, readTerms, TERMS_FORMAT } from './terms.ts';

const suite = createSuite('intl');
const id = new Uint8Array(32).fill(1);
const salt = new Uint8Array(32).fill(2);
const rest = new Uint8Array(32).fill(3);
const terms = { deal: id, units: 1_000, disbursed: 980, fee: 20, salt, rest };
const json = {
  format: TERMS_FORMAT,
  ...terms,
  deal: toHex(id),
  salt: toHex(salt),
  rest: toHex(rest),
  note: 'whatever else',
};
const deal: Deal = {
  id,
  pack: new Uint8Array(32),
  from: 1,
  to: 1_000,
  kind: 'finance',
  holder: 'did:hanse:test:a',
  bank: 'did:hanse:test:b',
  stage: 'offered',
  terms: suite.hash(termsBytes(terms)),
  open: 0,
  time: 1,
};

describe('a document of terms', () => {
  it('is read', () => {
    expect(readTerms(JSON.stringify(json))).toEqual(terms);
  });

  it.each([
    ['no JSON', '{'],
    ['another format', JSON.stringify({ ...json, format: 'hanse-terms/2' })],
    ['a short salt', JSON.stringify({ ...json, salt: 'ab' })],
    ['a fee that is no count', JSON.stringify({ ...json, fee: 0.5 })],
    ['a negative disbursement', JSON.stringify({ ...json, disbursed: -1 })],
    ['too much', JSON.stringify({ ...json, note: 'x'.repeat(20_000) })],
    ['a list', '[]'],
  ])('is not one with %s', (_, text) => {
    expect(readTerms(text)).toBeUndefined();
  });

  it('is the one that the bank has committed to', () => {
    expect(checkTerms(suite, terms, deal)).toEqual({ terms, isOffered: true, isWhole: true });
  });

  it.each([
    ['another fee', { ...terms, fee: 10, disbursed: 990 }, true],
    ['another salt', { ...terms, salt: rest }, true],
    ['another deal', { ...terms, deal: rest }, true],
    ['another face', { ...terms, units: 999, disbursed: 979 }, true],
    ['a sum that is not the face', { ...terms, fee: 0 }, false],
  ])('is not with %s', (_, other, isWhole) => {
    expect(checkTerms(suite, other, deal)).toMatchObject({ isOffered: false, isWhole });
  });

  it('is nothing without an offer', () => {
    const { terms: _, ...asked } = deal;
    expect(checkTerms(suite, terms, { ...asked, stage: 'asked' }).isOffered).toBe(false);
  });

  it('can be committed to and still not be the face: both are said', () => {
    const odd = { ...terms, fee: 15 };
    const offered = { ...deal, terms: suite.hash(termsBytes(odd)) };
    expect(checkTerms(suite, odd, offered)).toMatchObject({ isOffered: true, isWhole: false });
  });
});
