import { utf8 } from '@hanse/kit';
import { einvoiceBounds } from './bounds.ts';
import type { Words } from './finding.ts';
import { claimAmount, type Invoice, type Party, type PartyId } from './invoice.ts';
import { alphanumerics } from './party/normal.ts';

/** A part of the exact key that a document does not give in a usable form. */
export type KeyPart = 'seller' | 'number' | 'issueDate' | 'currency' | 'amount';
/** Why a person has to look before the claim is trusted. */
export type ReviewReason = `${KeyPart}-missing` | 'number-not-ascii';

/**
 * Texts by which one invoice is recognised in any file format; docs/spec/business-keys.md. Tags are
 * computed over their UTF-8 bytes.
 */
export type BusinessKeys = {
  readonly version: 1;
  /** Exact: seller, number, date, currency, amount. Undefined when a part is missing. */
  readonly X: string | undefined;
  /** Seller and number; one per identifier of the seller, the strongest first, its name last. */
  readonly N: readonly string[];
  /** Seller, buyer, currency, amount, month; by identifiers first, by names last. */
  readonly T: readonly string[];
  /** Empty, or the invoice is held for review. */
  readonly review: readonly ReviewReason[];
};

/** Parts of the exact key as findings name them. */
export const keyPartWords: Readonly<Record<KeyPart, Words>> = {
  seller: { en: 'the seller', zh: '销售方' },
  number: { en: 'the number', zh: '发票号码' },
  issueDate: { en: 'the issue date', zh: '开票日期' },
  currency: { en: 'the currency', zh: '货币' },
  amount: { en: 'the amount', zh: '金额' },
};

/** What a claim tag is computed over: a key's kind and bytes. */
export type KeyInput = { readonly kind: 'X' | 'N' | 'T'; readonly key: Uint8Array };

const DOMAIN = 'hanse-invoice-key/1';
/** Identifiers of the seller that give a key of their own in N, before the name. */
const SELLER_KEYS_MAX = 3;

/** Business keys of an invoice by version 1 of the normaliser. Pure: the same text everywhere. */
export function businessKeys(invoice: Invoice, _options: { readonly version: 1 }): BusinessKeys {
  const sellers = partyKeys(invoice.seller);
  const buyers = partyKeys(invoice.buyer);
  const number = numberKey(invoice.number);
  const amount = claimAmount(invoice)?.toString();
  const { issueDate, currency } = invoice;
  const parts: Readonly<Record<KeyPart, string | undefined>> = {
    seller: sellers.ids[0],
    number,
    issueDate,
    currency,
    amount,
  };
  const missing = (Object.keys(parts) as KeyPart[]).filter((part) => parts[part] === undefined);
  const isPlain = number === undefined || /^[0-9A-Z]+$/.test(number);
  const sellerKeys = [...sellers.ids.slice(0, SELLER_KEYS_MAX), ...sellers.name];
  return {
    version: 1,
    X: missing.length > 0 ? undefined : join('X', ...Object.values(parts)),
    N: number === undefined ? [] : sellerKeys.map((seller) => join('N', seller, number)),
    T: tradeKeys(sellers, buyers, [currency, amount, issueDate?.slice(0, 7)]),
    review: [
      ...missing.map((part) => `${part}-missing` as const),
      ...(isPlain ? [] : (['number-not-ascii'] as const)),
    ],
  };
}

/** Keys as inputs of claim tags: X if there is one, then every N, then every T. */
export function tagInputs({ X, N, T }: BusinessKeys): readonly KeyInput[] {
  return [
    ...(X === undefined ? [] : [{ kind: 'X' as const, key: utf8(X) }]),
    ...N.map((text) => ({ kind: 'N' as const, key: utf8(text) })),
    ...T.map((text) => ({ kind: 'T' as const, key: utf8(text) })),
  ];
}

type PartyKeys = { readonly ids: readonly string[]; readonly name: readonly string[] };

/** Keys of a party: its identifiers from the strongest to the weakest, and its name. */
function partyKeys(party: Party): PartyKeys {
  const name = alphanumerics(party.name ?? '');
  const isName = Array.from(name).length >= 2 && name.length <= einvoiceBounds.keyNameCharsMax;
  const ranked = party.ids
    .map((id) => ({ rank: rankOf(id), own: ownCountry(id, party), text: idKey(id, party, name) }))
    .filter((one): one is Ranked => one.text !== undefined)
    .toSorted(byStrength)
    .map(({ text }) => text);
  return { ids: [...new Set(ranked)], name: isName ? [`name:${name}`] : [] };
}

type Ranked = { readonly rank: number; readonly own: boolean; readonly text: string };

/** By rank, then numbers of the party's own country, then by code point: never by position. */
function byStrength(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.own !== b.own) return a.own ? -1 : 1;
  if (a.text === b.text) return 0;
  return a.text < b.text ? -1 : 1;
}

function rankOf({ scheme, register }: PartyId): number {
  if (scheme === 'register') return register === undefined ? 7 : 3;
  return { uscc: 0, vat: 1, lei: 2, gln: 4, duns: 5, tax: 6, assigned: 8, address: 9 }[scheme];
}

function ownCountry({ scheme, value }: PartyId, { country }: Party): boolean {
  const prefix = country === 'GR' ? 'EL' : country;
  return scheme === 'vat' && prefix !== undefined && value.startsWith(prefix);
}

/**
 * Key of one identifier. One that is unique only within an office, a register nobody names or a
 * customer's books stands together with country and name.
 */
function idKey(id: PartyId, { country }: Party, name: string): string | undefined {
  const { scheme, value, register } = id;
  if (scheme === 'address') return undefined;
  if (scheme === 'register' && register !== undefined) return `register:${register}:${value}`;
  const isWeak = scheme === 'tax' || scheme === 'register' || scheme === 'assigned';
  if (!isWeak) return `${scheme}:${value}`;
  return name === '' ? undefined : `${scheme}:${country ?? ''}:${value}:${name}`;
}

function numberKey(number: string | undefined): string | undefined {
  const key = alphanumerics(number ?? '');
  return key === '' || key.length > einvoiceBounds.keyPartCharsMax ? undefined : key;
}

function tradeKeys(
  sellers: PartyKeys,
  buyers: PartyKeys,
  rest: readonly (string | undefined)[],
): readonly string[] {
  const pairs = [
    [sellers.ids[0] ?? sellers.name[0], buyers.ids[0] ?? buyers.name[0]],
    [sellers.name[0], buyers.name[0]],
  ];
  const keys = pairs
    .map((pair) => [...pair, ...rest])
    .filter((parts) => parts.every((part) => part !== undefined))
    .map((parts) => join('T', ...parts));
  return [...new Set(keys)];
}

/** No part can hold the separator: all are letters, digits, colons, dashes and a minus. */
function join(kind: 'X' | 'N' | 'T', ...parts: readonly (string | undefined)[]): string {
  return [DOMAIN, kind, ...parts].join('|');
}
