import { must } from '@hanse/kit';
import { packLimits } from '../limits.ts';
import { normalizeSpace } from '../functions/text.ts';
import { stringValue, type XmlNode, type XmlTree } from '../tree.ts';
import { parseLocated, type LocatedTree } from '../xml.ts';
import { PackRefused, refuse, type Place } from './problem.ts';
import type { CheckSource, LetSource, PatternSource, RuleSource, SchemaSource } from './schema.ts';

/** The namespace of ISO Schematron. */
const SCH = 'http://purl.oclc.org/dsdl/schematron';
/** The namespace of XSLT. */
export const XSL = 'http://www.w3.org/1999/XSL/Transform';

const BINDINGS = new Set(['xslt2', 'xpath2']);
/** Elements that carry documentation or choose among patterns; all patterns run. */
const READ_OVER = new Set(['title', 'p', 'phase', 'diagnostics', 'properties', 'span', 'emph']);
const WARNINGS = new Set(['warning', 'warn', 'info', 'information']);

/** Read the text of a Schematron file. Throws PackRefused. */
export function readSchema(text: string): { source: SchemaSource; reader: Reader } {
  const parsed = parseLocated(text, {
    bytesMax: packLimits.textBytesMax,
    depthMax: packLimits.depthMax,
    nodesMax: packLimits.nodesMax,
  });
  if (!parsed.ok) {
    const { code, message, line } = parsed.error;
    throw new PackRefused({ code, message, rule: '', line, offset: undefined });
  }
  const reader = new Reader(parsed.value);
  return { source: reader.schema(), reader };
}

/** Values of an abstract pattern's parameters. */
type Params = ReadonlyMap<string, string>;
const NO_PARAMS: Params = new Map();

/** Reads elements of a rule file. */
export class Reader {
  readonly #tree: XmlTree;
  readonly #lines: ReadonlyMap<XmlNode, number>;
  readonly #declared: ReadonlyMap<string, string>;
  #rules = 0;
  #checks = 0;

  constructor({ tree, lines, prefixes }: LocatedTree) {
    this.#tree = tree;
    this.#lines = lines;
    this.#declared = prefixes;
  }

  schema(): SchemaSource {
    const root = must(
      this.#tree.document.children.find(({ kind }) => kind === 'element'),
      'a well-formed document has a root element',
    );
    if (!this.is(root, SCH, 'schema')) {
      refuse('NotSchematron', 'the root element is not schema of ISO Schematron', this.place(root));
    }
    const binding = this.attribute(root, 'queryBinding') ?? 'xslt';
    if (!BINDINGS.has(binding.toLowerCase())) {
      refuse('NotSupported', `the query binding ${binding} is not supported`, this.place(root));
    }
    const parts = this.#parts(root, ['ns', 'let', 'pattern'], { withFunctions: true });
    const patterns = parts.filter((node) => this.is(node, SCH, 'pattern'));
    return {
      title: normalizeSpace(this.#textOf(root, 'title')),
      prefixes: this.#prefixes(parts),
      lets: this.#lets(parts, NO_PARAMS),
      patterns: patterns
        .filter((node) => this.attribute(node, 'abstract') !== 'true')
        .map((node) => this.#pattern(node, patterns)),
      functions: parts.filter((node) => this.is(node, XSL, 'function')),
    };
  }

  /** Whether a node is an element of that name. */
  is(node: XmlNode, ns: string, local: string): boolean {
    const name = this.#tree.names[node.name];
    return node.kind === 'element' && name?.ns === ns && name.local === local;
  }

  /** Value of an attribute in no namespace. */
  attribute(node: XmlNode, local: string): string | undefined {
    return node.attributes.find(({ name }) => {
      const known = this.#tree.names[name];
      return known?.ns === '' && known.local === local;
    })?.text;
  }

  /** Value of an attribute that must be there. */
  need(node: XmlNode, local: string): string {
    const value = this.attribute(node, local);
    return value ?? refuse('WrongStructure', `the attribute ${local} is missing`, this.place(node));
  }

  /** Where an element stands; it is called by its id or its name. */
  place(node: XmlNode): Place {
    const rule = this.attribute(node, 'id') ?? this.attribute(node, 'name') ?? this.localName(node);
    return { rule, line: this.#lines.get(node) ?? 0 };
  }

  localName(node: XmlNode): string {
    return this.#tree.names[node.name]?.local ?? '';
  }

  /** Child elements. */
  elements(node: XmlNode): readonly XmlNode[] {
    return node.children.filter(({ kind }) => kind === 'element');
  }

  /** Whether there is text that is more than white space. */
  hasText(node: XmlNode): boolean {
    return node.children.some(({ kind, text }) => kind === 'text' && /[^ \t\r\n]/.test(text ?? ''));
  }

  /** All text inside. */
  text(node: XmlNode): string {
    return stringValue(this.#tree, node);
  }

  /** Child elements that are among those expected; documentation is left out, others refused. */
  #parts(
    node: XmlNode,
    expected: readonly string[],
    { withFunctions }: { readonly withFunctions: boolean },
  ): readonly XmlNode[] {
    return this.elements(node).filter((child) => {
      const { ns, local } = must(this.#tree.names[child.name], 'an element has a name');
      if (ns === SCH && expected.includes(local)) return true;
      if (ns === SCH && READ_OVER.has(local)) return false;
      if (withFunctions && this.is(child, XSL, 'function')) return true;
      return refuse(
        'NotSupported',
        `the element ${local} is not supported here`,
        this.place(child),
      );
    });
  }

  #textOf(node: XmlNode, local: string): string {
    const child = this.elements(node).find((one) => this.is(one, SCH, local));
    return child === undefined ? '' : stringValue(this.#tree, child);
  }

  #prefixes(parts: readonly XmlNode[]): ReadonlyMap<string, string> {
    const declared = parts.filter((node) => this.is(node, SCH, 'ns'));
    // Functions of XSLT are named by prefixes of the file itself.
    return new Map([
      ...this.#declared,
      ...declared.map((node) => [this.need(node, 'prefix'), this.need(node, 'uri')] as const),
    ]);
  }

  #lets(parts: readonly XmlNode[], params: Params): readonly LetSource[] {
    return parts
      .filter((node) => this.is(node, SCH, 'let'))
      .map((node) => ({
        ...this.place(node),
        name: this.need(node, 'name'),
        value: fillIn(this.need(node, 'value'), params),
      }));
  }

  #pattern(node: XmlNode, patterns: readonly XmlNode[]): PatternSource {
    const template = this.attribute(node, 'is-a');
    if (template === undefined) return this.#concrete(node, NO_PARAMS, this.place(node));
    const base = patterns.find(
      (one) => this.attribute(one, 'abstract') === 'true' && this.attribute(one, 'id') === template,
    );
    if (base === undefined) {
      refuse('WrongStructure', `there is no abstract pattern ${template}`, this.place(node));
    }
    const given = this.#parts(node, ['param'], { withFunctions: false });
    const params = given.map(
      (param) => [this.need(param, 'name'), this.need(param, 'value')] as const,
    );
    return this.#concrete(base, new Map(params), this.place(node));
  }

  #concrete(node: XmlNode, params: Params, place: Place): PatternSource {
    const parts = this.#parts(node, ['let', 'rule', 'param'], { withFunctions: false });
    const rules = parts.filter((part) => this.is(part, SCH, 'rule'));
    return {
      ...place,
      lets: this.#lets(parts, params),
      rules: rules
        .filter((rule) => this.attribute(rule, 'abstract') !== 'true')
        .map((rule) => this.#rule(rule, params, rules)),
    };
  }

  #rule(node: XmlNode, params: Params, rules: readonly XmlNode[]): RuleSource {
    if (++this.#rules > packLimits.rulesMax) {
      refuse('TooLarge', `more than ${packLimits.rulesMax} rules`, this.place(node));
    }
    const context = fillIn(this.need(node, 'context'), params);
    const parts = this.#withExtended(node, rules, 0);
    const isCheck = (part: XmlNode): boolean =>
      this.is(part, SCH, 'assert') || this.is(part, SCH, 'report');
    return {
      rule: this.attribute(node, 'id') ?? context,
      line: this.place(node).line,
      context,
      lets: this.#lets(parts, params),
      checks: parts.filter(isCheck).map((part) => this.#check(part, node, params)),
    };
  }

  /** The parts of a rule, those of the abstract rules that it extends in their place. */
  #withExtended(node: XmlNode, rules: readonly XmlNode[], depth: number): readonly XmlNode[] {
    if (depth > packLimits.depthMax) {
      refuse('WrongStructure', 'abstract rules extend each other', this.place(node));
    }
    const expected = ['let', 'assert', 'report', 'extends'];
    return this.#parts(node, expected, { withFunctions: false }).flatMap((part) => {
      if (!this.is(part, SCH, 'extends')) return [part];
      if (this.attribute(part, 'href') !== undefined) {
        refuse('NotSupported', 'extends of another file is not supported', this.place(part));
      }
      const name = this.need(part, 'rule');
      const base = rules.find(
        (one) => this.attribute(one, 'abstract') === 'true' && this.attribute(one, 'id') === name,
      );
      if (base === undefined) {
        refuse('WrongStructure', `there is no abstract rule ${name}`, this.place(part));
      }
      return this.#withExtended(base, rules, depth + 1);
    });
  }

  #check(node: XmlNode, rule: XmlNode, params: Params): CheckSource {
    if (++this.#checks > packLimits.checksMax) {
      refuse('TooLarge', `more than ${packLimits.checksMax} checks`, this.place(node));
    }
    const line = this.#lines.get(node) ?? 0;
    const id = this.attribute(node, 'id') ?? `line-${line}`;
    return {
      rule: id,
      line,
      id,
      kind: this.is(node, SCH, 'assert') ? 'assert' : 'report',
      level: this.#isWarning(node, rule) ? 'warning' : 'fatal',
      test: fillIn(this.need(node, 'test'), params),
      text: normalizeSpace(fillIn(stringValue(this.#tree, node), params)),
    };
  }

  #isWarning(node: XmlNode, rule: XmlNode): boolean {
    const level =
      this.attribute(node, 'flag') ??
      this.attribute(node, 'role') ??
      this.attribute(rule, 'flag') ??
      this.attribute(rule, 'role');
    return level !== undefined && WARNINGS.has(level.toLowerCase());
  }
}

/** Replace `$name` by the parameter's text, as abstract patterns ask for. */
function fillIn(text: string, params: Params): string {
  if (params.size === 0) return text;
  return text.replace(/\$([\p{L}_][\p{L}\p{N}._-]*)/gu, (whole, name: string) => {
    return params.get(name) ?? whole;
  });
}
