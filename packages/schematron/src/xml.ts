import { err, fromUtf8, ok, type Result } from '@hanse/kit';
import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';
import type { DocumentLimits } from './limits.ts';
import type { NodeKind, XmlName, XmlNode, XmlTree } from './tree.ts';

/** Why a document was not read. */
export type XmlError = {
  readonly code:
    | 'DocumentTooLarge'
    | 'DocumentTooDeep'
    | 'TooManyNodes'
    | 'NotUtf8'
    | 'DoctypeRefused'
    | 'NotWellFormed';
  readonly message: string;
  readonly line: number;
};

/** A document with the line on which each element ends its start tag. */
export type LocatedTree = {
  readonly tree: XmlTree;
  readonly lines: ReadonlyMap<XmlNode, number>;
  /** Namespaces declared on the root element by their prefixes. */
  readonly prefixes: ReadonlyMap<string, string>;
};

/** Shared by all nodes that hold no others. */
const NONE: XmlNode[] = [];

class Refusal extends Error {
  readonly code: XmlError['code'];

  constructor(code: XmlError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Read a document from UTF-8 bytes. No DTD, no entities of its own, everything bounded. */
export function parseXml(bytes: Uint8Array, limits: DocumentLimits): Result<XmlTree, XmlError> {
  if (bytes.length > limits.bytesMax) return tooLarge(bytes.length, limits.bytesMax);
  const text = fromUtf8(bytes);
  if (text === undefined) {
    return err({ code: 'NotUtf8', message: 'the document is not UTF-8', line: 0 });
  }
  const parsed = parseText(text, limits, false);
  return parsed.ok ? ok(parsed.value.tree) : parsed;
}

/** Read a document from text, with lines for messages about its elements. */
export function parseLocated(text: string, limits: DocumentLimits): Result<LocatedTree, XmlError> {
  if (text.length > limits.bytesMax) return tooLarge(text.length, limits.bytesMax);
  return parseText(text, limits, true);
}

function tooLarge(size: number, max: number): Result<never, XmlError> {
  return err({ code: 'DocumentTooLarge', message: `${size} bytes, at most ${max}`, line: 0 });
}

function parseText(
  text: string,
  limits: DocumentLimits,
  located: boolean,
): Result<LocatedTree, XmlError> {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const builder = new Builder(limits);
  const lines = new Map<XmlNode, number>();
  const prefixes = new Map<string, string>();
  parser.on('error', (error) => {
    throw new Refusal('NotWellFormed', error.message);
  });
  parser.on('doctype', () => {
    throw new Refusal('DoctypeRefused', 'document type declarations are not read');
  });
  parser.on('xmldecl', ({ encoding }) => checkEncoding(encoding));
  parser.on('opentag', (tag) => {
    const node = builder.open(tag);
    if (!located) return;
    if (lines.size === 0)
      for (const [prefix, ns] of Object.entries(tag.ns)) prefixes.set(prefix, ns);
    lines.set(node, parser.line);
  });
  parser.on('closetag', () => builder.close());
  parser.on('text', (text) => builder.text(text));
  parser.on('cdata', (text) => builder.text(text));
  parser.on('comment', (text) => builder.leaf('comment', 0, text));
  parser.on('processinginstruction', ({ target, body }) => builder.instruction(target, body));
  try {
    parser.write(text.startsWith('\uFEFF') ? text.slice(1) : text).close();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return err({ code: error.code, message: error.message, line: parser.line });
  }
  return ok({ tree: builder.finish(), lines, prefixes });
}

function checkEncoding(encoding: string | undefined): void {
  if (encoding !== undefined && !/^(utf-?8|us-ascii|ascii)$/i.test(encoding)) {
    throw new Refusal('NotUtf8', `the document declares the encoding ${encoding}`);
  }
}

/** Builds the tree from parser events. */
class Builder {
  readonly #limits: DocumentLimits;
  readonly #nodes: XmlNode[] = [];
  readonly #names: XmlName[] = [{ ns: '', local: '' }];
  readonly #nameIndex = new Map<string, number>();
  readonly #elements: XmlNode[][] = [[]];
  readonly #attributes: XmlNode[][] = [[]];
  readonly #document: XmlNode;
  #at: XmlNode;
  #depth = 0;

  constructor(limits: DocumentLimits) {
    this.#limits = limits;
    this.#document = this.#node('document', 0, '', undefined, undefined);
    this.#at = this.#document;
  }

  open(tag: SaxesTagNS): XmlNode {
    this.#depth++;
    if (this.#depth > this.#limits.depthMax) {
      throw new Refusal('DocumentTooDeep', `elements nest deeper than ${this.#limits.depthMax}`);
    }
    const name = this.#nameOf(tag.uri, tag.local);
    const node = this.#node('element', name, tag.prefix, this.#at, undefined);
    this.#at.children.push(node);
    this.#elements[name]?.push(node);
    for (const attribute of Object.values(tag.attributes)) this.#attribute(node, attribute);
    this.#at = node;
    return node;
  }

  close(): void {
    this.#at.last = this.#nodes.length - 1;
    this.#at = this.#at.parent ?? this.#document;
    this.#depth--;
  }

  text(text: string): void {
    if (this.#at === this.#document || text === '') return;
    const before = this.#at.children.at(-1);
    if (before?.kind === 'text') before.text = (before.text ?? '') + text;
    else this.leaf('text', 0, text);
  }

  leaf(kind: NodeKind, name: number, text: string): void {
    this.#at.children.push(this.#node(kind, name, '', this.#at, text));
  }

  instruction(target: string, body: string): void {
    this.leaf('instruction', this.#nameOf('', target), body);
  }

  finish(): XmlTree {
    this.#document.last = this.#nodes.length - 1;
    return {
      document: this.#document,
      nodes: this.#nodes,
      names: this.#names,
      elementsByName: this.#elements,
      attributesByName: this.#attributes,
    };
  }

  #attribute(owner: XmlNode, attribute: SaxesAttributeNS): void {
    // Declarations of namespaces are no attributes in the data model.
    if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') return;
    const name = this.#nameOf(attribute.uri, attribute.local);
    const node = this.#node('attribute', name, attribute.prefix, owner, attribute.value);
    owner.attributes.push(node);
    this.#attributes[name]?.push(node);
  }

  #nameOf(ns: string, local: string): number {
    const key = `${ns} ${local}`;
    const known = this.#nameIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#names.length;
    this.#names.push({ ns, local });
    this.#elements.push([]);
    this.#attributes.push([]);
    this.#nameIndex.set(key, index);
    return index;
  }

  #node(
    kind: NodeKind,
    name: number,
    prefix: string,
    parent: XmlNode | undefined,
    text: string | undefined,
  ): XmlNode {
    const order = this.#nodes.length;
    if (order >= this.#limits.nodesMax) {
      throw new Refusal(
        'TooManyNodes',
        `the document has more than ${this.#limits.nodesMax} nodes`,
      );
    }
    const node: XmlNode = {
      kind,
      name,
      prefix,
      parent,
      order,
      last: order,
      attributes: kind === 'element' ? [] : NONE,
      children: kind === 'element' || kind === 'document' ? [] : NONE,
      text,
    };
    this.#nodes.push(node);
    return node;
  }
}
