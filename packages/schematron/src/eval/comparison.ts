import { compareAtoms, compareGeneral, holds, type Relation } from '../compare.ts';
import { EvaluationFault } from '../fault.ts';
import { isNode, textOf, type Atom, type Sequence } from '../value.ts';
import type { XmlNode } from '../tree.ts';
import {
  atomOf,
  atomsOf,
  charge,
  fromAtom,
  fromTest,
  textOfNode,
  type Code,
  type Env,
} from './env.ts';

/** `a = b` and its like: whether some pair of items is so related. */
export function compileGeneral(relation: Relation, left: Code, right: Code): Code {
  return fromTest((env) => {
    const a = left.items(env);
    const b = right.items(env);
    if (a.length === 0 || b.length === 0) return false;
    const text = relation === 'eq' ? onlyText(b) : undefined;
    if (text !== undefined && a.every(isNode)) return someNodeIs(env, a, text);
    return somePair(env, relation, a, b);
  });
}

/** The usual case, `cbc:ID = 'S'`, without making atoms. */
function onlyText(items: Sequence): string | undefined {
  const [only] = items;
  return items.length === 1 && typeof only === 'string' ? only : undefined;
}

function someNodeIs(env: Env, nodes: readonly XmlNode[], text: string): boolean {
  return nodes.some((node) => textOfNode(env, node) === text);
}

function somePair(env: Env, relation: Relation, a: Sequence, b: Sequence): boolean {
  const right = atomsOf(env, b);
  const readRight = right.reduce<number>((sum, atom) => sum + weightOf(atom), 0);
  for (const x of atomsOf(env, a)) {
    charge(env, readRight + right.length * weightOf(x));
    for (const y of right) if (holds(relation, compareGeneral(x, y))) return true;
  }
  return false;
}

/** Texts of untyped content may be read again for each pair. */
function weightOf(atom: Atom): number {
  const isText = typeof atom === 'string' || (typeof atom === 'object' && atom.kind === 'untyped');
  return 1 + (isText ? textOf(atom).length >>> 6 : 0);
}

/** `a eq b` and its like: of one value each. */
export function compileValue(relation: Relation, left: Code, right: Code): Code {
  const [a, b] = [atomOf(left, 'an operand'), atomOf(right, 'an operand')];
  return fromAtom((env) => {
    const x = a(env);
    const y = b(env);
    charge(env, 1);
    return x === undefined || y === undefined ? undefined : holds(relation, compareAtoms(x, y));
  });
}

/** `a is b`, `a << b`, `a >> b`. */
export function compileOrder(op: 'is' | '<<' | '>>', left: Code, right: Code): Code {
  return fromAtom((env) => {
    const a = onlyNode(left.items(env));
    const b = onlyNode(right.items(env));
    if (a === undefined || b === undefined) return undefined;
    if (op === 'is') return a === b;
    return op === '<<' ? a.order < b.order : a.order > b.order;
  });
}

function onlyNode(items: Sequence): XmlNode | undefined {
  const [only] = items;
  if (items.length > 1 || (only !== undefined && !isNode(only))) {
    throw new EvaluationFault('XPTY0004', 'one node is compared with another');
  }
  return only;
}
