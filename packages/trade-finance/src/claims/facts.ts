import { t, type InferFields } from '@hanse/contract';
import { UNITS_MAX } from '../title/units.ts';

const count = t.int(0, UNITS_MAX);

/**
 * What an importer says about a document beside its tags. Amounts are counts of minor currency units; nothing
 * here names anybody but by DID, or carries a number or a text of the document.
 */
export const factFields = {
  seller: t.party(),
  buyer: t.party(),
  currency: t.text(3),
  issued: t.date(),
  /** The amount due for payment. */
  payable: count,
  /** Prepaid amounts and retention that were not taken off the payable amount yet. */
  deductions: count,
  /** Value of the goods that a receipt advice says were received, when there is one. */
  received: t.optional(count),
};

/** What the contract packs learns about an invoice. */
export const invoiceFields = {
  ...factFields,
  result: t.oneOf('valid', 'unchecked', 'invalid'),
  /** What credit notes took off so far. */
  credited: count,
};

/** What the contract packs learns about an invoice. */
export type Invoice = InferFields<typeof invoiceFields>;

/** How many units an invoice covers: never below zero, and no more than the goods that came. */
export function capOf({ payable, deductions, received, credited }: Invoice): number {
  const open = payable - deductions - credited;
  return Math.max(0, received === undefined ? open : Math.min(open, received));
}
