import { minorDigitsOf } from '../currency.ts';
import type { Findings } from '../finding.ts';
import { claimAmount, type Draft, type Invoice, type Party } from '../invoice.ts';
import { checkIds } from '../party/checkids.ts';
import { fieldWords, shown, type FieldName } from '../read/fields.ts';
import { noClaimTypeCodes } from '../read/untdid.ts';
import { checkArithmetic } from './arithmetic.ts';

/** Check a draft whatever it was read from: required fields, dates, parties, sums. */
export function checkInvoice(draft: Draft, findings: Findings): void {
  const { invoice } = draft;
  checkRequired(invoice, findings);
  const { issueDate, dueDate } = invoice;
  if (issueDate !== undefined && dueDate !== undefined && dueDate < issueDate) {
    findings.add('DUE_BEFORE_ISSUE', '/', { due: dueDate, issue: issueDate });
  }
  checkParties(invoice, findings);
  checkArithmetic(draft, findings);
}

/** A field that was there and could not be read has its own finding already. */
function checkRequired(invoice: Invoice, findings: Findings): void {
  const missing = (field: FieldName, path = '/'): void =>
    findings.add('FIELD_MISSING', path, { field: fieldWords[field] });
  if (invoice.number === undefined) missing('number');
  if (invoice.issueDate === undefined && !findings.has('DATE_FORMAT')) missing('issueDate');
  const hasCurrency = invoice.currency !== undefined || findings.has('CURRENCY_CODE');
  if (!hasCurrency) missing('currency');
  else if (claimAmount(invoice) === undefined && !hasAmountFinding(findings)) missing('payable');
  if (isNobody(invoice.seller)) missing('seller', invoice.seller.path);
  if (isNobody(invoice.buyer)) missing('buyer', invoice.buyer.path);
  if (invoice.syntax === 'ubl' && invoice.lines.length === 0) missing('lines');
}

function hasAmountFinding(findings: Findings): boolean {
  return findings.has('AMOUNT_FORMAT') || findings.has('CURRENCY_CODE');
}

function isNobody({ name, ids }: Party): boolean {
  return name === undefined && ids.length === 0;
}

function checkParties({ seller, buyer, syntax }: Invoice, findings: Findings): void {
  const isChinese = syntax === 'cn-einvoice' || syntax === 'cn-ofd';
  // Chinese readers check the one number a party has as they read it.
  if (!isChinese) for (const party of [seller, buyer]) checkIds(party, findings);
  if (seller.ids.length === 0 && !findings.has('PARTY_ID_FORMAT')) {
    findings.add('PARTY_ID_MISSING', seller.path, { party: { en: 'seller', zh: '销售方' } });
  }
  const same = seller.ids.find((id) =>
    buyer.ids.some((other) => other.scheme === id.scheme && other.value === id.value),
  );
  const isTelling = same !== undefined && same.scheme !== 'address' && same.scheme !== 'assigned';
  if (isTelling) findings.add('SELLER_IS_BUYER', same.path, { value: same.written });
}

/** Say why an invoice without errors cannot be financed, if so; true when it can. */
export function checkFinanceable(invoice: Invoice, findings: Findings): boolean {
  const amount = claimAmount(invoice);
  const { kind, currency, typeCode } = invoice;
  const noClaim = noClaimTypeCodes.get(typeCode ?? '');
  if (kind !== 'invoice') {
    findings.add('NOT_FINANCEABLE_CREDIT', '/');
  } else if (noClaim !== undefined && typeCode !== undefined) {
    findings.add('NOT_FINANCEABLE_KIND', '/', { type: typeCode, name: noClaim });
  } else if (amount !== undefined && amount < 0n) {
    const digits = minorDigitsOf(currency ?? '') ?? 0;
    findings.add('NOT_FINANCEABLE_NEGATIVE', '/', { amount: shown(amount, digits) });
  } else if (amount === 0n) {
    findings.add('NOT_FINANCEABLE_ZERO', '/');
  } else {
    return amount !== undefined;
  }
  return false;
}
