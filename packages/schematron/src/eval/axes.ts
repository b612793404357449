import type { Axis, NodeTest } from '../xpath/ast.ts';
import { firstFrom, type NodeKind, type XmlNode } from '../tree.ts';
import { charge, type Env } from './env.ts';

/** Whether a node passes a test. */
export type Matcher = (env: Env, node: XmlNode) => boolean;

/** Nodes of an axis that pass the test, in the order of the axis. */
export type Walker = (env: Env, node: XmlNode) => readonly XmlNode[];

/** The number of an expanded name in `Env.wanted`. */
export type NameIndex = (ns: string, local: string) => number;

const NONE: readonly XmlNode[] = [];

/** Whether an axis runs against document order, so that position 1 is the nearest node. */
export function isReverse(axis: Axis): boolean {
  return (
    axis === 'parent' ||
    axis === 'ancestor' ||
    axis === 'ancestor-or-self' ||
    axis === 'preceding' ||
    axis === 'preceding-sibling'
  );
}

/** Compile a node test for an axis, whose principal kind name tests look at. */
export function compileTest(test: NodeTest, axis: Axis, nameIndex: NameIndex): Matcher {
  const principal: NodeKind = axis === 'attribute' ? 'attribute' : 'element';
  switch (test.kind) {
    case 'any':
      return () => true;
    case 'text':
    case 'comment':
    case 'document': {
      const { kind } = test;
      return (_, node) => node.kind === kind;
    }
    case 'instruction': {
      const { target } = test;
      return (env, node) =>
        node.kind === 'instruction' &&
        (target === undefined || env.tree.names[node.name]?.local === target);
    }
    case 'element':
    case 'attribute':
      return compileNames(test.kind, test.ns, test.local, nameIndex);
    case 'name':
      return compileNames(principal, test.ns, test.local, nameIndex);
  }
}

function compileNames(
  kind: NodeKind,
  ns: string | undefined,
  local: string | undefined,
  nameIndex: NameIndex,
): Matcher {
  if (ns === undefined && local === undefined) return (_, node) => node.kind === kind;
  if (ns !== undefined && local !== undefined) {
    const index = nameIndex(ns, local);
    return (env, node) => node.name === env.wanted[index] && node.kind === kind;
  }
  return (env, node) => {
    const name = node.kind === kind ? env.tree.names[node.name] : undefined;
    if (name === undefined) return false;
    return ns === undefined ? name.local === local : name.ns === ns;
  };
}

/** The index of the one name that a test asks for, or undefined when it may pass several. */
export function exactName(test: NodeTest, nameIndex: NameIndex): number | undefined {
  if (test.kind !== 'name' || test.ns === undefined || test.local === undefined) return undefined;
  return nameIndex(test.ns, test.local);
}

/** Compile an axis with its test. */
export function compileWalk(axis: Axis, test: NodeTest, nameIndex: NameIndex): Walker {
  const matches = compileTest(test, axis, nameIndex);
  switch (axis) {
    case 'child':
      return (env, node) => filter(env, node.children, matches);
    case 'attribute':
      return (env, node) => filter(env, node.attributes, matches);
    case 'self':
      return (env, node) => (matches(env, node) ? [node] : NONE);
    case 'parent':
      return (env, { parent }) => (parent !== undefined && matches(env, parent) ? [parent] : NONE);
    case 'ancestor':
      return (env, node) => ancestors(env, node.parent, matches);
    case 'ancestor-or-self':
      return (env, node) => ancestors(env, node, matches);
    case 'following-sibling':
      return (env, node) => filter(env, siblings(node).slice(place(node) + 1), matches);
    case 'preceding-sibling':
      return (env, node) => filter(env, siblings(node).slice(0, place(node)).reverse(), matches);
    case 'descendant':
    case 'descendant-or-self':
    case 'following':
    case 'preceding':
      return compileRange(axis, matches, exactName(test, nameIndex));
  }
}

/** All attributes with one name on a node and below: what `//@name` asks for. */
export function compileDeepAttributes(index: number): Walker {
  return (env, node) => {
    const named = env.tree.attributesByName[env.wanted[index] ?? -1] ?? NONE;
    return between(env, named, node.order, node.last);
  };
}

type RangeAxis = 'descendant' | 'descendant-or-self' | 'following' | 'preceding';

/** Axes that are a range of document order. With one name wanted, its index gives the nodes. */
function compileRange(axis: RangeAxis, matches: Matcher, name: number | undefined): Walker {
  return (env, node) => {
    const named = name === undefined ? undefined : env.tree.elementsByName[env.wanted[name] ?? -1];
    if (name !== undefined && named === undefined) return NONE;
    const nodes = named ?? env.tree.nodes;
    const isBelow = axis === 'descendant' || axis === 'descendant-or-self';
    const from = isBelow ? node.order : axis === 'following' ? node.last + 1 : 0;
    const to = isBelow ? node.last : axis === 'following' ? env.tree.nodes.length : node.order - 1;
    const inRange = between(env, nodes, from, to);
    const passed = inRange.filter(
      (other) => isOnAxis(axis, node, other) && (named !== undefined || matches(env, other)),
    );
    return axis === 'preceding' ? passed.reverse() : passed;
  };
}

function isOnAxis(axis: RangeAxis, node: XmlNode, other: XmlNode): boolean {
  if (other === node) return axis === 'descendant-or-self';
  if (other.kind === 'attribute') return false;
  return axis !== 'preceding' || other.last < node.order;
}

function between(
  env: Env,
  nodes: readonly XmlNode[],
  from: number,
  to: number,
): readonly XmlNode[] {
  const first = firstFrom(nodes, from);
  const end = firstFrom(nodes, to + 1);
  charge(env, 1 + end - first);
  return nodes.slice(first, end);
}

function filter(env: Env, nodes: readonly XmlNode[], matches: Matcher): readonly XmlNode[] {
  charge(env, 1 + nodes.length);
  let found: XmlNode[] | undefined;
  for (const node of nodes) if (matches(env, node)) (found ??= []).push(node);
  return found ?? NONE;
}

function ancestors(env: Env, from: XmlNode | undefined, matches: Matcher): readonly XmlNode[] {
  const found: XmlNode[] = [];
  for (let node = from; node !== undefined; node = node.parent) {
    charge(env, 1);
    if (matches(env, node)) found.push(node);
  }
  return found;
}

/** The children of the parent; an attribute has no siblings. */
function siblings(node: XmlNode): readonly XmlNode[] {
  return node.kind === 'attribute' ? NONE : (node.parent?.children ?? NONE);
}

function place(node: XmlNode): number {
  return firstFrom(siblings(node), node.order);
}
