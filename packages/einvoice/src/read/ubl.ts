import { minorDigitsOf } from '../currency.ts';
import { xmlDate } from '../dates.ts';
import type { Findings } from '../finding.ts';
import type { Amounts, Draft, InvoiceKind, InvoiceLine, References } from '../invoice.ts';
import { pathOf, walk, type XmlElement } from '../xml.ts';
import { amountOf, decimalOf, Fields, sumOf, textOf } from './fields.ts';
import { CAC, CBC, checkSequence, checkUblNames } from './schema.ts';
import { readUblParty } from './ubl-party.ts';
import { creditTypeCodes, placesOf } from './untdid.ts';

/** What one UBL document is read with. */
export type UblReader = {
  readonly root: XmlElement;
  readonly basic: Fields;
  readonly aggregate: Fields;
  readonly findings: Findings;
};

const AMOUNTS = {
  lines: 'LineExtensionAmount',
  allowances: 'AllowanceTotalAmount',
  charges: 'ChargeTotalAmount',
  net: 'TaxExclusiveAmount',
  gross: 'TaxInclusiveAmount',
  prepaid: 'PrepaidAmount',
  rounding: 'PayableRoundingAmount',
  payable: 'PayableAmount',
} as const;

/** Read a UBL 2.x Invoice or CreditNote. */
export function readUbl(root: XmlElement, findings: Findings): Draft {
  const basic = new Fields(CBC, findings);
  const aggregate = new Fields(CAC, findings);
  const reader: UblReader = { root, basic, aggregate, findings };
  checkUblNames(root, findings);
  const totals = aggregate.one(root, 'LegalMonetaryTotal');
  checkSequence(totals, findings);
  const currency = readCurrency(reader, totals);
  const minorDigits = currency === undefined ? undefined : minorDigitsOf(currency);
  const typeCode = basic.text(root, `${root.name}TypeCode`);
  return {
    invoice: {
      syntax: 'ubl',
      kind: kindOf(root.name, typeCode),
      typeCode,
      profile: basic.text(root, 'CustomizationID'),
      number: basic.text(root, 'ID'),
      issueDate: readDate(basic.one(root, 'IssueDate'), findings),
      dueDate: readDueDate(reader),
      currency,
      seller: readUblParty(reader, 'AccountingSupplierParty'),
      buyer: readUblParty(reader, 'AccountingCustomerParty'),
      amounts: readAmounts(reader, totals, currency, minorDigits),
      references: readReferences(reader),
      lines: aggregate
        .all(root, `${root.name}Line`)
        .map((line) => readLine(reader, line, minorDigits)),
      isSigned: isSigned(root),
    },
    places: placesOf(totals, AMOUNTS, aggregate.all(root, 'TaxTotal')[0]),
    thirdPartyDue: readThirdPartyDue(reader, minorDigits),
    toleranceMinor: 0n,
  };
}

function kindOf(root: string, typeCode: string | undefined): InvoiceKind {
  const isCredit = root === 'CreditNote' || creditTypeCodes.has(typeCode ?? '');
  return isCredit ? 'credit-note' : 'invoice';
}

/** Currency of the document; UBL 2.0 may leave it to the amounts. */
function readCurrency(
  { root, basic, findings }: UblReader,
  totals: XmlElement | undefined,
): string | undefined {
  const payable = basic.all(totals, 'PayableAmount')[0];
  const ofPayable = payable?.attributes.get('currencyID');
  const element = basic.one(root, 'DocumentCurrencyCode');
  const currency = textOf(element) ?? ofPayable;
  if (currency === undefined) return undefined;
  if (minorDigitsOf(currency) === undefined) {
    const path = pathOf(element ?? payable ?? root);
    findings.add('CURRENCY_CODE', path, { value: currency });
    return undefined;
  }
  if (payable !== undefined && ofPayable !== undefined && ofPayable !== currency) {
    findings.add('CURRENCY_MISMATCH', pathOf(payable), { other: ofPayable, currency });
  }
  return currency;
}

function readDate(element: XmlElement | undefined, findings: Findings): string | undefined {
  const text = textOf(element);
  if (element === undefined || text === undefined) return undefined;
  const date = xmlDate(text);
  if (date === undefined) findings.add('DATE_FORMAT', pathOf(element), { value: text });
  return date;
}

/** The due date; of several, the last, when all of it is due. */
function readDueDate({ root, basic, aggregate, findings }: UblReader): string | undefined {
  const own = readDate(basic.one(root, 'DueDate'), findings);
  if (own !== undefined) return own;
  const dates = ['PaymentMeans', 'PaymentTerms']
    .flatMap((name) => aggregate.all(root, name))
    .map((one) => readDate(basic.one(one, 'PaymentDueDate'), findings))
    .filter((date) => date !== undefined);
  return dates.toSorted().at(-1);
}

function readAmounts(
  { root, basic, aggregate, findings }: UblReader,
  totals: XmlElement | undefined,
  currency: string | undefined,
  minorDigits: number | undefined,
): Amounts {
  const amount = (name: string): bigint | undefined =>
    amountOf(basic.one(totals, name), minorDigits, findings);
  // A second total may give the tax in the currency of the tax office.
  const taxes = aggregate
    .all(root, 'TaxTotal')
    .map((total) => basic.one(total, 'TaxAmount'))
    .filter((one) => one !== undefined)
    .filter((one) => (one.attributes.get('currencyID') ?? currency) === currency)
    .map((one) => amountOf(one, minorDigits, findings));
  return {
    lines: amount(AMOUNTS.lines),
    allowances: amount(AMOUNTS.allowances),
    charges: amount(AMOUNTS.charges),
    net: amount(AMOUNTS.net),
    tax: taxes.length === 0 ? undefined : sumOf(taxes),
    gross: amount(AMOUNTS.gross),
    prepaid: amount(AMOUNTS.prepaid),
    rounding: amount(AMOUNTS.rounding),
    payable: amount(AMOUNTS.payable),
  };
}

/** Payments for third parties, an extension of XRechnung (BT-DEX-002). */
function readThirdPartyDue(
  { root, basic, aggregate, findings }: UblReader,
  minorDigits: number | undefined,
): bigint {
  const profile = basic.text(root, 'CustomizationID') ?? '';
  if (!profile.includes(':extension:xrechnung')) return 0n;
  const paid = aggregate
    .all(root, 'PrepaidPayment')
    .map((one) => amountOf(basic.one(one, 'PaidAmount'), minorDigits, findings));
  return sumOf(paid) ?? 0n;
}

function readReferences({ root, basic, aggregate, findings }: UblReader): References {
  const ids = (name: string): readonly string[] =>
    aggregate
      .all(root, name)
      .map((one) => basic.text(one, 'ID'))
      .filter((id) => id !== undefined);
  const invoices = aggregate
    .all(root, 'BillingReference')
    .flatMap((one) => [
      ...aggregate.all(one, 'InvoiceDocumentReference'),
      ...aggregate.all(one, 'CreditNoteDocumentReference'),
    ])
    .flatMap((one) => {
      const number = basic.text(one, 'ID');
      const issueDate = readDate(basic.one(one, 'IssueDate'), findings);
      return number === undefined ? [] : [{ number, issueDate }];
    });
  return {
    invoices,
    orders: ids('OrderReference'),
    contracts: ids('ContractDocumentReference'),
    despatches: ids('DespatchDocumentReference'),
    receipts: ids('ReceiptDocumentReference'),
  };
}

function readLine(
  { root, basic, aggregate, findings }: UblReader,
  line: XmlElement,
  minorDigits: number | undefined,
): InvoiceLine {
  const quantityName = root.name === 'CreditNote' ? 'CreditedQuantity' : 'InvoicedQuantity';
  const quantity = basic.one(line, quantityName);
  const item = aggregate.one(line, 'Item');
  const price = basic.one(aggregate.one(line, 'Price'), 'PriceAmount');
  const category = aggregate.all(item, 'ClassifiedTaxCategory')[0];
  return {
    id: basic.text(line, 'ID'),
    description: basic.text(item, 'Name') ?? textOf(basic.all(item, 'Description')[0]),
    quantity: decimalOf(quantity, findings),
    unit: quantity?.attributes.get('unitCode'),
    price: decimalOf(price, findings),
    net: amountOf(basic.one(line, 'LineExtensionAmount'), minorDigits, findings),
    tax: undefined,
    taxRate: basic.text(category, 'Percent'),
  };
}

function isSigned(root: XmlElement): boolean {
  for (const { uri, name } of walk(root)) {
    if (name === 'Signature' && uri === 'http://www.w3.org/2000/09/xmldsig#') return true;
  }
  return false;
}
