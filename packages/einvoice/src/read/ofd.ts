import { chineseDate } from '../dates.ts';
import { decodeText } from '../decode.ts';
import { toMinor } from '../decimal.ts';
import { Refusal, type Findings, type Words } from '../finding.ts';
import type { Draft } from '../invoice.ts';
import { recognise } from '../kinds.ts';
import { parseXml, pathOf, trimmed, walk, type XmlElement } from '../xml.ts';
import type { Archive } from '../zip.ts';
import { CNY_DIGITS, readCnEInvoice } from './cn.ts';
import { chineseParty } from './cn-party.ts';
import { joinNumber, readCn2019 } from './cn2019.ts';

const ATTACHMENTS_MAX = 16;
const OFD_ROOT = 'OFD.xml';

/** Fields the tax bureau's software writes beside the drawn pages. */
type CustomName =
  | '发票代码'
  | '发票号码'
  | '开票日期'
  | '合计金额'
  | '合计税额'
  | '价税合计'
  | '销售方名称'
  | '销售方纳税人识别号'
  | '购买方名称'
  | '购买方纳税人识别号';
type Custom = ReadonlyMap<string, XmlElement>;

/** Whether an archive is an OFD. */
export function isOfd(archive: Archive): boolean {
  return archive.names.includes(OFD_ROOT);
}

/**
 * Read the invoice inside an OFD: its e-invoice attachment, checked against the custom data; else the
 * custom data alone; undefined when there is neither. The drawn pages are not read.
 */
export function readOfd(archive: Archive, findings: Findings): Draft | undefined {
  const root = parseEntry(archive, OFD_ROOT);
  const bodies = root?.children.filter(({ name }) => name === 'DocBody') ?? [];
  if (bodies.length > 1) throw new Refusal('MULTI_DOCUMENT');
  const custom = root === undefined ? new Map<string, XmlElement>() : customData(root);
  const invoices = attachedInvoices(archive);
  if (invoices.length > 1) throw new Refusal('MULTI_DOCUMENT');
  const attached = invoices[0];
  const isSigned = archive.names.some((name) => /(?:^|\/)Signatures\.xml$/i.test(name));
  if (attached === undefined) return ofCustomData(custom, isSigned, findings);
  const draft =
    recognise(attached).reader === 'cn-2019'
      ? readCn2019(attached, findings)
      : readCnEInvoice(attached, findings);
  const invoice = {
    ...draft.invoice,
    syntax: 'cn-ofd' as const,
    isSigned: draft.invoice.isSigned || isSigned,
  };
  compare({ ...draft, invoice }, custom, findings);
  return { ...draft, invoice };
}

function parseEntry(archive: Archive, name: string): XmlElement | undefined {
  const bytes = archive.read(name);
  return bytes === undefined ? undefined : parseXml(decodeText(bytes));
}

function customData(root: XmlElement): Custom {
  const custom = new Map<string, XmlElement>();
  for (const element of walk(root)) {
    const name = element.attributes.get('Name');
    if (element.name !== 'CustomData' || name === undefined) continue;
    if (custom.has(name)) {
      const reason = { en: `${name} stands twice`, zh: `${name} 出现两次` };
      throw new Refusal('SCHEMA_INVALID', pathOf(element), { reason });
    }
    custom.set(name, element);
  }
  return custom;
}

/** Roots of the attached XML documents that are invoices. */
function attachedInvoices(archive: Archive): readonly XmlElement[] {
  const lists = archive.names.filter((name) => /(?:^|\/)Attachments\.xml$/i.test(name));
  const named = lists.flatMap((list) => attachedFiles(archive, list));
  const loose = archive.names.filter((name) => /(?:^|\/)original_invoice\.xml$/i.test(name));
  const files = [...new Set([...named, ...loose])];
  if (files.length > ATTACHMENTS_MAX) {
    const what = { en: 'attachments', zh: '附件数' };
    throw new Refusal('TOO_LARGE', '/', { what, max: ATTACHMENTS_MAX });
  }
  return files
    .map((file) => parseEntry(archive, file))
    .filter((root) => root !== undefined)
    .filter((root) => ['cn-2019', 'cn-einvoice'].includes(recognise(root).reader ?? ''));
}

function attachedFiles(archive: Archive, list: string): readonly string[] {
  const root = parseEntry(archive, list);
  if (root === undefined) return [];
  const folder = list.slice(0, list.lastIndexOf('/') + 1);
  return [...walk(root)]
    .filter(({ name }) => name === 'FileLoc')
    .map((location) => trimmed(location))
    .filter((location) => /\.xml$/i.test(location))
    .map((location) => (location.startsWith('/') ? location.slice(1) : folder + location));
}

function ofCustomData(custom: Custom, isSigned: boolean, findings: Findings): Draft | undefined {
  const text = (name: CustomName): string | undefined => customText(custom, name);
  if (text('发票号码') === undefined) return undefined;
  const place = (name: CustomName): string => customPlace(custom, name);
  const amount = (name: CustomName): bigint | undefined => {
    const written = text(name);
    if (written === undefined) return undefined;
    const minor = toMinor(written, CNY_DIGITS);
    if (minor === undefined) findings.add('AMOUNT_FORMAT', place(name), { value: written });
    return minor;
  };
  const net = amount('合计金额');
  const tax = amount('合计税额');
  const written = amount('价税合计');
  const canAdd = written === undefined && net !== undefined && tax !== undefined;
  if (canAdd) findings.add('AMOUNT_DERIVED', place('合计金额'));
  const gross = canAdd ? net + tax : written;
  const date = text('开票日期');
  const issueDate = date === undefined ? undefined : chineseDate(date);
  if (date !== undefined && issueDate === undefined) {
    findings.add('DATE_FORMAT', place('开票日期'), { value: date });
  }
  const party = (role: '销售方' | '购买方') =>
    chineseParty(
      text(`${role}名称`),
      text(`${role}纳税人识别号`),
      place(`${role}纳税人识别号`),
      findings,
    );
  return {
    invoice: {
      syntax: 'cn-ofd',
      kind: gross !== undefined && gross < 0n ? 'red-letter' : 'invoice',
      typeCode: undefined,
      profile: undefined,
      number: joinNumber(text('发票代码'), text('发票号码')),
      issueDate,
      dueDate: undefined,
      currency: 'CNY',
      seller: party('销售方'),
      buyer: party('购买方'),
      amounts: {
        lines: undefined,
        allowances: undefined,
        charges: undefined,
        net,
        tax,
        gross,
        prepaid: undefined,
        rounding: undefined,
        payable: undefined,
      },
      references: { invoices: [], orders: [], contracts: [], despatches: [], receipts: [] },
      lines: [],
      isSigned,
    },
    places: { net: place('合计金额'), tax: place('合计税额'), gross: place('价税合计') },
    thirdPartyDue: 0n,
    toleranceMinor: 1n,
  };
}

function customText(custom: Custom, name: CustomName): string | undefined {
  const element = custom.get(name);
  const text = element === undefined ? '' : trimmed(element);
  return text === '' ? undefined : text;
}

function customPlace(custom: Custom, name: CustomName): string {
  const element = custom.get(name);
  return element === undefined ? '/OFD' : pathOf(element);
}

/** What stands in both places must agree: one of them is what a person is shown. */
function compare({ invoice }: Draft, custom: Custom, findings: Findings): void {
  const text = (name: CustomName): string | undefined => customText(custom, name);
  const minor = (name: CustomName): string | undefined =>
    toMinor(text(name) ?? '', CNY_DIGITS)?.toString() ?? text(name);
  const date = text('开票日期');
  const pairs: readonly (readonly [CustomName, string | undefined, string | undefined])[] = [
    ['发票号码', invoice.number, joinNumber(text('发票代码'), text('发票号码'))],
    ['开票日期', invoice.issueDate, date === undefined ? undefined : (chineseDate(date) ?? date)],
    ['合计金额', invoice.amounts.net?.toString(), minor('合计金额')],
    ['合计税额', invoice.amounts.tax?.toString(), minor('合计税额')],
    ['价税合计', invoice.amounts.gross?.toString(), minor('价税合计')],
    ['销售方纳税人识别号', invoice.seller.ids[0]?.written, text('销售方纳税人识别号')],
    ['购买方纳税人识别号', invoice.buyer.ids[0]?.written, text('购买方纳税人识别号')],
  ];
  for (const [name, one, other] of pairs) {
    if (one === undefined || other === undefined || one === other) continue;
    findings.add('FIELDS_DISAGREE', customPlace(custom, name), { field: FIELD[name], one, other });
  }
}

const FIELD: Readonly<Record<CustomName, Words>> = {
  发票代码: { en: 'The invoice code', zh: '发票代码' },
  发票号码: { en: 'The invoice number', zh: '发票号码' },
  开票日期: { en: 'The issue date', zh: '开票日期' },
  合计金额: { en: 'The net amount', zh: '合计金额' },
  合计税额: { en: 'The tax amount', zh: '合计税额' },
  价税合计: { en: 'The total with tax', zh: '价税合计' },
  销售方名称: { en: 'The seller’s name', zh: '销售方名称' },
  销售方纳税人识别号: { en: 'The seller’s number', zh: '销售方纳税人识别号' },
  购买方名称: { en: 'The buyer’s name', zh: '购买方名称' },
  购买方纳税人识别号: { en: 'The buyer’s number', zh: '购买方纳税人识别号' },
};
