import { einvoiceBounds } from './bounds.ts';
import { checkFinanceable, checkInvoice } from './check/invoice.ts';
import { decodeText } from './decode.ts';
import { Findings, Refusal, type Finding } from './finding.ts';
import type { Draft, Invoice, Syntax } from './invoice.ts';
import { businessKeys, keyPartWords, type BusinessKeys, type KeyPart } from './keys.ts';
import { kindNames, recognise, type DocumentKind, type Recognised } from './kinds.ts';
import { readCii } from './read/cii.ts';
import { readCnEInvoice } from './read/cn.ts';
import { readCn2019 } from './read/cn2019.ts';
import { isOfd, readOfd } from './read/ofd.ts';
import { checkUblNames } from './read/schema.ts';
import { readUbl } from './read/ubl.ts';
import { checkRules, type RulePack, type RulesOutcome } from './rules.ts';
import { contentOf, type Content } from './sniff.ts';
import { parseXml, walk, type XmlElement } from './xml.ts';
import { openZip } from './zip.ts';

/**
 * `accepted`: an invoice or credit note read without an error; whether rules were checked stands in
 * `rules`. `refused`: it has an error. `not-an-invoice`: something else, named by `kind`.
 */
export type ImportVerdict = 'accepted' | 'refused' | 'not-an-invoice';

/** What became of a document. Plain data: it may cross a thread. */
export type ImportResult = {
  readonly verdict: ImportVerdict;
  /** The first error, else why it cannot be financed, else `ACCEPTED`. */
  readonly code: Finding['code'];
  readonly kind: DocumentKind;
  readonly syntax: Syntax | undefined;
  readonly fileName: string | undefined;
  /** Whether a claim can be made on it as far as the document alone tells. */
  readonly isFinanceable: boolean;
  /** What could be read, also of a refused document. */
  readonly invoice: Invoice | undefined;
  readonly keys: BusinessKeys | undefined;
  readonly rules: RulesOutcome;
  readonly findings: readonly Finding[];
};

/** What an import may be given beside the bytes. */
export type ImportOptions = {
  /** Shown in the result; never decides anything. */
  readonly fileName?: string | undefined;
  readonly rulePack?: RulePack | undefined;
};

type Read = { readonly kind: DocumentKind; readonly draft?: Draft; readonly rules?: RulesOutcome };

/**
 * Read a document: any bytes end in a verdict with a code, none in an exception. A file that holds
 * no invoice is named; an invoice is read into the canonical form and checked.
 */
export function importDocument(bytes: Uint8Array, options: ImportOptions = {}): ImportResult {
  const findings = new Findings();
  const content = contentOf(bytes);
  let read: Read = { kind: kindOfContent(content) };
  try {
    read = readContent(content, bytes, findings, options.rulePack);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    findings.push(error.finding);
    if (error.message === 'MULTI_DOCUMENT') read = { kind: 'multi-document' };
  }
  return conclude(read, findings, options.fileName);
}

function kindOfContent(content: Content): DocumentKind {
  if (content === 'zip') return 'archive';
  return content === 'empty' || content === 'other' ? 'unknown' : content;
}

function readContent(
  content: Content,
  bytes: Uint8Array,
  findings: Findings,
  pack: RulePack | undefined,
): Read {
  const { documentBytes } = einvoiceBounds;
  if (content === 'empty') throw new Refusal('EMPTY');
  if (bytes.length >= documentBytes) {
    throw new Refusal('TOO_LARGE', '/', {
      what: { en: 'bytes', zh: '字节数' },
      max: documentBytes,
    });
  }
  if (content === 'xml') return readXml(bytes, findings, pack);
  if (content === 'zip') return readZip(bytes, findings);
  const kind = content === 'other' ? kindOfText(bytes) : kindOfContent(content);
  findings.add(kind === 'unknown' ? 'UNKNOWN_DOCUMENT' : 'NOT_AN_INVOICE', '/', {
    kind: kindNames[kind],
    what: kindNames[kind],
  });
  return { kind };
}

function kindOfText(bytes: Uint8Array): DocumentKind {
  try {
    return /\p{Cc}/u.test(decodeText(bytes).text.replace(/[\t\r\n\f]/g, '')) ? 'unknown' : 'text';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return 'unknown';
  }
}

function readZip(bytes: Uint8Array, findings: Findings): Read {
  const archive = openZip(bytes);
  if (!isOfd(archive)) {
    findings.add('UNKNOWN_DOCUMENT', '/', { what: kindNames.archive });
    return { kind: 'archive' };
  }
  const draft = readOfd(archive, findings);
  if (draft === undefined) {
    findings.add('NOT_AN_INVOICE', '/', { kind: kindNames['ofd-pages'] });
    return { kind: 'ofd-pages' };
  }
  checkInvoice(draft, findings);
  return { kind: draft.invoice.kind, draft };
}

function readXml(bytes: Uint8Array, findings: Findings, pack: RulePack | undefined): Read {
  const root = parseXml(decodeText(bytes));
  const recognised = recognise(root);
  const inside = [...walk(root)].filter((one) => one !== root && isInvoiceRoot(one));
  if (recognised.reader === undefined) return nameXml(root, recognised.kind, inside, findings);
  if (inside.length > 0) throw new Refusal('MULTI_DOCUMENT');
  const draft = readers[recognised.reader](root, findings);
  checkInvoice(draft, findings);
  const { syntax, kind } = draft.invoice;
  const isEuropean = syntax === 'ubl' || syntax === 'cii';
  return isEuropean
    ? { kind, draft, rules: checkRules(pack, bytes, syntax, findings) }
    : { kind, draft };
}

const readers: Readonly<
  Record<NonNullable<Recognised['reader']>, (root: XmlElement, findings: Findings) => Draft>
> = { ubl: readUbl, cii: readCii, 'cn-einvoice': readCnEInvoice, 'cn-2019': readCn2019 };

function isInvoiceRoot(element: XmlElement): boolean {
  return recognise(element).reader !== undefined;
}

/** Name a document that is not read, by its root and by the invoices inside it. */
function nameXml(
  root: XmlElement,
  kind: DocumentKind,
  inside: readonly XmlElement[],
  findings: Findings,
): Read {
  if (inside.length > 1) {
    findings.add('MULTI_DOCUMENT', '/');
    return { kind: kind === 'test-set' ? kind : 'multi-document' };
  }
  if (kind === 'xml' && inside.length === 1) {
    findings.add('NOT_AN_INVOICE', '/', { kind: kindNames.envelope });
    return { kind: 'envelope' };
  }
  if (kind === 'xml') {
    findings.add('UNKNOWN_DOCUMENT', `/${root.name}`, { what: root.name });
  } else if (kind === 'zugferd-1') {
    findings.add('SYNTAX_UNSUPPORTED', `/${root.name}`, { kind: kindNames[kind] });
  } else {
    if (kind !== 'other-ubl') checkUblNames(root, findings);
    findings.add('NOT_AN_INVOICE', `/${root.name}`, { kind: kindNames[kind] });
  }
  return { kind };
}

const NOT_INVOICE_CODES: ReadonlySet<string> = new Set(['NOT_AN_INVOICE', 'UNKNOWN_DOCUMENT']);

function conclude(read: Read, findings: Findings, fileName: string | undefined): ImportResult {
  const { kind, draft } = read;
  const invoice = draft?.invoice;
  const isFinanceable = invoice !== undefined && checkFinanceable(invoice, findings);
  const keys = invoice === undefined ? undefined : keysOf(invoice, findings);
  if (invoice?.isSigned === true) findings.add('SIGNATURE_NOT_CHECKED', '/');
  const { list, hasError } = findings;
  const first =
    list.find(({ severity }) => severity === 'error') ??
    list.find(({ code }) => code.startsWith('NOT_FINANCEABLE'));
  const isOther = hasError && NOT_INVOICE_CODES.has(first?.code ?? '');
  const verdict = hasError ? 'refused' : 'accepted';
  return {
    verdict: isOther ? 'not-an-invoice' : verdict,
    code: first?.code ?? 'ACCEPTED',
    kind,
    syntax: invoice?.syntax,
    fileName: fileName?.slice(0, einvoiceBounds.fileNameCharsMax),
    isFinanceable: isFinanceable && !hasError,
    invoice,
    keys,
    rules: read.rules ?? 'not-checked',
    findings: list,
  };
}

function keysOf(invoice: Invoice, findings: Findings): BusinessKeys {
  const keys = businessKeys(invoice, { version: 1 });
  const parts = Object.keys(keyPartWords) as KeyPart[];
  const missing = parts.filter((part) => keys.review.includes(`${part}-missing`));
  if (missing.length > 0) {
    const words = missing.map((part) => keyPartWords[part]);
    findings.add('KEY_INCOMPLETE', '/', {
      missing: {
        en: words.map(({ en }) => en).join(', '),
        zh: words.map(({ zh }) => zh).join('、'),
      },
    });
  }
  if (keys.review.includes('number-not-ascii')) {
    findings.add('NUMBER_NOT_ASCII', '/', { value: invoice.number ?? '' });
  }
  return keys;
}
