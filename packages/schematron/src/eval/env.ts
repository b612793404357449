import { BudgetSpent, EvaluationFault } from '../fault.ts';
import type { XmlNode, XmlTree } from '../tree.ts';
import {
  atomize,
  atomizeOne,
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

/** Draw on the budget for text that is read or made: a step for each 16 characters. */
export function chargeText(env: Env, text: string): string {
  charge(env, 1 + (text.length >>> 4));
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

/** The single atomic value of an argument, or undefined when it is empty. */
export function atomOf(code: Code, what: string): (env: Env) => Atom | undefined {
  return (env) => atomizeOne(env.tree, code.items(env), what);
}

/** All atomic values of a sequence. */
export function atomsOf(env: Env, items: Sequence): readonly Atom[] {
  charge(env, items.length);
  return items.map((item) => atomize(env.tree, item));
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
