import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  daysUntil,
  formatDay,
  formatShare,
  formatUnits,
  parseUnits,
  plainUnits,
  yearlyRate,
} from './money.ts';

describe('money', () => {
  it('is said with its currency and all decimals', () => {
    expect(formatUnits(3_840_000, 'CNY', 'zh-CN')).toBe('¥38,400.00');
    expect(formatUnits(3_840_000, 'CNY', 'en')).toBe('CN¥38,400.00');
    expect(formatUnits(3_840_000, 'EUR', 'en')).toBe('€38,400.00');
    expect(formatUnits(38_400, 'JPY', 'en')).toBe('¥38,400');
    expect(formatUnits(1, 'KWD', 'en')).toMatch(/0\.001$/);
    expect(formatUnits(999_999_999_999, 'EUR', 'en')).toBe('€9,999,999,999.99');
    expect(formatUnits(5, 'no', 'en')).toBe('0.05 no');
  });

  it('is typed as people write it, and read exactly', () => {
    expect(parseUnits('1,200.5', 'EUR')).toBe(120_050);
    expect(parseUnits(' 1200 ', 'EUR')).toBe(120_000);
    expect(parseUnits('１'.normalize('NFKC'), 'EUR')).toBe(100);
    expect(parseUnits('0.10', 'EUR')).toBe(10);
    expect(parseUnits('0.100', 'EUR')).toBe(10);
    expect(parseUnits('12', 'JPY')).toBe(12);
  });

  it.each(['', 'x', '1.2.3', '-1', '1e3', '0.001', '1.005', '9'.repeat(13)])(
    'is not %j',
    (text) => {
      expect(parseUnits(text, 'EUR')).toBeUndefined();
    },
  );

  it('comes back from its plain form', () => {
    const currency = fc.constantFrom('EUR', 'CNY', 'JPY', 'KWD', 'CLF');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), currency, (units, code) => {
        expect(parseUnits(plainUnits(units, code), code)).toBe(units);
      }),
    );
  });
});

describe('days', () => {
  it('are said in words and counted in whole days', () => {
    expect(formatDay('2027-08-18', 'en')).toBe('18 Aug 2027');
    expect(formatDay('2027-08-18', 'zh-CN')).toBe('2027年8月18日');
    expect(formatDay('?', 'en')).toBe('?');
    const noon = Date.UTC(2027, 7, 17, 12);
    expect(daysUntil('2027-08-18', noon)).toBe(1);
    expect(daysUntil('2027-08-17', noon)).toBe(0);
    expect(daysUntil('2027-08-15', noon)).toBe(-2);
  });
});

describe('shares', () => {
  it('are a year of simple interest on what is paid out', () => {
    expect(yearlyRate(1_000, 99_000, 73)).toBeCloseTo(0.050505, 5);
    expect(yearlyRate(1_000, 99_000, 0)).toBeUndefined();
    expect(yearlyRate(1_000, 0, 10)).toBeUndefined();
    expect(formatShare(0.0125, 'en')).toBe('1.25%');
  });
});
