import type { AmountName } from '../invoice.ts';
import { pathOf, type XmlElement } from '../xml.ts';

/** Type codes of UNTDID 1001 that EN 16931 counts as credit notes. */
export const creditTypeCodes: ReadonlySet<string> = new Set([
  '81',
  '83',
  '261',
  '262',
  '296',
  '308',
  '381',
  '396',
  '420',
  '458',
  '532',
]);

/** Type codes of documents that look like invoices and claim no payment. */
export const noClaimTypeCodes: ReadonlyMap<string, string> = new Map([['325', 'proforma invoice']]);

/** Paths of amounts inside the element of totals. */
export function placesOf(
  totals: XmlElement | undefined,
  names: Readonly<Partial<Record<AmountName, string>>>,
  tax: XmlElement | undefined,
): { readonly [Name in AmountName]?: string | undefined } {
  const base = totals === undefined ? '' : pathOf(totals);
  const places: { [Name in AmountName]?: string | undefined } = {};
  for (const name of Object.keys(names) as AmountName[]) {
    places[name] = `${base}/${names[name] ?? ''}`;
  }
  return tax === undefined ? places : { ...places, tax: pathOf(tax) };
}
