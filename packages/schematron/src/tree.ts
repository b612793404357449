const KEPT_CHARS = 4_096;

/** What a node is. */
export type NodeKind = 'document' | 'element' | 'attribute' | 'text' | 'comment' | 'instruction';

/** A node of a document. Names are numbers of the tree's name table. */
export type XmlNode = {
  readonly kind: NodeKind;
  /** Index into `XmlTree.names`; 0 for nodes without a name. */
  readonly name: number;
  readonly prefix: string;
  readonly parent: XmlNode | undefined;
  /** Place in document order and in `XmlTree.nodes`: an element, its attributes, its children. */
  readonly order: number;
  /** Order of the last node inside this one. */
  last: number;
  readonly attributes: XmlNode[];
  readonly children: XmlNode[];
  /** Own text; of elements the text inside, kept once it was asked for and if it is short. */
  text: string | undefined;
};

/** An expanded name. */
export type XmlName = { readonly ns: string; readonly local: string };

/** A parsed document. */
export type XmlTree = {
  readonly document: XmlNode;
  readonly nodes: readonly XmlNode[];
  readonly names: readonly XmlName[];
  /** Elements, and attributes, in document order by name index. */
  readonly elementsByName: readonly (readonly XmlNode[])[];
  readonly attributesByName: readonly (readonly XmlNode[])[];
};

/** The string value of a node: its own text, or all text inside. */
export function stringValue(tree: XmlTree, node: XmlNode): string {
  if (node.text !== undefined) return node.text;
  const [only, second] = node.children;
  if (only !== undefined && second === undefined && isTextual(only)) return stringValue(tree, only);
  const text = inside(tree, node);
  // Long texts are put together again when they are asked for: each level of a deep document would
  // keep all of them.
  if (text.length <= KEPT_CHARS) node.text = text;
  return text;
}

function isTextual({ kind }: XmlNode): boolean {
  return kind === 'element' || kind === 'text';
}

function inside(tree: XmlTree, node: XmlNode): string {
  let text = '';
  for (let order = node.order + 1; order <= node.last; order++) {
    const below = tree.nodes[order];
    if (below?.kind === 'text') text += below.text ?? '';
  }
  return text;
}

/** Where a node stands, such as `/Invoice/cac:InvoiceLine[2]/cbc:ID`, with the document's prefixes. */
export function pathOf(tree: XmlTree, node: XmlNode): string {
  const steps: string[] = [];
  for (let at: XmlNode | undefined = node; at?.parent !== undefined; at = at.parent) {
    steps.push(stepOf(tree, at, at.parent));
  }
  return steps.length === 0 ? '/' : `/${steps.reverse().join('/')}`;
}

function stepOf(tree: XmlTree, node: XmlNode, parent: XmlNode): string {
  const name = lexicalName(tree, node);
  if (node.kind === 'attribute') return `@${name}`;
  if (node.kind !== 'element') return `${node.kind}()`;
  const alike = parent.children.filter(
    (other) => other.kind === 'element' && other.name === node.name,
  );
  return alike.length === 1 ? name : `${name}[${alike.indexOf(node) + 1}]`;
}

/** The name as the document writes it, or nothing for a node without one. */
export function lexicalName(tree: XmlTree, node: XmlNode): string {
  const local = tree.names[node.name]?.local ?? '';
  return node.prefix === '' ? local : `${node.prefix}:${local}`;
}

/** Index of the first node of a list in document order whose order is at least `order`. */
export function firstFrom(nodes: readonly XmlNode[], order: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle]?.order ?? 0) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
