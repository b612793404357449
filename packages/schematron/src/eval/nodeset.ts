import { EvaluationFault } from '../fault.ts';
import type { XmlNode } from '../tree.ts';
import { isNode, type Item, type Sequence } from '../value.ts';
import { charge, fromItems, type Code, type Env } from './env.ts';

/** Nodes in document order without doubles; free when they already are. */
export function inOrder(env: Env, nodes: readonly XmlNode[]): readonly XmlNode[] {
  let before = -1;
  for (const { order } of nodes) {
    if (order <= before) return sorted(env, nodes);
    before = order;
  }
  return nodes;
}

function sorted(env: Env, nodes: readonly XmlNode[]): readonly XmlNode[] {
  charge(env, 4 * nodes.length);
  return Array.from(new Set(nodes)).sort((a, b) => a.order - b.order);
}

/** Items that all must be nodes. */
export function onlyNodes(items: Sequence, what: string): readonly XmlNode[] {
  if (items.every(isNode)) return items;
  throw new EvaluationFault('XPTY0004', `${what} takes nodes only`);
}

/** What the steps of a path gave: all nodes, then in document order; or all values, as they came. */
export function settle(env: Env, items: readonly Item[]): Sequence {
  if (items.every(isNode)) return inOrder(env, items);
  if (items.some(isNode)) {
    throw new EvaluationFault('XPTY0018', 'a path gives nodes and values at once');
  }
  return items;
}

/** `union`, `intersect`, `except`. */
export function compileCombine(
  op: 'union' | 'intersect' | 'except',
  left: Code,
  right: Code,
): Code {
  return fromItems((env) => {
    const a = onlyNodes(left.items(env), op);
    const b = onlyNodes(right.items(env), op);
    charge(env, a.length + b.length);
    if (op === 'union') {
      if (b.length === 0) return inOrder(env, a);
      return inOrder(env, a.length === 0 ? b : [...a, ...b]);
    }
    const others = new Set(b);
    const isIntersection = op === 'intersect';
    return inOrder(
      env,
      a.filter((node) => others.has(node) === isIntersection),
    );
  });
}
