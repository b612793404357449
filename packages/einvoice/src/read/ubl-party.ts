import type { Party, PartyId } from '../invoice.ts';
import { classify, type Position } from '../party/classify.ts';
import { countryCode } from '../party/normal.ts';
import { einvoiceBounds } from '../bounds.ts';
import { pathOf, type XmlElement } from '../xml.ts';
import { textOf } from './fields.ts';
import type { UblReader } from './ubl.ts';

/** Read the party inside `AccountingSupplierParty` or `AccountingCustomerParty`. */
export function readUblParty(reader: UblReader, role: string): Party {
  const { root, basic, aggregate } = reader;
  const around = aggregate.one(root, role);
  const party = aggregate.one(around, 'Party');
  const legal = aggregate.all(party, 'PartyLegalEntity')[0];
  const tradingName = textOf(basic.one(aggregate.all(party, 'PartyName')[0], 'Name'));
  const ofTax = textOf(basic.one(aggregate.all(party, 'PartyTaxScheme')[0], 'RegistrationName'));
  const address = aggregate.one(party, 'PostalAddress');
  const country = countryCode(basic.text(aggregate.one(address, 'Country'), 'IdentificationCode'));
  return {
    name: basic.text(legal, 'RegistrationName') ?? tradingName ?? ofTax,
    tradingName,
    country,
    ids: readIds(reader, party, country),
    path: pathOf(party ?? around ?? root),
  };
}

function readIds(
  { basic, aggregate }: UblReader,
  party: XmlElement | undefined,
  country: string | undefined,
): readonly PartyId[] {
  const found: (PartyId | undefined)[] = [];
  const add = (position: Position, element: XmlElement | undefined): void => {
    const text = textOf(element);
    if (element === undefined || text === undefined) return;
    const scheme = element.attributes.get('schemeID');
    found.push(classify({ position, text, scheme, country, path: pathOf(element) }));
  };
  for (const one of aggregate.all(party, 'PartyTaxScheme')) {
    const scheme = basic.text(aggregate.one(one, 'TaxScheme'), 'ID') ?? '';
    add(/VAT/i.test(scheme) ? 'vat' : 'tax', basic.one(one, 'CompanyID'));
  }
  for (const one of aggregate.all(party, 'PartyLegalEntity')) {
    add('legal', basic.one(one, 'CompanyID'));
  }
  for (const one of aggregate.all(party, 'PartyIdentification')) {
    add('assigned', basic.one(one, 'ID'));
  }
  add('address', basic.one(party, 'EndpointID'));
  return found.filter((id) => id !== undefined).slice(0, einvoiceBounds.partyIdsMax);
}
