import type { Words } from './finding.ts';

/** What a file turned out to be. */
export type DocumentKind = keyof typeof kindNames;

/** Every kind of document, as findings name it. */
export const kindNames = {
  invoice: { en: 'an invoice', zh: '发票' },
  'credit-note': { en: 'a credit note', zh: '贷项通知单' },
  'red-letter': { en: 'a red-letter invoice', zh: '红字发票' },
  'debit-note': { en: 'a debit note', zh: '借项通知单' },
  'freight-invoice': { en: 'a freight invoice', zh: '运费发票' },
  'self-billed-invoice': { en: 'a self-billed invoice', zh: '自开发票' },
  'self-billed-credit-note': { en: 'a self-billed credit note', zh: '自开贷项通知单' },
  order: { en: 'an order', zh: '订单' },
  'order-change': { en: 'a change or cancellation of an order', zh: '订单变更或取消' },
  'order-response': { en: 'a response to an order', zh: '订单答复' },
  'despatch-advice': { en: 'a despatch advice', zh: '发货通知' },
  'receipt-advice': { en: 'a receipt advice', zh: '收货通知' },
  statement: { en: 'a statement of account', zh: '对账单' },
  reminder: { en: 'a reminder', zh: '催款单' },
  'remittance-advice': { en: 'a remittance advice', zh: '汇款通知' },
  'other-ubl': { en: 'another UBL document', zh: '其他 UBL 单据' },
  'zugferd-1': { en: 'a ZUGFeRD 1 invoice', zh: 'ZUGFeRD 1 发票' },
  signature: { en: 'a detached signature', zh: '分离式签名' },
  'test-set': { en: 'a set of test documents', zh: '测试文件集' },
  'rule-set': { en: 'a set of validation rules', zh: '校验规则集' },
  'multi-document': { en: 'a file with several documents', zh: '含多份单据的文件' },
  envelope: { en: 'an envelope around one invoice', zh: '封装了一张发票的信封' },
  'ofd-pages': { en: 'an OFD without invoice data', zh: '不含发票数据的 OFD' },
  archive: { en: 'an archive', zh: '压缩包' },
  xml: { en: 'another XML document', zh: '其他 XML 文件' },
  json: { en: 'a JSON document', zh: 'JSON 文件' },
  pdf: { en: 'a PDF', zh: 'PDF 文件' },
  image: { en: 'an image', zh: '图片' },
  text: { en: 'a plain text', zh: '纯文本' },
  unknown: { en: 'something unknown', zh: '未知内容' },
} as const satisfies Readonly<Record<string, Words>>;

const UBL_ROOT = /^urn:oasis:names:specification:ubl:schema:xsd:([A-Za-z]+)-2$/;
const UBL_KINDS: ReadonlyMap<string, DocumentKind> = new Map<string, DocumentKind>([
  ['Invoice', 'invoice'],
  ['CreditNote', 'credit-note'],
  ['DebitNote', 'debit-note'],
  ['FreightInvoice', 'freight-invoice'],
  ['SelfBilledInvoice', 'self-billed-invoice'],
  ['SelfBilledCreditNote', 'self-billed-credit-note'],
  ['Order', 'order'],
  ['OrderChange', 'order-change'],
  ['OrderCancellation', 'order-change'],
  ['OrderResponse', 'order-response'],
  ['OrderResponseSimple', 'order-response'],
  ['DespatchAdvice', 'despatch-advice'],
  ['ReceiptAdvice', 'receipt-advice'],
  ['Statement', 'statement'],
  ['Reminder', 'reminder'],
  ['RemittanceAdvice', 'remittance-advice'],
]);
const CII_ROOT = 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100';
const CN_2019 = 'http://www.edrm.org.cn/schema/e-invoice/2019';

/** What the root element says a document is, and by which reader it is read if by any. */
export type Recognised = {
  readonly kind: DocumentKind;
  readonly reader: 'ubl' | 'cii' | 'cn-einvoice' | 'cn-2019' | undefined;
};

/** Recognise a document by namespace and name of its root. */
export function recognise(root: {
  readonly uri: string;
  readonly name: string;
  readonly children: readonly { readonly uri: string }[];
}): Recognised {
  const { uri, name } = root;
  const ubl = UBL_ROOT.exec(uri)?.[1];
  if (ubl !== undefined && ubl === name) {
    const kind = UBL_KINDS.get(name) ?? 'other-ubl';
    const isRead = kind === 'invoice' || kind === 'credit-note';
    return { kind, reader: isRead ? 'ubl' : undefined };
  }
  if (uri === CII_ROOT && name === 'CrossIndustryInvoice')
    return { kind: 'invoice', reader: 'cii' };
  if (name === 'EInvoice' && uri === '') return { kind: 'invoice', reader: 'cn-einvoice' };
  // The 2019 standard leaves the root itself without a namespace.
  if (name === 'eInvoice' && [uri, ...root.children.map((one) => one.uri)].includes(CN_2019)) {
    return { kind: 'invoice', reader: 'cn-2019' };
  }
  return { kind: otherKind(uri, name), reader: undefined };
}

function otherKind(uri: string, name: string): DocumentKind {
  if (name === 'CrossIndustryDocument' && uri.startsWith('urn:ferd:')) return 'zugferd-1';
  if (uri === 'http://difi.no/xsd/vefa/validator/1.0' && name === 'testSet') return 'test-set';
  if (uri === 'http://www.w3.org/2000/09/xmldsig#' && name === 'Signature') return 'signature';
  if (uri === 'http://purl.oclc.org/dsdl/schematron' && name === 'schema') return 'rule-set';
  return 'xml';
}
