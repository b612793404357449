import { isJsonObject, type Json } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { equalBytes, fromHex } from '@hanse/kit';
import { isWholeFace, termsBytes, type Deal, type Terms } from '@hanse/trade-finance';

/** How a document of terms names itself: what a bank hands to a holder beside its offer on the chain. */
export const TERMS_FORMAT = 'hanse-terms/1';
/** A document of terms is a few hundred bytes. */
export const TERMS_BYTES_MAX = 16_384;

/** What became of holding a document of terms against the offer on the chain. */
export type TermsCheck = {
  readonly terms: Terms;
  /** Whether the offer on the chain commits to exactly these terms. */
  readonly isOffered: boolean;
  /** Guard G7: what is paid out and the fee are the face. */
  readonly isWhole: boolean;
};

/** The terms in a text, or undefined when it holds none. Unknown members are left alone. */
export function readTerms(text: string): Terms | undefined {
  const json = parse(text);
  if (!isJsonObject(json) || json['format'] !== TERMS_FORMAT) return undefined;
  const { deal, units, disbursed, fee, salt, rest } = json;
  const hashes = [deal, salt, rest].map(hashOf);
  const counts = [units, disbursed, fee].map(countOf);
  const [dealBytes, saltBytes, restBytes] = hashes;
  const [face, paid, kept] = counts;
  if (dealBytes === undefined || saltBytes === undefined || restBytes === undefined) {
    return undefined;
  }
  if (face === undefined || paid === undefined || kept === undefined) return undefined;
  return {
    deal: dealBytes,
    units: face,
    disbursed: paid,
    fee: kept,
    salt: saltBytes,
    rest: restBytes,
  };
}

/** Rule `fee before signature`: hold terms against the deal that they are said to be for. */
export function checkTerms(suite: Suite, terms: Terms, deal: Deal): TermsCheck {
  const isSame = equalBytes(terms.deal, deal.id) && terms.units === deal.to - deal.from + 1;
  const hash = suite.hash(termsBytes(terms));
  const isOffered = isSame && deal.terms !== undefined && equalBytes(deal.terms, hash);
  return { terms, isOffered, isWhole: isWholeFace(terms) };
}

function parse(text: string): Json {
  if (text.length > TERMS_BYTES_MAX) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function hashOf(json: Json | undefined): Uint8Array | undefined {
  const bytes = typeof json === 'string' ? fromHex(json) : undefined;
  return bytes?.length === 32 ? bytes : undefined;
}

function countOf(json: Json | undefined): number | undefined {
  return typeof json === 'number' && Number.isSafeInteger(json) && json >= 0 ? json : undefined;
}
