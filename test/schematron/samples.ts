import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkLimits,
  compileSchematron,
  parseXml,
  type RuleSet,
  type XmlNode,
  type XmlTree,
} from '@hanse/schematron';

/** Programs of tools/run.mjs lie elsewhere than their sources and are told where the checkout is. */
const ROOT = process.env['HANSE_ROOT'] ?? join(import.meta.dirname, '../..');
/** Sample invoices and the published rules: third-party data that stays outside the project. */
const SHARED = process.env['HANSE_SHARED'] ?? join(ROOT, '../shared');
const INVOICES = join(SHARED, 'data/einvoice');
const RULES = {
  ubl: 'rules/EN16931-UBL-validation-preprocessed.sch',
  cii: 'rules/EN16931-CII-validation-preprocessed.sch',
} as const;

/** The two syntaxes of EN 16931. */
export type Syntax = keyof typeof RULES;

/** Whether the sample data is there. */
export const isPresent = existsSync(join(INVOICES, RULES.ubl));

/** Why a suite is skipped. */
export const ABSENT =
  'sample data is absent: set HANSE_SHARED to the folder that holds data/einvoice';

/** The published rules of a syntax. */
export function readRules(syntax: Syntax): string {
  return readFileSync(join(INVOICES, RULES[syntax]), 'utf8');
}

/** The published rules of a syntax, compiled. */
export function compileRules(syntax: Syntax): RuleSet {
  const compiled = compileSchematron(readRules(syntax));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

/** A whole invoice with how often each rule fires. */
export type WholeInvoice = {
  readonly file: string;
  readonly syntax: Syntax;
  readonly bytes: Uint8Array;
  readonly fatal: Readonly<Record<string, number>>;
  readonly warning: Readonly<Record<string, number>>;
};

/** All whole invoices that have an expectation. */
export function readInvoices(): readonly WholeInvoice[] {
  const path = join(INVOICES, 'expected/en16931-1.3.16-full-documents.json');
  const entries = JSON.parse(readFileSync(path, 'utf8')) as readonly (Partial<WholeInvoice> & {
    readonly file: string;
  })[];
  return entries.flatMap(({ file, syntax, fatal, warning }) =>
    syntax && fatal && warning
      ? [{ file, syntax, fatal, warning, bytes: readFileSync(join(INVOICES, file)) }]
      : [],
  );
}

/** A document of a unit file with the rules that must, or must not, fire. */
export type UnitDocument = {
  readonly name: string;
  readonly syntax: Syntax;
  readonly bytes: Uint8Array;
  readonly expected: readonly {
    readonly rule: string;
    readonly fires: boolean;
    /** How often, where the file says so. */
    readonly count: number | undefined;
  }[];
};

/** All unit documents. */
export function readUnits(): readonly UnitDocument[] {
  return (['unit-invoice', 'unit-creditnote', 'unit-cii'] as const).flatMap((folder) =>
    readdirSync(join(INVOICES, 'en16931', folder)).flatMap((file) =>
      unitsOf(`${folder}/${file}`, folder === 'unit-cii' ? 'cii' : 'ubl'),
    ),
  );
}

function unitsOf(name: string, syntax: Syntax): readonly UnitDocument[] {
  const parsed = parseXml(readFileSync(join(INVOICES, 'en16931', name)), checkLimits);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.error.message}`);
  const tree = parsed.value;
  const root = tree.document.children.find(({ kind }) => kind === 'element');
  const tests = elements(root).filter((node) => nameOf(tree, node) === 'test');
  return tests.map((test, index) => {
    const [assertion, document] = elements(test);
    if (!assertion || !document) throw new Error(`${name} has a test without a document`);
    return {
      name: `${name} ${index + 1}`,
      syntax,
      bytes: new TextEncoder().encode(write(tree, document)),
      expected: elements(assertion)
        .filter((node) => /^(success|error|warning|fatal)$/.test(nameOf(tree, node)))
        .map((node) => ({
          rule: node.children
            .map(({ text }) => text ?? '')
            .join('')
            .trim(),
          fires: nameOf(tree, node) !== 'success',
          count: countOf(node),
        })),
    };
  });
}

function countOf(node: XmlNode): number | undefined {
  const [number] = node.attributes;
  return number === undefined ? undefined : Number(number.text);
}

function elements(node: XmlNode | undefined): readonly XmlNode[] {
  return (node?.children ?? []).filter(({ kind }) => kind === 'element');
}

function nameOf(tree: XmlTree, node: XmlNode): string {
  return tree.names[node.name]?.local ?? '';
}

/** An element as a document of its own, with its namespaces. */
function write(tree: XmlTree, node: XmlNode): string {
  if (node.kind === 'text') return escape(node.text ?? '');
  if (node.kind !== 'element') return '';
  const { ns = '' } = tree.names[node.name] ?? {};
  const name = node.prefix === '' ? nameOf(tree, node) : `${node.prefix}:${nameOf(tree, node)}`;
  const attributes = node.attributes.map(
    (one) => ` ${nameOf(tree, one)}="${escape(one.text ?? '')}"`,
  );
  const declaration = node.prefix === '' ? 'xmlns' : `xmlns:${node.prefix}`;
  const inside = node.children.map((child) => write(tree, child)).join('');
  return `<${name} ${declaration}="${escape(ns)}"${attributes.join('')}>${inside}</${name}>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
