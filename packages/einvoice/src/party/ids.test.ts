import { describe, expect, it } from 'vitest';
import { glnHolds, leiHolds, luhnHolds, residentHolds, usccHolds } from './checkdigits.ts';
import { classify, type Position } from './classify.ts';
import { alphanumerics } from './normal.ts';
import { checkVat } from './vat.ts';

/** Published examples, one or more of each country; each has right check digits. */
const VAT = [
  'ATU13585627',
  'BE0428759497',
  'BG175074752',
  'CY10259033P',
  'CZ25123891',
  'DE136695976',
  'DK13585628',
  'EE100931558',
  'EL094259216',
  'ESB58378431',
  'ES54362315K',
  'ESX2482300W',
  'FI20774740',
  'FR40303265045',
  'HR33392005961',
  'HU12892312',
  'IE6433435F',
  'IE8Z49289F',
  'IT00743110157',
  'LT119511515',
  'LT100001919017',
  'LU15027442',
  'LV40003521600',
  'MT11679112',
  'NL004495445B01',
  'PL8567346215',
  'PT501964843',
  'RO18547290',
  'SE556188840401',
  'SI50223054',
  'SK2022749619',
  'GB980780684',
  'NO995525828MVA',
  'CHE107787577IVA',
];

describe('VAT numbers', () => {
  it.each(VAT)('%s holds', (number) => {
    expect(checkVat(number)).toBe('ok');
  });

  it.each(VAT)('%s does not hold when a digit is changed', (number) => {
    const at = number.search(/\d(?=\D*$)|\d/);
    const places = Array.from(number).flatMap((c, i) => (/\d/.test(c) && i >= at ? [i] : []));
    const changed = places.slice(0, 7).map((i) => {
      const digit = (Number(number[i]) + 1) % 10;
      return checkVat(number.slice(0, i) + String(digit) + number.slice(i + 1));
    });
    expect(changed.filter((verdict) => verdict === 'ok')).toEqual([]);
  });

  it.each(['DE12345', 'DE1234567890', 'DK12345', 'ATU123456789', 'IT1234567890A', 'NL820098395'])(
    '%s has no form of its country',
    (number) => {
      expect(checkVat(number)).toBe('form');
    },
  );

  it('of other countries are not judged', () => {
    expect(checkVat('US123456789')).toBe('unknown');
    expect(checkVat('constructor')).toBe('unknown');
    expect(checkVat('')).toBe('unknown');
  });
});

describe('other identifiers', () => {
  it('统一社会信用代码', () => {
    expect(
      ['91110000600037341L', '91110108690017781B', '91460300MAA92DJN95'].every(usccHolds),
    ).toBe(true);
    // The same number with another check character; letters that the standard leaves out.
    expect(usccHolds('91110000600037341X')).toBe(false);
    expect(usccHolds('91500102563638729E')).toBe(false);
    expect(usccHolds('9150010807MGZHI002')).toBe(false);
    expect(usccHolds('')).toBe(false);
  });

  it('numbers of residents', () => {
    expect(residentHolds('11010519491231002X')).toBe(true);
    expect(residentHolds('110105194912310021')).toBe(false);
  });

  it('LEI', () => {
    expect(leiHolds('5493001KJTIIGC8Y1R12')).toBe(true);
    expect(leiHolds('213800KUD8LAJWSQ9D15')).toBe(true);
    expect(leiHolds('213800KUD8LXJWSQ9D15')).toBe(false);
    expect(leiHolds('213800KUD8LAJWSQ9D1')).toBe(false);
  });

  it('GLN', () => {
    expect(glnHolds('9520000000004')).toBe(true);
    expect(glnHolds('9520000000005')).toBe(false);
    expect(glnHolds('952000000000')).toBe(false);
  });

  it('Luhn', () => {
    expect(luhnHolds('79927398713')).toBe(true);
    expect(luhnHolds('79927398710')).toBe(false);
  });
});

describe('what an identifier is', () => {
  const id = (position: Position, text: string, scheme?: string, country?: string) => {
    const found = classify({ position, text, scheme, country, path: '/' });
    return found === undefined ? undefined : [found.scheme, found.value, found.register];
  };

  it('follows its place, its scheme and the country', () => {
    expect(id('vat', 'DE 123 456 789')).toEqual(['vat', 'DE123456789', undefined]);
    expect(id('vat', 'NL8200.98.395.B.01')).toEqual(['vat', 'NL820098395B01', undefined]);
    expect(id('vat', '175 269 2355', undefined, 'GB')).toEqual(['vat', 'GB1752692355', undefined]);
    expect(id('vat', '094259216', undefined, 'GR')).toEqual(['vat', 'EL094259216', undefined]);
    expect(id('vat', 'GR094259216')).toEqual(['vat', 'EL094259216', undefined]);
    expect(id('vat', '175 269 2355')).toEqual(['tax', '1752692355', undefined]);
    expect(id('tax', '12/345/67890', undefined, 'DE')).toEqual(['tax', '1234567890', undefined]);
    expect(id('legal', '5567321707', '0007')).toEqual(['register', '5567321707', '0007']);
    expect(id('legal', 'HRB 1234')).toEqual(['register', 'HRB1234', undefined]);
    expect(id('assigned', '7300070011115', '0088')).toEqual(['gln', '7300070011115', undefined]);
    expect(id('assigned', '7300070011115', 'GLN')).toEqual(['gln', '7300070011115', undefined]);
    expect(id('assigned', '12345', 'ZZZ')).toEqual(['assigned', '12345', undefined]);
    expect(id('assigned', '12345', 'MyBooks')).toEqual(['assigned', '12345', 'MYBOOKS']);
    expect(id('address', 'mail@seller.de', 'EM')).toEqual(['address', 'mail@seller.de', undefined]);
    expect(id('address', '7300070011115', '0088')?.[0]).toBe('gln');
    expect(id('vat', 'CN91110000600037341L')).toEqual(['uscc', '91110000600037341L', undefined]);
    expect(id('legal', '91110000600037341L', undefined, 'CN')?.[0]).toBe('uscc');
    expect(id('legal', '91110000600037341L', undefined, 'SE')?.[0]).toBe('register');
  });

  it('is nothing when the text identifies nobody', () => {
    expect(id('tax', 'Godkänd för F-skatt', undefined, 'SE')).toBeUndefined();
    expect(id('vat', 'XX')).toBeUndefined();
    expect(id('vat', 'DE000000000')).toBeUndefined();
    expect(id('assigned', '1')).toBeUndefined();
    // Cyrillic letters that look like Latin ones.
    expect(id('vat', 'D\u0415123456789')).toBeUndefined();
  });
});

describe('normal form', () => {
  it.each([
    ['inv-2024/001', 'INV2024001'],
    ['ＩＮＶ２０２４', 'INV2024'],
    ['a\u200bb\u00ad\u2060\ufe0fc', 'ABC'],
    ['Straße 5', 'STRASSE5'],
    ['ﬁ', 'FI'],
    ['財天下科技有限公司', '財天下科技有限公司'],
    ['é', 'É'],
    ['e\u0301', 'É'],
    ['ı', 'I'],
    ['—', ''],
  ])('%s', (text, normal) => {
    expect(alphanumerics(text)).toBe(normal);
    expect(alphanumerics(normal)).toBe(normal);
  });
});
