import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorDigitsOf } from './currency.ts';
import { chineseDate, ciiDate, xmlDate } from './dates.ts';
import { fromMinor, isDecimal, toMinor } from './decimal.ts';

describe('amounts', () => {
  it.each([
    ['0', 2, 0n],
    ['107.5', 2, 10_750n],
    ['107.50', 2, 10_750n],
    ['-782179.43', 2, -78_217_943n],
    ['1000.00', 0, 1_000n],
    ['1.234', 3, 1_234n],
    ['999999999999999999.99', 2, 99_999_999_999_999_999_999n],
  ])('%s with %i decimals', (text, digits, minor) => {
    expect(toMinor(text, digits)).toBe(minor);
  });

  it.each([
    '',
    ' 1',
    '+1',
    '-0',
    '-0.00',
    '1e3',
    '1E3',
    '1,000.00',
    '1.000,00',
    '.5',
    '5.',
    '1.005',
    '1.000',
    '0.1+0.2',
    '0x10',
    '１２',
    'NaN',
    'Infinity',
    '1\u00a0000',
    '1234567890123456789',
  ])('%j is no amount of a currency with two decimals', (text) => {
    expect(toMinor(text, 2)).toBeUndefined();
  });

  it('refuse a fraction that the currency does not have', () => {
    expect(toMinor('10.50', 0)).toBeUndefined();
    expect(toMinor('1.2345', 3)).toBeUndefined();
  });

  it('print as they were read', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.nat(4),
        (minor, digits) => {
          expect(toMinor(fromMinor(minor, digits), digits)).toBe(minor);
        },
      ),
    );
  });

  it('quantities and prices have any scale, but no exponent', () => {
    expect(['12.540', '-3', '0.000001'].every(isDecimal)).toBe(true);
    expect(['1e3', '1,5', '', '1.'].some(isDecimal)).toBe(false);
  });
});

describe('currencies', () => {
  it('have the decimals of ISO 4217', () => {
    const some = ['CNY', 'EUR', 'JPY', 'KWD', 'CLF', 'HUF'].map(minorDigitsOf);
    expect(some).toEqual([2, 2, 0, 3, 4, 2]);
    expect(['RMB', 'EURO', 'eur', 'XBA', 'XTS', 'XAU', ''].map(minorDigitsOf)).toEqual(
      Array.from({ length: 7 }),
    );
  });
});

describe('dates', () => {
  it.each([
    ['2016-04-04', '2016-04-04'],
    ['2016-04-04+01:00', '2016-04-04'],
    ['2016-04-04Z', '2016-04-04'],
    ['2024-02-29', '2024-02-29'],
    ['2023-02-29', undefined],
    ['2010-02-31', undefined],
    ['2016-4-4', undefined],
    ['20160404', undefined],
    ['0001-01-01', undefined],
    ['2016-04-04T00:00:00', undefined],
  ])('xs:date %s', (text, date) => {
    expect(xmlDate(text)).toBe(date);
  });

  it('CII: the format says how', () => {
    expect(ciiDate('20201127', '102')).toBe('2020-11-27');
    expect(ciiDate('202011271530', '203')).toBe('2020-11-27');
    expect(ciiDate('20201127', '203')).toBeUndefined();
    expect(ciiDate('20201127', undefined)).toBeUndefined();
    expect(ciiDate('20201127', 'constructor')).toBeUndefined();
    expect(ciiDate('2020-11-2', '102')).toBeUndefined();
  });

  it.each(['2024-05-28', '2024-05-28 09:47:14', '2024年05月28日', '2024年5月28日', '20240528'])(
    'Chinese %s',
    (text) => {
      expect(chineseDate(text)).toBe('2024-05-28');
    },
  );

  it('Chinese dates must exist, too', () => {
    expect(chineseDate('2024年13月01日')).toBeUndefined();
    expect(chineseDate('2024-06-31')).toBeUndefined();
  });
});
