import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from '@hanse/trade-finance';
import type { Holding } from './holdings.ts';
import {
  amountFault,
  needsTwo,
  paidUnits,
  payablesFor,
  planPayments,
  type Payable,
} from './payees.ts';

const hash = new Uint8Array(32);

function holding(from: number, to: number, more: Partial<Holding> = {}): Holding {
  return {
    pack: hash,
    from,
    to,
    holder: 'me',
    status: 'RECEIVED',
    flag: 'CIRCULATING',
    path: ['first'],
    units: to - from + 1,
    document: hash,
    currency: 'EUR',
    due: '2027-08-18',
    supplier: 'first',
    debtor: 'core',
    ...more,
  };
}

function payable(open: number, more: Partial<Payable> = {}): Payable {
  return {
    id: `id ${open}`,
    document: hash,
    seller: 'other',
    issued: '2027-01-01',
    currency: 'EUR',
    open,
    ...more,
  };
}

describe('invoices that a holding can pay', () => {
  it('are of others, in its currency, and open', () => {
    const all = [
      payable(500),
      payable(500, { seller: 'me' }),
      payable(500, { seller: 'core' }),
      payable(500, { seller: 'first' }),
      payable(500, { currency: 'CNY' }),
      payable(99),
    ];
    expect(payablesFor(holding(1, 1_000), all, DEFAULT_RULES)).toEqual([all[0]]);
  });

  it('are none once units have changed hands as often as they may', () => {
    const path = Array.from({ length: 8 }, (_, i) => `p${i}`);
    expect(payablesFor(holding(1, 1_000, { path }), [payable(500)], DEFAULT_RULES)).toEqual([]);
  });
});

describe('an amount', () => {
  const at = (units: number | undefined, open?: number) =>
    amountFault(units, holding(1, 1_000), open, DEFAULT_RULES);

  it('is refused before it is signed', () => {
    expect(at(undefined)).toBe('none');
    expect(at(0)).toBe('none');
    expect(at(1_001)).toBe('large');
    expect(at(600, 500)).toBe('invoice');
    expect(at(99)).toBe('small');
    expect(at(950)).toBe('rest');
    expect(at(1_000)).toBeUndefined();
    expect(at(100)).toBeUndefined();
  });

  it('needs two people from a size on', () => {
    expect(needsTwo(99_999_999, DEFAULT_RULES)).toBe(false);
    expect(needsTwo(100_000_000, DEFAULT_RULES)).toBe(true);
  });
});

describe('a division over invoices', () => {
  it('pays in order until the holding is used up', () => {
    const plan = planPayments(holding(501, 1_500), [payable(300), payable(2_000)], DEFAULT_RULES);
    expect(plan.map(({ from, to }) => [from, to])).toEqual([
      [501, 800],
      [801, 1_500],
    ]);
  });

  it('never breaks a rule of parts', () => {
    const opens = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6_000 }), opens, (units, list) => {
        const whole = holding(11, 10 + units);
        const least = DEFAULT_RULES.sliceUnitsMin;
        const payables = list.map((open, i) => payable(open, { id: String(i) }));
        const plan = planPayments(whole, payables, DEFAULT_RULES);
        let next = whole.from;
        for (const { from, to, payable } of plan) {
          const size = to - from + 1;
          expect(from).toBe(next);
          expect(size).toBeLessThanOrEqual(payable.open);
          // The part, and what the holder keeps after it, are large enough or nothing.
          const rest = whole.to - to;
          expect(size >= least || rest === 0).toBe(true);
          expect(rest === 0 || rest >= least).toBe(true);
          next = to + 1;
        }
        expect(paidUnits(plan)).toBe(next - whole.from);
        expect(paidUnits(plan)).toBeLessThanOrEqual(units);
      }),
    );
  });
});
