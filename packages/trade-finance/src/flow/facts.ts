import { claimAmount, type ImportResult, type Invoice } from '@hanse/einvoice';
import { HanseError } from '@hanse/kit';
import { UNITS_MAX } from '../title/units.ts';

/** Name of the rule set of a document that was checked against none. */
export const NO_RULES = 'none';
const RULE_SET_CHARS_MAX = 64;

/** What an importer says of a document that it has read without an error. */
export type DocumentFacts = {
  readonly invoice: Invoice;
  readonly keys: NonNullable<ImportResult['keys']>;
  readonly exact: string;
  readonly currency: string;
  readonly issued: string;
  /** The claim, or what a credit note takes off, in minor units. */
  readonly units: number;
  readonly ruleSet: string;
  readonly result: 'valid' | 'unchecked';
  /** Whether persons must look first: the number has letters that look like others. */
  readonly isHeld: boolean;
};

/**
 * What can be vouched for of an imported document: an invoice that can be financed, or a credit note. Throws
 * DocumentRefused with the importer's own code, and DocumentWithoutKey, which says what is missing.
 */
export function factsOf(result: ImportResult, wanted: 'invoice' | 'credit-note'): DocumentFacts {
  const { invoice, keys, verdict, isFinanceable } = result;
  if (verdict !== 'accepted' || invoice === undefined || keys === undefined) throw refused(result);
  const isNote = invoice.kind !== 'invoice';
  if (!isNote && wanted === 'credit-note') throw noNote();
  if (isNote !== (wanted === 'credit-note') || (!isNote && !isFinanceable)) throw refused(result);
  const amount = claimAmount(invoice);
  const { currency, issueDate: issued } = invoice;
  const { X: exact } = keys;
  const isWhole =
    exact !== undefined && amount !== undefined && currency !== undefined && issued !== undefined;
  if (!isWhole) throw new HanseError('DocumentWithoutKey', { missing: missingIn(result) });
  const units = Number(amount < 0n ? -amount : amount);
  if (units > UNITS_MAX) {
    throw new HanseError('OverLimit', { name: 'units', value: units, limit: UNITS_MAX });
  }
  const { rules } = result;
  return {
    invoice,
    keys,
    exact,
    currency,
    issued,
    units,
    ruleSet: rules === 'not-checked' ? NO_RULES : rules.pack.slice(0, RULE_SET_CHARS_MAX),
    result: rules === 'not-checked' ? 'unchecked' : 'valid',
    isHeld: keys.review.includes('number-not-ascii'),
  };
}

function refused({ code, findings }: ImportResult): HanseError {
  const found = findings.find((one) => one.code === code);
  const { en, zh } = found ?? { en: 'It cannot be financed.', zh: '该文件不能融资。' };
  return new HanseError('DocumentRefused', { finding: code, message: en, messageZh: zh });
}

function noNote(): HanseError {
  return new HanseError('DocumentRefused', {
    finding: 'NOT_A_CREDIT_NOTE',
    message: 'This is an invoice, not a credit note or red letter.',
    messageZh: '这是发票，不是贷项通知单或红字发票。',
  });
}

/** Parts of the exact key that the document lacks, in words. */
function missingIn({ keys }: ImportResult): string {
  const parts = (keys?.review ?? []).filter((one) => one.endsWith('-missing'));
  return parts.map((one) => one.slice(0, -'-missing'.length)).join(', ') || 'an exact key';
}
