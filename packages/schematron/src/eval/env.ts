import { BudgetSpent, EvaluationFault } from '../fault.ts';
import { SEQUENCE_ITEMS_MAX } from '../limits.ts';
import { stringValue, type XmlNode, type XmlTree } from '../tree.ts';
import {
  effectiveBoolean,
  EMPTY,
  FALSE,
  isNode,
  TRUE,
  type Atom,
  type Item,
  type Sequence,
} from '../value.ts';

/** A result kept for the rest of a check: a value, or the fault that its evaluation met. */
export type Kept = { readonly items: Sequence } | { readonly fault: EvaluationFault };

/** Everything an expression may look at while it runs. */
export type Env = {
  readonly tree: XmlTree;
  /** The tree's name index of each name in the rules; -1 where the document lacks it. */
  readonly wanted: Int32Array;
  /** Focus: context item, position, size. */
  item: Item | undefined;
  position: number;
  size: number;
  /** The node whose rule fires: `current()`. */
  current: XmlNode | undefined;
  /** Values of bound variables by slot. */
  variables: (Sequence | undefined)[];
  /** Results that depend on the document alone. */
  readonly kept: (Kept | undefined)[];
  /** Values of the firing rule's `let`s. */
  lets: (Kept | undefined)[];
  stepsLeft: number;
  callDepth: number;
};

/** What a check of one document starts with. */
export function newEnv(of: {
  readonly tree: XmlTree;
  readonly wanted: Int32Array;
  readonly keptCount: number;
  readonly stepsMax: number;
}): Env {
  return {
    tree: of.tree,
    wanted: of.wanted,
    item: undefined,
    position: 1,
    size: 1,
    current: undefined,
    variables: [],
    kept: Array.from({ length: of.keptCount }),
    lets: [],
    stepsLeft: of.stepsMax,
    callDepth: 0,
  };
}

/** The tree's number of each name that rules use, given as `ns local`. */
export function wantedNames(names: readonly string[], tree: XmlTree): Int32Array {
  const numbers = new Map(tree.names.map(({ ns, local }, index) => [`${ns} ${local}`, index]));
  // Number 0 stands for nodes without a name.
  return Int32Array.from(names, (name) => numbers.get(name) || -1);
}

/** A compiled expression: its value, and its effective boolean value without the detour. */
export type Code = {
  readonly items: (env: Env) => Sequence;
  readonly test: (env: Env) => boolean;
};

/** Draw on the budget of steps. */
export function charge(env: Env, steps: number): void {
  env.stepsLeft -= steps;
  if (env.stepsLeft < 0) throw new BudgetSpent();
}

/** Draw on the budget for text that is read or made: a step for each 64 characters. */
export function chargeText(env: Env, text: string): string {
  charge(env, 1 + (text.length >>> 6));
  return text;
}

/** Code from a function that gives a value. */
export function fromItems(items: (env: Env) => Sequence): Code {
  return { items, test: (env) => effectiveBoolean(items(env)) };
}

/** Code from a function that gives true or false. */
export function fromTest(test: (env: Env) => boolean): Code {
  return { items: (env) => (test(env) ? TRUE : FALSE), test };
}

/** Code from a function that gives one atomic value or nothing. */
export function fromAtom(atom: (env: Env) => Atom | undefined): Code {
  return fromItems((env) => {
    const value = atom(env);
    return value === undefined ? EMPTY : [value];
  });
}

/** Code of a constant. */
export function constant(items: Sequence): Code {
  return fromItems(() => items);
}

/** The context item. */
export function focusItem(env: Env): Item {
  if (env.item === undefined) throw new EvaluationFault('XPDY0002', 'there is no context item');
  return env.item;
}

/** The context item as a node. */
export function focusNode(env: Env): XmlNode {
  const item = focusItem(env);
  if (isNode(item)) return item;
  throw new EvaluationFault('XPTY0020', 'the context item is no node');
}

/** Run with another focus for each item in turn; the old focus returns at the end. */
export function eachFocus(
  env: Env,
  items: Sequence,
  visit: (item: Item, index: number) => void,
): void {
  const { item, position, size } = env;
  env.size = items.length;
  for (let i = 0; i < items.length; i++) {
    const next = items[i];
    if (next === undefined) continue;
    env.item = next;
    env.position = i + 1;
    env.size = items.length;
    visit(next, i);
  }
  env.item = item;
  env.position = position;
  env.size = size;
}

/** Run something with a focus and variables of its own, such as the value of a `let`. */
export function aside<T>(env: Env, item: XmlNode | undefined, run: () => T): T {
  const { item: before, position, size, variables } = env;
  env.item = item;
  env.position = 1;
  env.size = 1;
  env.variables = [];
  const result = run();
  env.item = before;
  env.position = position;
  env.size = size;
  env.variables = variables;
  return result;
}

/** The string value of a node, charged for each time it is read. */
export function textOfNode(env: Env, node: XmlNode): string {
  return chargeText(env, stringValue(env.tree, node));
}

/** The typed value of an item: nodes become untyped content. */
function atomize(env: Env, item: Item): Atom {
  return isNode(item) ? { kind: 'untyped', text: textOfNode(env, item) } : item;
}

/** The typed value of a sequence that may hold one item at most. */
export function atomizeOne(env: Env, items: Sequence, what: string): Atom | undefined {
  const first = items[0];
  if (items.length > 1) {
    throw new EvaluationFault('XPTY0004', `${what} has ${items.length} items`);
  }
  return first === undefined ? undefined : atomize(env, first);
}

/** Put items at the end of a sequence that is being made. */
export function append(env: Env, whole: Item[], items: Sequence): void {
  charge(env, 1 + items.length);
  if (whole.length + items.length > SEQUENCE_ITEMS_MAX) throw new BudgetSpent();
  for (const item of items) whole.push(item);
}

/** The single atomic value of an argument, or undefined when it is empty. */
export function atomOf(code: Code, what: string): (env: Env) => Atom | undefined {
  return (env) => atomizeOne(env, code.items(env), what);
}

/** All atomic values of a sequence. */
export function atomsOf(env: Env, items: Sequence): readonly Atom[] {
  charge(env, items.length);
  return items.map((item) => atomize(env, item));
}

/** Run code once per document and keep what it gave, faults included. */
export function kept(code: Code, slot: number): Code {
  return fromItems((env) => {
    const known = env.kept[slot];
    if (known !== undefined) return valueOf(known);
    const result = attempt(() => code.items(env));
    env.kept[slot] = result;
    return valueOf(result);
  });
}

/** The value or the fault of a computation, as something to keep. */
export function attempt(compute: () => Sequence): Kept {
  try {
    return { items: compute() };
  } catch (error) {
    if (error instanceof EvaluationFault) return { fault: error };
    throw error;
  }
}

/** The kept value; throws the kept fault. */
export function valueOf(result: Kept): Sequence {
  if ('items' in result) return result.items;
  throw result.fault;
}
