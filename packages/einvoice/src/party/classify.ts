import { einvoiceBounds } from '../bounds.ts';
import type { PartyId, PartyIdScheme } from '../invoice.ts';
import { isUsccForm } from './checkdigits.ts';
import { alphanumerics } from './normal.ts';

/** Where in a party an identifier stands: that decides what it is unless its scheme says more. */
export type Position = 'vat' | 'tax' | 'legal' | 'assigned' | 'address';

/** An identifier as a document writes it. */
export type WrittenId = {
  readonly position: Position;
  readonly text: string;
  /** `schemeID` as written. */
  readonly scheme: string | undefined;
  /** Country of the party's address. */
  readonly country: string | undefined;
  readonly path: string;
};

const BY_SCHEME: Readonly<Record<string, PartyIdScheme>> = {
  '0060': 'duns',
  '0088': 'gln',
  '0199': 'lei',
  DUNS: 'duns',
  GLN: 'gln',
  LEI: 'lei',
  USCC: 'uscc',
};
/** "Mutually agreed" and other words that name no register. */
const NO_REGISTER: ReadonlySet<string> = new Set(['', 'ZZZ', 'ZZ', 'SEPA', 'EM']);

/**
 * Identifier of a party, or undefined for text that identifies nobody (no digit, too short): such
 * as "Godkänd för F-skatt" where Swedish invoices have a tax number.
 */
export function classify(written: WrittenId): PartyId | undefined {
  const { position, country, text, path } = written;
  const value = alphanumerics(text);
  const word = alphanumerics(written.scheme ?? '');
  const register = NO_REGISTER.has(word) ? undefined : word;
  const named = Object.hasOwn(BY_SCHEME, word) ? BY_SCHEME[word] : undefined;
  const as = (scheme: PartyIdScheme, own: string, from?: string): PartyId => ({
    scheme,
    value: own,
    register: from,
    written: text,
    path,
  });
  if (position === 'address' && named === undefined) return as('address', text, register);
  if (!identifies(value)) return undefined;
  if (named !== undefined) return as(named, value);
  const uscc = usccOf(value, position, country);
  if (uscc !== undefined) return as('uscc', uscc);
  if (position === 'legal') return as('register', value, register);
  if (position === 'assigned') {
    // Only codes of ISO 6523 tell whose number it is; any other word may be the buyer's own.
    const isIcd = register !== undefined && /^\d{4}$/.test(register);
    return as(isIcd ? 'register' : 'assigned', value, register);
  }
  const vat = position === 'vat' ? withPrefix(value, country) : undefined;
  return vat === undefined ? as('tax', value) : as('vat', vat);
}

/**
 * Letters and digits enough to tell one party from another: four of them, a digit, not all zeros.
 * No identifier of a party has other letters than Latin ones; a look-alike must not make a new one.
 */
function identifies(value: string): boolean {
  const isLong = value.length >= 4 && value.length <= einvoiceBounds.keyPartCharsMax;
  return isLong && /^[0-9A-Z]+$/.test(value) && /[1-9]/.test(value);
}

function usccOf(
  value: string,
  position: Position,
  country: string | undefined,
): string | undefined {
  if (position === 'assigned' || position === 'address') return undefined;
  const isPrefixed = value.startsWith('CN') && value.length === 20;
  const own = isPrefixed ? value.slice(2) : value;
  return isUsccForm(own) && (isPrefixed || country === 'CN') ? own : undefined;
}

/** VAT number with its prefix, from the address where the document leaves it out. */
function withPrefix(value: string, country: string | undefined): string | undefined {
  if (/^(?:[A-Z]{2}|1A)/.test(value)) return value.replace(/^GR(?=\d)/, 'EL');
  if (country === undefined) return undefined;
  return `${country === 'GR' ? 'EL' : country}${value}`;
}
