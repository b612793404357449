import { SaxesParser } from 'saxes';
import { einvoiceBounds } from './bounds.ts';
import type { Decoded } from './decode.ts';
import { Refusal, type Words } from './finding.ts';

/** An element of a document; compared by namespace and local name, never by prefix. */
export type XmlElement = {
  readonly uri: string;
  readonly name: string;
  /** Attributes without a namespace, by name. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: XmlElement | undefined;
  readonly children: readonly XmlElement[];
  /** Text directly inside, layout included; empty for embedded files, which are not kept. */
  readonly text: string;
  /** Its place among the siblings of its name, from 1. */
  readonly position: number;
  /** How many children there are of each name. */
  readonly counts: ReadonlyMap<string, number>;
};

type Building = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & {
  parent: Building | undefined;
  readonly children: Building[];
  readonly counts: Map<string, number>;
  textChars: number;
};

const EMBEDDED: ReadonlySet<string> = new Set([
  'EmbeddedDocumentBinaryObject',
  'AttachmentBinaryObject',
  'BinaryObject',
]);
const NODES: Words = { en: 'elements and attributes', zh: '元素与属性的数量' };
const TEXT: Words = { en: 'characters of one text', zh: '单个文本的字符数' };
const ATTRIBUTES: Words = { en: 'attributes of one element', zh: '单个元素的属性数' };
const ATTRIBUTE: Words = { en: 'characters of one attribute', zh: '单个属性的字符数' };
const NAME: Words = { en: 'characters of one name', zh: '单个名称的字符数' };
const DOCTYPE: Words = { en: 'a document type', zh: '文档类型声明（DTD）' };
const ENTITY: Words = { en: 'an entity of its own', zh: '自定义实体' };

/**
 * Parse a document within the bounds. Throws Refusal: `UNSAFE_XML` for a document type or an
 * entity, `TOO_LARGE`, `TOO_DEEP`, `MULTI_DOCUMENT` for a second root, `XML_MALFORMED`.
 */
export function parseXml({ text, family }: Decoded): XmlElement {
  if (hasDoctype(text)) throw new Refusal('UNSAFE_XML', '/', { what: DOCTYPE });
  const tree = new Tree();
  const parser = new SaxesParser({ xmlns: true });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding === undefined || encodingFits(encoding, family)) return;
    throw new Refusal('ENCODING_UNSUPPORTED', '/', { encoding });
  });
  parser.on('doctype', () => {
    throw new Refusal('UNSAFE_XML', '/', { what: DOCTYPE });
  });
  parser.on('opentagstart', ({ name }) => tree.start(name));
  parser.on('attribute', ({ name, value }) => tree.attribute(name, value));
  parser.on('opentag', ({ uri, local, attributes }) => {
    const own = new Map<string, string>();
    for (const one of Object.values(attributes)) if (one.uri === '') own.set(one.local, one.value);
    tree.open(uri, local, own);
  });
  parser.on('text', (more) => tree.text(more));
  parser.on('cdata', (more) => tree.text(more));
  parser.on('comment', () => tree.count());
  parser.on('processinginstruction', () => tree.count());
  parser.on('closetag', () => tree.close(parser.position));
  parser.on('error', ({ message }) => {
    throw malformed(message, parser.line, parser.column, tree, text);
  });
  parser.write(text).close();
  return tree.root();
}

/** Whether a document type stands before the root: found without reading what it declares. */
function hasDoctype(text: string): boolean {
  let at = 0;
  for (;;) {
    at = skipSpace(text, at);
    if (text.startsWith('<!DOCTYPE', at)) return true;
    const isComment = text.startsWith('<!--', at);
    if (!isComment && !text.startsWith('<?', at)) return false;
    const end = isComment ? text.indexOf('-->', at + 4) : text.indexOf('?>', at + 2);
    if (end < 0) return false;
    at = end + (isComment ? 3 : 2);
  }
}

function skipSpace(text: string, from: number): number {
  const space = /[ \t\r\n]*/y;
  space.lastIndex = from;
  return from + (space.exec(text)?.[0].length ?? 0);
}

function encodingFits(encoding: string, family: Decoded['family']): boolean {
  if (family === 'utf-8') return /^(?:utf-?8|us-ascii|ascii)$/i.test(encoding);
  return /^utf-?16(?:le|be)?$/i.test(encoding);
}

function malformed(
  message: string,
  line: number,
  column: number,
  tree: Tree,
  text: string,
): Refusal {
  if (message.includes('undefined entity')) {
    return new Refusal('UNSAFE_XML', tree.path(), { what: ENTITY });
  }
  if (
    tree.endAt !== undefined &&
    /<(?:\?xml|[\p{L}_])/u.test(text.slice(tree.endAt, tree.endAt + 4_096))
  ) {
    return new Refusal('MULTI_DOCUMENT', '/');
  }
  const reason = message.replace(/^\d+:\d+: /, '');
  return new Refusal('XML_MALFORMED', tree.path(), { line, column, reason });
}

/** Builds the tree and counts against the bounds while the parser runs. */
class Tree {
  /** Position behind the end of the root, once it was seen. */
  endAt: number | undefined;
  #root: Building | undefined;
  #open: Building | undefined;
  #depth = 0;
  #nodes = 0;
  #attributes = 0;

  count(): void {
    this.#nodes += 1;
    if (this.#nodes > einvoiceBounds.nodesMax) this.#tooLarge(NODES, einvoiceBounds.nodesMax);
  }

  start(name: string): void {
    this.count();
    this.#attributes = 0;
    if (name.length > einvoiceBounds.nameCharsMax) {
      this.#tooLarge(NAME, einvoiceBounds.nameCharsMax);
    }
    this.#depth += 1;
    if (this.#depth > einvoiceBounds.depthMax) {
      throw new Refusal('TOO_DEEP', this.path(), { max: einvoiceBounds.depthMax });
    }
  }

  attribute(name: string, value: string): void {
    this.count();
    this.#attributes += 1;
    const { attributesPerElementMax, attributeCharsMax } = einvoiceBounds;
    if (this.#attributes > attributesPerElementMax) {
      this.#tooLarge(ATTRIBUTES, attributesPerElementMax);
    }
    if (name.length + value.length > attributeCharsMax) {
      this.#tooLarge(ATTRIBUTE, attributeCharsMax);
    }
  }

  open(uri: string, name: string, attributes: ReadonlyMap<string, string>): void {
    const parent = this.#open;
    const position = (parent?.counts.get(name) ?? 0) + 1;
    parent?.counts.set(name, position);
    const element: Building = {
      uri,
      name,
      attributes,
      parent,
      children: [],
      text: '',
      position,
      counts: new Map(),
      textChars: 0,
    };
    parent?.children.push(element);
    this.#root ??= element;
    this.#open = element;
  }

  text(more: string): void {
    const element = this.#open;
    if (element === undefined || EMBEDDED.has(element.name)) return;
    element.textChars += more.length;
    const { textCharsMax } = einvoiceBounds;
    if (element.textChars > textCharsMax) this.#tooLarge(TEXT, textCharsMax);
    element.text += more;
  }

  close(position: number): void {
    this.#depth -= 1;
    this.#open = this.#open?.parent;
    if (this.#open === undefined) this.endAt = position;
  }

  root(): XmlElement {
    if (this.#root === undefined) {
      throw new Refusal('XML_MALFORMED', '/', { line: 1, column: 0, reason: 'no element' });
    }
    return this.#root;
  }

  path(): string {
    return this.#open === undefined ? '/' : pathOf(this.#open);
  }

  #tooLarge(what: Words, max: number): never {
    throw new Refusal('TOO_LARGE', this.path(), { what, max });
  }
}

/** Path of an element without prefixes; a position where siblings share the name. */
export function pathOf(element: XmlElement): string {
  const steps: string[] = [];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const hasTwins = (at.parent?.counts.get(at.name) ?? 1) > 1;
    steps.push(hasTwins ? `${at.name}[${at.position}]` : at.name);
  }
  return `/${steps.reverse().join('/')}`;
}

/** Elements of the tree in document order, the given one first. */
export function* walk(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* walk(child);
}

/** Text of an element without the XML white space around it. */
export function trimmed(element: XmlElement): string {
  return element.text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}
