import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  decimal,
  decimalToNumber,
  divideDecimals,
  floorDecimal,
  formatDecimal,
  idivDecimals,
  modDecimals,
  multiplyDecimals,
  numberToDecimal,
  parseDecimal,
  roundDecimal,
  roundHalfToEven,
  subtractDecimals,
  type Decimal,
} from './decimal.ts';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, scale]) => decimal(units, scale));

/** A decimal as a fraction of two integers: the arithmetic that the tests trust. */
type Fraction = { readonly top: bigint; readonly bottom: bigint };

function fraction({ units, scale }: Decimal): Fraction {
  return { top: units, bottom: 10n ** BigInt(scale) };
}

function isSame(value: Decimal, { top, bottom }: Fraction): boolean {
  const own = fraction(value);
  return own.top * bottom === top * own.bottom;
}

describe('decimals against fractions of big integers', () => {
  it('adds, subtracts, multiplies and compares exactly', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [x, y] = [fraction(a), fraction(b)];
        const bottom = x.bottom * y.bottom;
        const sum = { top: x.top * y.bottom + y.top * x.bottom, bottom };
        const difference = { top: x.top * y.bottom - y.top * x.bottom, bottom };
        expect(isSame(addDecimals(a, b), sum)).toBe(true);
        expect(isSame(subtractDecimals(a, b), difference)).toBe(true);
        expect(isSame(multiplyDecimals(a, b), { top: x.top * y.top, bottom })).toBe(true);
        const order = difference.top < 0n ? -1 : difference.top > 0n ? 1 : 0;
        expect(compareDecimals(a, b)).toBe(order);
      }),
    );
  });

  it('divides to within half a unit of the last digit, and exactly where that is possible', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        fc.pre(b.units !== 0n);
        const quotient = fraction(divideDecimals(a, b));
        const [x, y] = [fraction(a), fraction(b)];
        const exact = { top: x.top * y.bottom, bottom: x.bottom * y.top };
        const off = quotient.top * exact.bottom - exact.top * quotient.bottom;
        const size = off < 0n ? -off : off;
        const whole = exact.bottom * quotient.bottom;
        expect(2n * size * 10n ** 18n <= (whole < 0n ? -whole : whole)).toBe(true);
        expect(isSame(divideDecimals(multiplyDecimals(a, b), b), x)).toBe(true);
      }),
    );
  });

  it('splits into whole quotient and rest', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        fc.pre(b.units !== 0n);
        const rest = modDecimals(a, b);
        const back = addDecimals(multiplyDecimals(idivDecimals(a, b), b), rest);
        expect(compareDecimals(back, a)).toBe(0);
        expect(rest.units === 0n || rest.units < 0n === a.units < 0n).toBe(true);
      }),
    );
  });

  it('rounds to the nearest whole number, halves up', () => {
    fc.assert(
      fc.property(decimals, (a) => {
        const doubled = addDecimals(a, a);
        const one = decimal(1n, 0);
        const twice = addDecimals(roundDecimal(a), roundDecimal(a));
        expect(compareDecimals(twice, addDecimals(doubled, one))).toBeLessThanOrEqual(0);
        expect(compareDecimals(twice, subtractDecimals(doubled, one))).toBeGreaterThan(0);
        expect(compareDecimals(floorDecimal(a), a)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('prints and reads back the same value', () => {
    fc.assert(
      fc.property(decimals, (a) => {
        const text = formatDecimal(a);
        expect(parseDecimal(text)).toEqual(a);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });

  it('gives the nearest double, and the exact value of a double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), decimals, (x, a) => {
        // Below 1e-180 the 200 digits after the point do not hold all of a double.
        const isHeld = x === 0 || (Math.abs(x) > 1e-180 && Math.abs(x) < 1e200);
        if (isHeld) expect(decimalToNumber(numberToDecimal(x))).toBe(x + 0);
        expect(decimalToNumber(a)).toBe(Number(formatDecimal(a)));
      }),
    );
  });
});

describe('decimals by example', () => {
  it('knows that a tenth and two tenths are three tenths', () => {
    const sum = addDecimals(numberOf('0.1'), numberOf('0.2'));
    expect(formatDecimal(sum)).toBe('0.3');
    expect(formatDecimal(numberToDecimal(0.1))).toBe(
      '0.1000000000000000055511151231257827021181583404541015625',
    );
  });

  it.each([
    ['2.5', '3', '2'],
    ['-2.5', '-2', '-2'],
    ['3.5', '4', '4'],
    ['-0.5', '0', '0'],
    ['1.4999', '1', '1'],
  ])('rounds %s to %s, to even to %s', (text, up, even) => {
    expect(formatDecimal(roundDecimal(numberOf(text)))).toBe(up);
    expect(formatDecimal(roundHalfToEven(numberOf(text), 0))).toBe(even);
  });

  it.each([
    ['1.125', 2, '1.12'],
    ['1.135', 2, '1.14'],
    ['150', -2, '200'],
    ['250', -2, '200'],
    ['1.5', 5, '1.5'],
  ])('rounds %s to %i places as %s', (text, places, expected) => {
    expect(formatDecimal(roundHalfToEven(numberOf(text), places))).toBe(expected);
  });

  it.each(['', '.', '1e3', '1,000', '--1', '0x1', ' 1', 'NaN', '1.2.3'])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it('refuses more digits than its bound', () => {
    expect(() => parseDecimal('9'.repeat(2_000))).toThrow('digits');
    const tiny = decimal(1n, 150);
    expect(() => multiplyDecimals(tiny, tiny)).toThrow('digits');
    expect(() => numberToDecimal(1e300)).toThrow('digits');
    expect(formatDecimal(numberToDecimal(5e-324))).toBe('0');
    expect(() => divideDecimals(decimal(1n, 0), decimal(0n, 0))).toThrow('zero');
  });
});

function numberOf(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
}
