import { chineseDate } from '../dates.ts';
import type { Findings, Words } from '../finding.ts';
import type { Amounts, Draft, InvoiceKind, InvoiceLine, Party } from '../invoice.ts';
import { pathOf, walk, type XmlElement } from '../xml.ts';
import { chineseParty } from './cn-party.ts';
import { amountOf, decimalOf, Fields, textOf } from './fields.ts';
import { placesOf } from './untdid.ts';

/** Chinese invoices are in yuan; none gives a currency. */
export const CNY_DIGITS = 2;

const NUMBER: Words = { en: 'The invoice number', zh: '发票号码' };
const AMOUNTS = {
  net: 'TotalAmWithoutTax',
  tax: 'TotalTaxAm',
  gross: 'TotalTax-includedAmount',
} as const;

/** Read a 全面数字化的电子发票 (数电票) in XML: `EInvoice`. */
export function readCnEInvoice(root: XmlElement, findings: Findings): Draft {
  const own = new Fields('', findings);
  const header = own.one(root, 'Header');
  const data = own.one(root, 'EInvoiceData');
  const supervision = own.one(root, 'TaxSupervisionInfo');
  const basic = own.one(data, 'BasicInformation');
  const label = own.one(header, 'InherentLabel');
  const original = originalOf(root);
  const isRed =
    own.text(label, 'InIssuType', 'LabelCode')?.toUpperCase() === 'N' || original !== undefined;
  const kind: InvoiceKind = isRed ? 'red-letter' : 'invoice';
  return {
    invoice: {
      syntax: 'cn-einvoice',
      kind,
      typeCode: own.text(label, 'EInvoiceType', 'LabelCode'),
      profile: own.text(label, 'GeneralOrSpecialVAT', 'LabelName'),
      number: readNumber(own, header, supervision),
      issueDate: readDate(own.one(supervision, 'IssueTime'), findings),
      dueDate: undefined,
      currency: 'CNY',
      seller: readParty(own, data, 'Seller'),
      buyer: readParty(own, data, 'Buyer'),
      amounts: readAmounts(own, basic),
      references: {
        invoices: original === undefined ? [] : [{ number: original, issueDate: undefined }],
        orders: [],
        contracts: [],
        despatches: [],
        receipts: [],
      },
      lines: own.all(data, 'IssuItemInformation').map((line) => readLine(own, line)),
      isSigned: [...walk(root)].some(({ name }) => name.endsWith('Signature')),
    },
    places: placesOf(basic, AMOUNTS, undefined),
    thirdPartyDue: 0n,
    toleranceMinor: 1n,
  };
}

/** The number stands in two places and must be the same 20 digits in both. */
function readNumber(
  own: Fields,
  header: XmlElement | undefined,
  supervision: XmlElement | undefined,
): string | undefined {
  const element = own.one(supervision, 'InvoiceNumber') ?? own.one(header, 'EIid');
  const number = textOf(element);
  const other = own.text(header, 'EIid');
  if (element === undefined || number === undefined) return undefined;
  if (!/^\d{20}$/.test(number)) {
    own.findings.add('NUMBER_FORMAT', pathOf(element), { value: number });
  }
  if (other !== undefined && other !== number) {
    own.findings.add('FIELDS_DISAGREE', pathOf(element), { field: NUMBER, one: number, other });
  }
  return number;
}

/** Day of a Chinese date; anything else is a finding. */
export function readDate(element: XmlElement | undefined, findings: Findings): string | undefined {
  const text = textOf(element);
  if (element === undefined || text === undefined) return undefined;
  const date = chineseDate(text);
  if (date === undefined) findings.add('DATE_FORMAT', pathOf(element), { value: text });
  return date;
}

/** Number of the blue invoice a red-letter one takes back, wherever its version puts it. */
function originalOf(root: XmlElement): string | undefined {
  for (const element of walk(root)) {
    if (element.parent?.name === 'RedEInvoice' && element.name === 'OriginalInvoiceCode') {
      return textOf(element);
    }
  }
  return undefined;
}

function readParty(own: Fields, data: XmlElement | undefined, role: 'Seller' | 'Buyer'): Party {
  const element = own.one(data, `${role}Information`);
  const id = own.one(element, `${role}IdNum`);
  return chineseParty(
    own.text(element, `${role}Name`),
    textOf(id),
    id === undefined ? `/EInvoice/EInvoiceData/${role}Information` : pathOf(id),
    own.findings,
  );
}

function readAmounts(own: Fields, basic: XmlElement | undefined): Amounts {
  const amount = (name: string): bigint | undefined =>
    amountOf(own.one(basic, name), CNY_DIGITS, own.findings);
  return {
    lines: undefined,
    allowances: undefined,
    charges: undefined,
    net: amount(AMOUNTS.net),
    tax: amount(AMOUNTS.tax),
    gross: amount(AMOUNTS.gross),
    prepaid: undefined,
    rounding: undefined,
    payable: undefined,
  };
}

function readLine(own: Fields, line: XmlElement): InvoiceLine {
  const amount = (name: string): bigint | undefined => {
    const element = own.one(line, name);
    return textOf(element) === undefined ? undefined : amountOf(element, CNY_DIGITS, own.findings);
  };
  return {
    id: undefined,
    description: own.text(line, 'ItemName'),
    quantity: decimalOf(own.one(line, 'Quantity'), own.findings),
    unit: own.text(line, 'MeaUnits'),
    price: decimalOf(own.one(line, 'UnPrice'), own.findings),
    net: amount('Amount'),
    tax: amount('ComTaxAm'),
    taxRate: own.text(line, 'TaxRate'),
  };
}
