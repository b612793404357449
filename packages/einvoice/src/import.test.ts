import { utf8 } from '@hanse/kit';
import { strToU8, zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CII, CN, CN_RED, CREDIT, samplesFrom, UBL } from '../test/samples.ts';
import { einvoiceBounds } from './bounds.ts';
import { importDocument, type ImportResult } from './import.ts';
import { runImport } from './job.ts';
import type { RulePack } from './rules.ts';

const { demoBytes, demoText, changed } = samplesFrom((name) =>
  readFileSync(join(import.meta.dirname, '../../../demo/invoices', name)),
);

const codesOf = ({ findings }: ImportResult): readonly string[] => findings.map(({ code }) => code);
const codeOf = (bytes: Uint8Array): string => importDocument(bytes).code;

describe('invoices', () => {
  it('UBL and CII give one canonical invoice', () => {
    const [ubl, cii] = [UBL, CII].map((name) => importDocument(demoBytes(name)));
    expect(ubl).toMatchObject({
      verdict: 'accepted',
      code: 'ACCEPTED',
      kind: 'invoice',
      syntax: 'ubl',
      isFinanceable: true,
    });
    expect(ubl?.invoice).toMatchObject({
      kind: 'invoice',
      typeCode: '380',
      number: 'MM-2026-1102',
      issueDate: '2026-11-02',
      dueDate: '2027-04-30',
      currency: 'EUR',
      seller: { name: 'Meridian Metals GmbH', country: 'AT' },
      buyer: { name: 'Northgate Cable Works GmbH' },
      amounts: { net: 23_548_824n, tax: 4_709_765n, gross: 28_258_589n, payable: 28_258_589n },
      references: { orders: ['PO-77120'], invoices: [] },
    });
    expect(ubl?.invoice?.lines[0]).toMatchObject({
      quantity: '12.540',
      unit: 'TNE',
      price: '9412.00',
      net: 11_802_648n,
    });
    const common = (one: ImportResult | undefined) => {
      const { number, issueDate, dueDate, currency, kind, references, lines } = one?.invoice ?? {};
      const ids = [one?.invoice?.seller, one?.invoice?.buyer].map((p) =>
        p?.ids.map(({ scheme, value }) => `${scheme}:${value}`).toSorted(),
      );
      return { number, issueDate, dueDate, currency, kind, references, lines, ids };
    };
    expect(common(cii)).toEqual(common(ubl));
  });

  it('数电票: blue and red', () => {
    const blue = importDocument(demoBytes(CN));
    expect(blue).toMatchObject({
      verdict: 'accepted',
      kind: 'invoice',
      syntax: 'cn-einvoice',
      isFinanceable: true,
    });
    expect(blue.invoice).toMatchObject({
      number: '26990000000000000417',
      issueDate: '2026-11-02',
      currency: 'CNY',
      amounts: { net: 87_500_000n, tax: 11_375_000n, gross: 98_875_000n, payable: undefined },
      seller: { name: '远帆精密铜材有限公司' },
    });
    const red = importDocument(demoBytes(CN_RED));
    expect(red).toMatchObject({
      verdict: 'accepted',
      code: 'NOT_FINANCEABLE_CREDIT',
      kind: 'red-letter',
      isFinanceable: false,
    });
    expect(red.invoice?.references.invoices).toEqual([
      { number: blue.invoice?.number, issueDate: undefined },
    ]);
  });

  it('a credit note names the invoice it lowers', () => {
    const note = importDocument(demoBytes(CREDIT));
    expect(note).toMatchObject({
      verdict: 'accepted',
      code: 'NOT_FINANCEABLE_CREDIT',
      kind: 'credit-note',
      isFinanceable: false,
    });
    expect(note.invoice?.references.invoices).toEqual([
      { number: 'MM-2026-1102', issueDate: '2026-11-02' },
    ]);
  });

  it('prefixes, UTF-16 and a byte order mark change nothing', () => {
    const plain = importDocument(demoBytes(UBL));
    const text = demoText(UBL);
    const prefixed = text
      .replaceAll('cbc:', 'x:')
      .replace('xmlns:cbc', 'xmlns:x')
      .replaceAll('cac:', 'cbc:')
      .replace('xmlns:cac', 'xmlns:cbc');
    const wide = `\ufeff${text.replace('UTF-8', 'UTF-16')}`;
    const utf16 = new Uint8Array(2 * wide.length);
    for (let i = 0; i < wide.length; i++)
      new DataView(utf16.buffer).setUint16(2 * i, wide.charCodeAt(i));
    for (const bytes of [utf8(prefixed), utf8(`\ufeff${text}`), utf16]) {
      const other = importDocument(bytes);
      expect(other.code).toBe('ACCEPTED');
      expect(other.invoice).toEqual(plain.invoice);
    }
  });
});

describe('findings', () => {
  it.each<readonly [string, Uint8Array, string]>([
    ['exponent', changed(UBL, [/282585\.89(?=<\/cbc:Payable)/, '2.8258589e5']), 'AMOUNT_FORMAT'],
    ['comma', changed(UBL, [/282585\.89(?=<\/cbc:Payable)/, '282,585.89']), 'AMOUNT_FORMAT'],
    [
      'negative zero',
      changed(CII, ['<ram:DuePayableAmount>282585.89', '<ram:DuePayableAmount>-0.00']),
      'AMOUNT_FORMAT',
    ],
    [
      'a sum of numbers',
      changed(CN, ['>988750.00</TotalTax', '>0.1+0.2</TotalTax']),
      'AMOUNT_FORMAT',
    ],
    [
      'three decimals in yuan',
      changed(CN, ['<TotalTaxAm>113750.00', '<TotalTaxAm>113750.000']),
      'AMOUNT_FORMAT',
    ],
    [
      'net and tax',
      changed(UBL, ['47097.65</cbc:TaxAmount>', '47097.60</cbc:TaxAmount>']),
      'ARITHMETIC_TOTAL',
    ],
    [
      'amount due',
      changed(CII, ['<ram:DuePayableAmount>282585.89', '<ram:DuePayableAmount>282585.88']),
      'ARITHMETIC_PAYABLE',
    ],
    ['lines', changed(UBL, ['118026.48', '118026.49']), 'ARITHMETIC_LINES'],
    [
      'lines of a 数电票',
      changed(CN, ['<Amount>875000.00', '<Amount>874000.00']),
      'ARITHMETIC_LINES',
    ],
    ['currency', changed(UBL, ['>EUR<', '>EURO<']), 'CURRENCY_CODE'],
    [
      'other currency',
      changed(UBL, [/PayableAmount currencyID="EUR"/, 'PayableAmount currencyID="USD"']),
      'CURRENCY_MISMATCH',
    ],
    ['date', changed(UBL, ['2026-11-02', '2026-11-31']), 'DATE_FORMAT'],
    ['date format', changed(CII, ['format="102"', 'format="610"']), 'DATE_FORMAT'],
    ['no number', changed(UBL, ['<cbc:ID>MM-2026-1102</cbc:ID>', '']), 'FIELD_MISSING'],
    ['no lines', changed(UBL, [/<cac:InvoiceLine>[^]*<\/cac:InvoiceLine>/, '']), 'FIELD_MISSING'],
    [
      'no seller',
      changed(CII, [/<ram:SellerTradeParty>[^]*<\/ram:SellerTradeParty>/, '']),
      'FIELD_MISSING',
    ],
    [
      'two numbers',
      changed(UBL, ['<cbc:IssueDate>', '<cbc:ID>2</cbc:ID><cbc:IssueDate>']),
      'SCHEMA_INVALID',
    ],
    [
      'a name UBL does not have',
      changed(UBL, ['cbc:StreetName', 'cbc:StretName'], ['/cbc:StreetName', '/cbc:StretName']),
      'SCHEMA_INVALID',
    ],
    ['totals out of order', changed(UBL, [/(<cbc:TaxExcl.*\n)(.*\n)/, '$2$1']), 'SCHEMA_INVALID'],
    [
      'number of a 数电票',
      changed(CN, [/26990000000000000417/g, '2699000000000000041']),
      'NUMBER_FORMAT',
    ],
    [
      'two numbers of a 数电票',
      changed(CN, ['26990000000000000417', '26990000000000000418']),
      'FIELDS_DISAGREE',
    ],
    [
      'check digit of a taxpayer number',
      changed(CN, ['91990000MA00041715', '91990000MA00041716']),
      'PARTY_ID_CHECKSUM',
    ],
    [
      'form of a taxpayer number',
      changed(CN, ['91990000MA00041715', '91SELLERTAXID00000X']),
      'PARTY_ID_FORMAT',
    ],
    [
      'check digit of an LEI',
      changed(UBL, ['0000HANSEMERIDIAN062', '0000HANSEMERIDIAN063']),
      'PARTY_ID_CHECKSUM',
    ],
    [
      'second invoice inside',
      changed(UBL, [
        '</Invoice>',
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/></Invoice>',
      ]),
      'MULTI_DOCUMENT',
    ],
    ['second invoice behind', utf8(demoText(UBL) + demoText(UBL)), 'MULTI_DOCUMENT'],
    [
      'second root behind',
      utf8(demoText(UBL) + demoText(UBL).replace(/^<\?xml.*\?>/, '')),
      'MULTI_DOCUMENT',
    ],
    [
      'both in one',
      utf8(`<all>${[UBL, CII].map((n) => demoText(n).replace(/^<\?xml.*\?>/, '')).join('')}</all>`),
      'MULTI_DOCUMENT',
    ],
    ['document type', changed(UBL, ['<Invoice ', '<!DOCTYPE Invoice><Invoice ']), 'UNSAFE_XML'],
  ])('%s: refused', (_, bytes, code) => {
    const result = importDocument(bytes);
    expect([result.verdict, result.code, result.isFinanceable]).toEqual(['refused', code, false]);
  });

  it.each<readonly [string, Uint8Array, string]>([
    [
      'check digit of a VAT number',
      changed(UBL, ['ATU00004173', 'ATU00004174']),
      'PARTY_ID_CHECKSUM',
    ],
    ['form of a VAT number', changed(UBL, ['ATU00004173', 'ATU000041730']), 'PARTY_ID_FORMAT'],
    ['check digit of a GLN', changed(UBL, ['9520000004170', '9520000004171']), 'PARTY_ID_CHECKSUM'],
    ['due before issue', changed(UBL, ['2027-04-30', '2026-10-30']), 'DUE_BEFORE_ISSUE'],
    ['seller is buyer', changed(UBL, ['ATU00008829', 'ATU00004173']), 'SELLER_IS_BUYER'],
  ])('%s: a warning', (_, bytes, code) => {
    const result = importDocument(bytes);
    expect([result.verdict, result.code]).toEqual(['accepted', 'ACCEPTED']);
    expect(codesOf(result)).toContain(code);
  });

  it('one fen off is accepted in a 数电票, two are not', () => {
    expect(codeOf(changed(CN, ['113750.00</TotalTaxAm>', '113750.01</TotalTaxAm>']))).toBe(
      'ACCEPTED',
    );
    expect(codeOf(changed(CN, ['113750.00</TotalTaxAm>', '113750.02</TotalTaxAm>']))).toBe(
      'ARITHMETIC_TOTAL',
    );
  });

  it('nothing due, less than nothing, and pro forma cannot be financed', () => {
    const zero = changed(UBL, [
      /<cbc:PayableAmount.*/,
      '<cbc:PrepaidAmount currencyID="EUR">282585.89</cbc:PrepaidAmount><cbc:PayableAmount currencyID="EUR">0.00</cbc:PayableAmount>',
    ]);
    const less = changed(UBL, [
      /<cbc:PayableAmount.*/,
      '<cbc:PrepaidAmount currencyID="EUR">282585.90</cbc:PrepaidAmount><cbc:PayableAmount currencyID="EUR">-0.01</cbc:PayableAmount>',
    ]);
    const proforma = changed(UBL, ['>380<', '>325<']);
    const expected = ['NOT_FINANCEABLE_ZERO', 'NOT_FINANCEABLE_NEGATIVE', 'NOT_FINANCEABLE_KIND'];
    expect([zero, less, proforma].map((bytes) => importDocument(bytes))).toMatchObject(
      expected.map((code) => ({ verdict: 'accepted', code, isFinanceable: false })),
    );
  });

  it('have a path, and sentences in two languages', () => {
    const result = importDocument(changed(UBL, [/282585\.89(?=<\/cbc:Payable)/, '1e3']));
    expect(result.findings[0]).toEqual({
      severity: 'error',
      code: 'AMOUNT_FORMAT',
      path: '/Invoice/LegalMonetaryTotal/PayableAmount',
      en: 'Not an amount as it must be written: 1e3.',
      zh: '金额格式不正确：1e3。',
    });
  });

  it('quote little of the document and are few', () => {
    const long = changed(UBL, [
      /282585\.89(?=<\/cbc:Payable)/,
      `<![CDATA[${'\u0007x'.slice(1).repeat(5_000)}]]>`,
    ]);
    expect(importDocument(long).findings[0]?.en.length).toBeLessThan(200);
    const many = changed(UBL, ['</Invoice>', `${'<cbc:Wrong/>'.repeat(5_000)}</Invoice>`]);
    expect(importDocument(many).findings).toHaveLength(einvoiceBounds.findingsMax);
  });
});

describe('anything else is named', () => {
  const ubl = (name: string): string =>
    `<${name} xmlns="urn:oasis:names:specification:ubl:schema:xsd:${name}-2"/>`;
  it.each([
    ['Order', 'order'],
    ['OrderChange', 'order-change'],
    ['OrderResponseSimple', 'order-response'],
    ['DespatchAdvice', 'despatch-advice'],
    ['ReceiptAdvice', 'receipt-advice'],
    ['Statement', 'statement'],
    ['Reminder', 'reminder'],
    ['RemittanceAdvice', 'remittance-advice'],
    ['FreightInvoice', 'freight-invoice'],
    ['DebitNote', 'debit-note'],
    ['SelfBilledInvoice', 'self-billed-invoice'],
    ['Waybill', 'other-ubl'],
  ])('UBL %s', (name, kind) => {
    const result = importDocument(utf8(ubl(name)));
    expect(result).toMatchObject({ verdict: 'not-an-invoice', code: 'NOT_AN_INVOICE', kind });
    expect(result.invoice).toBeUndefined();
  });

  it.each<readonly [string, string | Uint8Array, string, string, string]>([
    ['JSON', '{"Invoice": 1}', 'not-an-invoice', 'NOT_AN_INVOICE', 'json'],
    ['PDF', '%PDF-1.7', 'not-an-invoice', 'NOT_AN_INVOICE', 'pdf'],
    [
      'a picture',
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0),
      'not-an-invoice',
      'NOT_AN_INVOICE',
      'image',
    ],
    ['a text', 'Dear all,', 'not-an-invoice', 'NOT_AN_INVOICE', 'text'],
    ['bytes', Uint8Array.of(1, 2, 3), 'not-an-invoice', 'UNKNOWN_DOCUMENT', 'unknown'],
    ['nothing', '', 'refused', 'EMPTY', 'unknown'],
    ['other XML', '<a/>', 'not-an-invoice', 'UNKNOWN_DOCUMENT', 'xml'],
    ['an Invoice of nobody', '<Invoice/>', 'not-an-invoice', 'UNKNOWN_DOCUMENT', 'xml'],
    [
      'a signature',
      '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
      'not-an-invoice',
      'NOT_AN_INVOICE',
      'signature',
    ],
    [
      'ZUGFeRD 1',
      '<a:CrossIndustryDocument xmlns:a="urn:ferd:CrossIndustryDocument:invoice:1p0"/>',
      'refused',
      'SYNTAX_UNSUPPORTED',
      'zugferd-1',
    ],
    ['an envelope', `<a>${ubl('Invoice')}</a>`, 'not-an-invoice', 'NOT_AN_INVOICE', 'envelope'],
    [
      'an archive',
      zipSync({ 'a.txt': strToU8('a') }),
      'not-an-invoice',
      'UNKNOWN_DOCUMENT',
      'archive',
    ],
    ['10 MB', new Uint8Array(10_000_000).fill(0x3c), 'refused', 'TOO_LARGE', 'xml'],
  ])('%s', (_, content, verdict, code, kind) => {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    expect(importDocument(bytes)).toMatchObject({ verdict, code, kind });
  });
});

describe('OFD', () => {
  const ofd = (custom: Readonly<Record<string, string>>, attached?: string): Uint8Array => {
    const data = Object.entries(custom).map(
      ([name, text]) => `<o:CustomData Name="${name}">${text}</o:CustomData>`,
    );
    const root = `<o:OFD xmlns:o="http://www.ofdspec.org/2016"><o:DocBody>${data.join('')}</o:DocBody></o:OFD>`;
    const list = `<o:Attachments xmlns:o="http://www.ofdspec.org/2016"><o:Attachment><o:FileLoc>a.xml</o:FileLoc></o:Attachment></o:Attachments>`;
    const files = { 'OFD.xml': strToU8(root) };
    if (attached === undefined) return zipSync(files);
    return zipSync({
      ...files,
      'Doc_0/Attachs/Attachments.xml': strToU8(list),
      'Doc_0/Attachs/a.xml': strToU8(attached),
    });
  };
  const custom = {
    发票号码: '26990000000000000417',
    开票日期: '2026年11月02日',
    合计金额: '875000.00',
    合计税额: '113750.00',
    销售方纳税人识别号: '91990000MA00041715',
    购买方纳税人识别号: '91990000MA0008821L',
  };

  it('gives the same X as the XML, from its attachment and from its custom data', () => {
    const xml = importDocument(demoBytes(CN));
    for (const bytes of [ofd(custom), ofd(custom, demoText(CN)), ofd({}, demoText(CN))]) {
      const result = importDocument(bytes);
      expect(result).toMatchObject({ verdict: 'accepted', kind: 'invoice', syntax: 'cn-ofd' });
      expect(result.keys?.X).toBe(xml.keys?.X);
    }
    expect(codesOf(importDocument(ofd(custom)))).toContain('AMOUNT_DERIVED');
  });

  it('is refused when the two disagree, or when it holds two documents', () => {
    const other = ofd({ ...custom, 合计金额: '8750.00' }, demoText(CN));
    expect(codeOf(other)).toBe('FIELDS_DISAGREE');
    const twice = zipSync({
      'OFD.xml': strToU8('<OFD><DocBody/><DocBody/></OFD>'),
    });
    expect(codeOf(twice)).toBe('MULTI_DOCUMENT');
    const two = zipSync({
      'OFD.xml': strToU8('<OFD/>'),
      'a/original_invoice.xml': strToU8(demoText(CN)),
      'b/original_invoice.xml': strToU8(demoText(CN)),
    });
    expect(codeOf(two)).toBe('MULTI_DOCUMENT');
  });

  it('without an invoice is named; a document type inside is refused', () => {
    expect(importDocument(ofd({}))).toMatchObject({ code: 'NOT_AN_INVOICE', kind: 'ofd-pages' });
    expect(codeOf(ofd({}, `<!DOCTYPE a>${demoText(CN).replace(/^<\?xml.*\?>/, '')}`))).toBe(
      'UNSAFE_XML',
    );
  });
});

describe('rules', () => {
  const pack = (fatal: readonly string[], warning: readonly string[] = []): RulePack => ({
    name: 'EN16931 1.3.16',
    check: () => ({ fatal, warning }),
  });

  it('without a pack the result says that none were checked', () => {
    const result = importDocument(demoBytes(UBL));
    expect(result.rules).toBe('not-checked');
    expect(codesOf(result)).toContain('RULES_NOT_CHECKED');
    const words = JSON.stringify(result.findings);
    expect(words).not.toMatch(/\bvalid\b|有效|合规/);
  });

  it('a broken rule refuses the document under its id', () => {
    const result = importDocument(demoBytes(UBL), { rulePack: pack(['BR-16'], ['UBL-CR-001']) });
    expect(result).toMatchObject({
      verdict: 'refused',
      code: 'EN16931:BR-16',
      isFinanceable: false,
      rules: { pack: 'EN16931 1.3.16', fatal: ['BR-16'], warnings: ['UBL-CR-001'] },
    });
    expect(importDocument(demoBytes(UBL), { rulePack: pack([], ['UBL-CR-001']) }).verdict).toBe(
      'accepted',
    );
  });

  it('a pack that throws was not run; Chinese invoices are not asked', () => {
    const broken: RulePack = {
      name: 'EN16931 1.3.16',
      check: () => {
        throw new Error('no');
      },
    };
    const result = importDocument(demoBytes(CII), { rulePack: broken });
    expect([result.verdict, result.rules]).toEqual(['accepted', 'not-checked']);
    expect(codesOf(result)).toContain('RULE_PACK_FAILED');
    expect(importDocument(demoBytes(CN), { rulePack: pack(['BR-16']) }).rules).toBe('not-checked');
  });
});

describe('jobs', () => {
  it('answer with plain data that survives a thread', () => {
    const answer = runImport({ id: 7, bytes: demoBytes(UBL), fileName: UBL });
    expect(structuredClone(answer)).toEqual(answer);
    expect([answer.id, answer.result.fileName, answer.result.code]).toEqual([7, UBL, 'ACCEPTED']);
  });
});
