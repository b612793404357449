import { limits, utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CII, samplesFrom, UBL } from '../test/samples.ts';
import { importDocument } from './import.ts';
import type { Invoice, Party } from './invoice.ts';
import { businessKeys, tagInputs } from './keys.ts';
import { classify, type Position } from './party/classify.ts';

const { demoBytes, changed } = samplesFrom((name) =>
  readFileSync(join(import.meta.dirname, '../../../demo/invoices', name)),
);

type VectorParty = {
  readonly name?: string;
  readonly country?: string;
  readonly ids: readonly {
    readonly position: Position;
    readonly text: string;
    readonly scheme?: string;
  }[];
};
type Vector = {
  readonly name: string;
  readonly number?: string;
  readonly issueDate?: string;
  readonly currency?: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly seller: VectorParty;
  readonly buyer: VectorParty;
  readonly X: string | null;
  readonly N: readonly string[];
  readonly T: readonly string[];
  readonly review: readonly string[];
};

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/spec/vectors/business-keys.json'), 'utf8'),
) as readonly Vector[];
const NONE = { invoices: [], orders: [], contracts: [], despatches: [], receipts: [] };

function party({ name, country, ids }: VectorParty): Party {
  const found = ids.map(({ position, text, scheme }) =>
    classify({ position, text, scheme, country, path: '/' }),
  );
  return {
    name,
    tradingName: undefined,
    country,
    ids: found.filter((id) => id !== undefined),
    path: '/',
  };
}

function invoiceOf(vector: Omit<Vector, 'X' | 'N' | 'T' | 'review' | 'name'>): Invoice {
  const amount = (name: string): bigint | undefined => {
    const text = vector.amounts[name];
    return text === undefined ? undefined : BigInt(text);
  };
  return {
    syntax: 'ubl',
    kind: 'invoice',
    typeCode: undefined,
    profile: undefined,
    number: vector.number,
    issueDate: vector.issueDate,
    dueDate: undefined,
    currency: vector.currency,
    seller: party(vector.seller),
    buyer: party(vector.buyer),
    amounts: {
      lines: amount('lines'),
      allowances: amount('allowances'),
      charges: amount('charges'),
      net: amount('net'),
      tax: amount('tax'),
      gross: amount('gross'),
      prepaid: amount('prepaid'),
      rounding: amount('rounding'),
      payable: amount('payable'),
    },
    references: NONE,
    lines: [],
    isSigned: false,
  };
}

describe('business keys', () => {
  it.each(vectors.map((one) => [one.name, one] as const))('vector: %s', (_, vector) => {
    const keys = businessKeys(invoiceOf(vector), { version: 1 });
    expect({ ...keys, X: keys.X ?? null }).toEqual({
      version: 1,
      X: vector.X,
      N: vector.N,
      T: vector.T,
      review: vector.review,
    });
  });

  it('are the same for a twin in the other syntax', () => {
    const [ubl, cii] = [UBL, CII].map((name) => importDocument(demoBytes(name)).keys);
    expect(ubl?.X).toBe('hanse-invoice-key/1|X|vat:ATU00004173|MM20261102|2026-11-02|EUR|28258589');
    expect(cii).toEqual(ubl);
  });

  it('a changed tax number or name is not exact, and still hits an N', () => {
    const plain = importDocument(demoBytes(UBL)).keys;
    const swapped = [
      changed(UBL, ['ATU00004173', 'ATU00005500']),
      changed(
        UBL,
        ['Meridian Metals GmbH', 'Meridian Metal Trading GmbH'],
        [/28258[0-9]\.89<\/cbc:P/, '282000.00</cbc:P'],
      ),
    ].map((bytes) => importDocument(bytes).keys);
    for (const keys of swapped) {
      expect(keys?.X).not.toBe(plain?.X);
      expect(keys?.N.some((key) => plain?.N.includes(key))).toBe(true);
    }
  });

  const word = fc.string({ unit: 'binary', maxLength: 40 });
  const name = fc.constantFrom('ACME GmbH', 'Acme', '远帆', '', '\u200b', '|', 'a|b');
  const number = fc.constantFrom('1', '01', 'A-1', 'A1', 'A|1', 'a 1', 'B', '', '|');
  const id = fc.constantFrom(
    'DE136695976',
    'DE 136 695 976',
    'ATU13585627',
    '12/345/67890',
    'HRB 1234',
  );
  const position = fc.constantFrom<Position>('vat', 'tax', 'legal', 'assigned', 'address');
  const someParty = fc.record({
    name: fc.oneof(name, word),
    country: fc.constantFrom('DE', 'AT', 'CN', 'GR'),
    ids: fc.array(fc.record({ position, text: fc.oneof(id, word) }), { maxLength: 4 }),
  });
  const some = fc.record({
    number: fc.oneof(number, word),
    issueDate: fc.constantFrom('2026-11-02', '2026-11-03'),
    currency: fc.constantFrom('EUR', 'CNY'),
    amounts: fc.record({ payable: fc.constantFrom('1', '10', '-1', '0') }),
    seller: someParty,
    buyer: someParty,
  });

  it('share X only when every part is the same, and parts never run into each other', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const [one, other] = [a, b].map((each) => businessKeys(invoiceOf(each), { version: 1 }));
        if (one?.X === undefined || one.X !== other?.X) return;
        expect([a.issueDate, a.currency, a.amounts]).toEqual([b.issueDate, b.currency, b.amounts]);
        expect(one.N[0]).toBe(other.N[0]);
        expect(one.X.split('|')).toHaveLength(7);
      }),
      { numRuns: 2_000 },
    );
  });

  it('do not depend on the order of identifiers, nor on how they are written', () => {
    fc.assert(
      fc.property(some, (a) => {
        const seller = { ...a.seller, ids: a.seller.ids.toReversed() };
        const noisy = { ...a, seller, number: ` ${a.number.replaceAll('-', '\u2011')}\u200b` };
        expect(businessKeys(invoiceOf(noisy), { version: 1 })).toEqual(
          businessKeys(invoiceOf(a), { version: 1 }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('fit what a tag is computed over, also at their longest', () => {
    const long = {
      name: '龘'.repeat(128),
      ids: [{ position: 'assigned' as const, text: 'A1'.repeat(32) }],
    };
    const keys = businessKeys(
      invoiceOf({
        number: '龘'.repeat(64),
        issueDate: '2026-11-02',
        currency: 'EUR',
        amounts: { payable: '-99999999999999999999999' },
        seller: { ...long, country: 'DE' },
        buyer: { ...long, country: 'DE' },
      }),
      { version: 1 },
    );
    const inputs = tagInputs(keys);
    expect(inputs.map(({ kind }) => kind).join('')).toBe('XNNTT');
    expect(inputs[0]?.key).toEqual(utf8(keys.X ?? ''));
    for (const { key } of inputs) expect(key.length).toBeLessThanOrEqual(limits.claimKeyBytesMax);
  });
});
