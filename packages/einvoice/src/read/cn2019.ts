import type { Findings } from '../finding.ts';
import type { Draft, InvoiceLine } from '../invoice.ts';
import { pathOf, type XmlElement } from '../xml.ts';
import { CNY_DIGITS, readDate } from './cn.ts';
import { chineseParty } from './cn-party.ts';
import { amountOf, decimalOf, Fields, textOf } from './fields.ts';
import { placesOf } from './untdid.ts';

const FP = 'http://www.edrm.org.cn/schema/e-invoice/2019';
const AMOUNTS = {
  net: 'TaxExclusiveTotalAmount',
  tax: 'TaxTotalAmount',
  gross: 'TaxInclusiveTotalAmount',
} as const;

/** Read the e-invoice of 2019 (`eInvoice`), which OFD files carry as an attachment. */
export function readCn2019(root: XmlElement, findings: Findings): Draft {
  const fp = new Fields(FP, findings);
  const amount = (name: string): bigint | undefined =>
    amountOf(fp.one(root, name), CNY_DIGITS, findings);
  const gross = amount(AMOUNTS.gross);
  // The 2019 form marks a red-letter invoice by its negative amounts alone.
  const kind = gross !== undefined && gross < 0n ? 'red-letter' : 'invoice';
  return {
    invoice: {
      syntax: 'cn-ofd',
      kind,
      typeCode: fp.text(root, 'TypeCode'),
      profile: undefined,
      number: joinNumber(fp.text(root, 'InvoiceCode'), fp.text(root, 'InvoiceNo')),
      issueDate: readDate(fp.one(root, 'IssueDate'), findings),
      dueDate: undefined,
      currency: 'CNY',
      seller: readParty(fp, root, 'Seller', findings),
      buyer: readParty(fp, root, 'Buyer', findings),
      amounts: {
        lines: undefined,
        allowances: undefined,
        charges: undefined,
        net: amount(AMOUNTS.net),
        tax: amount(AMOUNTS.tax),
        gross,
        prepaid: undefined,
        rounding: undefined,
        payable: undefined,
      },
      references: { invoices: [], orders: [], contracts: [], despatches: [], receipts: [] },
      lines: fp
        .all(fp.one(root, 'GoodsInfos'), 'GoodsInfo')
        .map((line) => readLine(fp, line, findings)),
      isSigned: fp.text(root, 'Signature') !== undefined,
    },
    places: placesOf(root, AMOUNTS, undefined),
    thirdPartyDue: 0n,
    toleranceMinor: 1n,
  };
}

/** Before 数电票, eight digits were unique only together with the code of the batch. */
export function joinNumber(
  code: string | undefined,
  number: string | undefined,
): string | undefined {
  if (number === undefined) return undefined;
  return `${code ?? ''}${number}`;
}

function readParty(fp: Fields, root: XmlElement, role: 'Seller' | 'Buyer', findings: Findings) {
  const element = fp.one(root, role);
  const id = fp.one(element, `${role}TaxID`);
  const path = pathOf(id ?? element ?? root);
  return chineseParty(fp.text(element, `${role}Name`), textOf(id), path, findings);
}

function readLine(fp: Fields, line: XmlElement, findings: Findings): InvoiceLine {
  const amount = (name: string): bigint | undefined => {
    const element = fp.one(line, name);
    return textOf(element) === undefined ? undefined : amountOf(element, CNY_DIGITS, findings);
  };
  return {
    id: undefined,
    description: fp.text(line, 'Item'),
    quantity: decimalOf(fp.one(line, 'Quantity'), findings),
    unit: fp.text(line, 'MeasurementDimension'),
    price: decimalOf(fp.one(line, 'Price'), findings),
    net: amount('Amount'),
    tax: amount('TaxAmount'),
    taxRate: fp.text(line, 'TaxScheme'),
  };
}
