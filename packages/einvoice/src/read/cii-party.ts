import { einvoiceBounds } from '../bounds.ts';
import type { Party, PartyId } from '../invoice.ts';
import { classify, type Position } from '../party/classify.ts';
import { countryCode } from '../party/normal.ts';
import { pathOf, type XmlElement } from '../xml.ts';
import type { CiiReader } from './cii.ts';
import { textOf } from './fields.ts';

/** Tax registrations by `schemeID`: VAT numbers and numbers of the local tax office. */
const TAX_SCHEMES: Readonly<Record<string, Position>> = { VA: 'vat', FC: 'tax' };

/** Read the seller or buyer of the agreement. */
export function readCiiParty(
  reader: CiiReader,
  agreement: XmlElement | undefined,
  role: string,
): Party {
  const { root, ram } = reader;
  const party = ram.one(agreement, role);
  const organisation = ram.one(party, 'SpecifiedLegalOrganization');
  const country = countryCode(ram.text(party, 'PostalTradeAddress', 'CountryID'));
  return {
    name: ram.text(party, 'Name'),
    tradingName: ram.text(organisation, 'TradingBusinessName'),
    country,
    ids: readIds(reader, party, organisation, country),
    path: pathOf(party ?? agreement ?? root),
  };
}

function readIds(
  { ram }: CiiReader,
  party: XmlElement | undefined,
  organisation: XmlElement | undefined,
  country: string | undefined,
): readonly PartyId[] {
  const found: (PartyId | undefined)[] = [];
  const add = (position: Position, element: XmlElement | undefined): void => {
    const text = textOf(element);
    if (element === undefined || text === undefined) return;
    const scheme = element.attributes.get('schemeID');
    found.push(classify({ position, text, scheme, country, path: pathOf(element) }));
  };
  for (const one of ram.all(party, 'SpecifiedTaxRegistration')) {
    const id = ram.one(one, 'ID');
    const scheme = id?.attributes.get('schemeID') ?? '';
    add(Object.hasOwn(TAX_SCHEMES, scheme) ? (TAX_SCHEMES[scheme] ?? 'tax') : 'tax', id);
  }
  add('legal', ram.one(organisation, 'ID'));
  for (const name of ['GlobalID', 'ID']) {
    for (const id of ram.all(party, name)) add('assigned', id);
  }
  for (const one of ram.all(party, 'URIUniversalCommunication')) {
    add('address', ram.one(one, 'URIID'));
  }
  return found.filter((id) => id !== undefined).slice(0, einvoiceBounds.partyIdsMax);
}
