import { minorDigitsOf } from '../currency.ts';
import { ciiDate } from '../dates.ts';
import type { Findings } from '../finding.ts';
import type { Amounts, Draft, InvoiceLine, References } from '../invoice.ts';
import { pathOf, trimmed, type XmlElement } from '../xml.ts';
import { readCiiParty } from './cii-party.ts';
import { amountOf, decimalOf, Fields, textOf } from './fields.ts';
import { checkSequence } from './schema.ts';
import { creditTypeCodes, placesOf } from './untdid.ts';

const RSM = 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100';
const RAM = 'urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100';

/** What one CII document is read with. */
export type CiiReader = {
  readonly root: XmlElement;
  readonly ram: Fields;
  readonly findings: Findings;
};

const AMOUNTS = {
  lines: 'LineTotalAmount',
  allowances: 'AllowanceTotalAmount',
  charges: 'ChargeTotalAmount',
  net: 'TaxBasisTotalAmount',
  tax: 'TaxTotalAmount',
  gross: 'GrandTotalAmount',
  prepaid: 'TotalPrepaidAmount',
  rounding: 'RoundingAmount',
  payable: 'DuePayableAmount',
} as const;

/** Read a UN/CEFACT cross-industry invoice: ZUGFeRD 2, Factur-X, XRechnung. */
export function readCii(root: XmlElement, findings: Findings): Draft {
  const rsm = new Fields(RSM, findings);
  const ram = new Fields(RAM, findings);
  const reader: CiiReader = { root, ram, findings };
  const context = rsm.one(root, 'ExchangedDocumentContext');
  const document = rsm.one(root, 'ExchangedDocument');
  const transaction = rsm.one(root, 'SupplyChainTradeTransaction');
  const agreement = ram.one(transaction, 'ApplicableHeaderTradeAgreement');
  const settlement = ram.one(transaction, 'ApplicableHeaderTradeSettlement');
  const totals = ram.one(settlement, 'SpecifiedTradeSettlementHeaderMonetarySummation');
  checkSequence(document, findings);
  checkSequence(transaction, findings);
  const currency = readCurrency(reader, settlement, totals);
  const minorDigits = currency === undefined ? undefined : minorDigitsOf(currency);
  const typeCode = ram.text(document, 'TypeCode');
  const isCredit = creditTypeCodes.has(typeCode ?? '');
  return {
    invoice: {
      syntax: 'cii',
      kind: isCredit ? 'credit-note' : 'invoice',
      typeCode,
      profile: ram.text(context, 'GuidelineSpecifiedDocumentContextParameter', 'ID'),
      number: ram.text(document, 'ID'),
      issueDate: readDate(ram.one(document, 'IssueDateTime'), findings),
      dueDate: readDueDate(reader, settlement),
      currency,
      seller: readCiiParty(reader, agreement, 'SellerTradeParty'),
      buyer: readCiiParty(reader, agreement, 'BuyerTradeParty'),
      amounts: readAmounts(reader, totals, currency, minorDigits),
      references: readReferences(reader, transaction, agreement, settlement),
      lines: ram
        .all(transaction, 'IncludedSupplyChainTradeLineItem')
        .filter((line) => isCounted(reader, line))
        .map((line) => readLine(reader, line, minorDigits)),
      isSigned: false,
    },
    places: placesOf(totals, AMOUNTS, undefined),
    thirdPartyDue: 0n,
    toleranceMinor: 0n,
  };
}

function readCurrency(
  { root, ram, findings }: CiiReader,
  settlement: XmlElement | undefined,
  totals: XmlElement | undefined,
): string | undefined {
  const element = ram.one(settlement, 'InvoiceCurrencyCode');
  const currency = textOf(element);
  if (currency === undefined) return undefined;
  if (minorDigitsOf(currency) === undefined) {
    findings.add('CURRENCY_CODE', pathOf(element ?? root), { value: currency });
    return undefined;
  }
  const payable = ram.all(totals, AMOUNTS.payable)[0];
  const other = payable?.attributes.get('currencyID');
  if (payable !== undefined && other !== undefined && other !== currency) {
    findings.add('CURRENCY_MISMATCH', pathOf(payable), { other, currency });
  }
  return currency;
}

/** Day inside a date element: its one `DateTimeString`, whatever namespace its version gives it. */
function readDate(element: XmlElement | undefined, findings: Findings): string | undefined {
  const inner = element?.children.find(({ name }) => name === 'DateTimeString');
  if (element === undefined) return undefined;
  const text = inner === undefined ? trimmed(element) : trimmed(inner);
  const date = ciiDate(text, inner?.attributes.get('format'));
  if (date === undefined) {
    findings.add('DATE_FORMAT', pathOf(inner ?? element), { value: text });
  }
  return date;
}

/** The due date; of several, the last, when all of it is due. */
function readDueDate(
  { ram, findings }: CiiReader,
  settlement: XmlElement | undefined,
): string | undefined {
  return ram
    .all(settlement, 'SpecifiedTradePaymentTerms')
    .map((terms) => readDate(ram.one(terms, 'DueDateDateTime'), findings))
    .filter((date) => date !== undefined)
    .toSorted()
    .at(-1);
}

function readAmounts(
  { ram, findings }: CiiReader,
  totals: XmlElement | undefined,
  currency: string | undefined,
  minorDigits: number | undefined,
): Amounts {
  const amount = (name: string): bigint | undefined =>
    amountOf(ram.one(totals, name), minorDigits, findings);
  // A second total may give the tax in the currency of the tax office.
  const tax = ram
    .all(totals, AMOUNTS.tax)
    .find((one) => (one.attributes.get('currencyID') ?? currency) === currency);
  return {
    lines: amount(AMOUNTS.lines),
    allowances: amount(AMOUNTS.allowances),
    charges: amount(AMOUNTS.charges),
    net: amountOf(inCurrency(ram.all(totals, AMOUNTS.net), currency), minorDigits, findings),
    tax: amountOf(tax, minorDigits, findings),
    gross: amountOf(inCurrency(ram.all(totals, AMOUNTS.gross), currency), minorDigits, findings),
    prepaid: amount(AMOUNTS.prepaid),
    rounding: amount(AMOUNTS.rounding),
    payable: amount(AMOUNTS.payable),
  };
}

function inCurrency(
  elements: readonly XmlElement[],
  currency: string | undefined,
): XmlElement | undefined {
  return elements.find((one) => (one.attributes.get('currencyID') ?? currency) === currency);
}

function readReferences(
  { ram, findings }: CiiReader,
  transaction: XmlElement | undefined,
  agreement: XmlElement | undefined,
  settlement: XmlElement | undefined,
): References {
  const delivery = ram.one(transaction, 'ApplicableHeaderTradeDelivery');
  const ids = (parent: XmlElement | undefined, name: string): readonly string[] =>
    ram.texts(parent, name, 'IssuerAssignedID');
  const invoices = ram.all(settlement, 'InvoiceReferencedDocument').flatMap((one) => {
    const number = ram.text(one, 'IssuerAssignedID');
    const issueDate = readDate(ram.one(one, 'FormattedIssueDateTime'), findings);
    return number === undefined ? [] : [{ number, issueDate }];
  });
  return {
    invoices,
    orders: ids(agreement, 'BuyerOrderReferencedDocument'),
    contracts: ids(agreement, 'ContractReferencedDocument'),
    despatches: ids(delivery, 'DespatchAdviceReferencedDocument'),
    receipts: ids(delivery, 'ReceivingAdviceReferencedDocument'),
  };
}

/** Whether a line counts in the sum: groups and remarks of the extended profile repeat others. */
function isCounted({ ram }: CiiReader, line: XmlElement): boolean {
  const status = ram.text(line, 'AssociatedDocumentLineDocument', 'LineStatusReasonCode');
  return status !== 'GROUP' && status !== 'INFORMATION';
}

function readLine(
  { ram, findings }: CiiReader,
  line: XmlElement,
  minorDigits: number | undefined,
): InvoiceLine {
  const settlement = ram.one(line, 'SpecifiedLineTradeSettlement');
  const quantity = ram.at(line, 'SpecifiedLineTradeDelivery', 'BilledQuantity');
  const price = ram.at(
    line,
    'SpecifiedLineTradeAgreement',
    'NetPriceProductTradePrice',
    'ChargeAmount',
  );
  const net = ram.at(
    settlement,
    'SpecifiedTradeSettlementLineMonetarySummation',
    'LineTotalAmount',
  );
  const tax = ram.all(settlement, 'ApplicableTradeTax')[0];
  return {
    id: ram.text(line, 'AssociatedDocumentLineDocument', 'LineID'),
    description: ram.text(line, 'SpecifiedTradeProduct', 'Name'),
    quantity: decimalOf(quantity, findings),
    unit: quantity?.attributes.get('unitCode'),
    price: decimalOf(price, findings),
    net: amountOf(net, minorDigits, findings),
    tax: undefined,
    taxRate: ram.text(tax, 'RateApplicablePercent'),
  };
}
