import type { FunctionName } from '../xpath/ast.ts';
import type { NameIndex } from './axes.ts';
import type { Code } from './env.ts';
import { FactTable } from './facts.ts';

/** What a variable name stands for. */
export type Variable = {
  readonly code: Code;
  /** Whether it is the same for the whole document: expressions over it are kept. */
  readonly isGlobal: boolean;
};

/** A function that the rule file defines. */
export type UserFunction = {
  readonly arity: number;
  readonly call: (args: readonly Code[]) => Code;
};

/** Key of a function of the rule file. */
export function functionKey({ ns, local }: FunctionName, arity: number): string {
  return `${ns} ${local} ${arity}`;
}

/** What the expressions of one rule set share while they are compiled. */
export type Shared = {
  readonly facts: FactTable;
  readonly nameIndex: NameIndex;
  /** Slot of `Env.kept` for an expression's facts id (and scope, where variables are global). */
  readonly keepSlot: (key: string) => number;
  readonly functions: Map<string, UserFunction>;
  /** Expanded names in the order of their numbers, as `ns local`. */
  readonly names: () => readonly string[];
  readonly keptCount: () => number;
};

/** Tables for a new rule set. */
export function newShared(): Shared {
  const names = new Numbering();
  const kept = new Numbering();
  return {
    facts: new FactTable(),
    nameIndex: (ns, local) => names.of(`${ns} ${local}`),
    keepSlot: kept.of,
    functions: new Map(),
    names: () => names.texts(),
    keptCount: () => kept.texts().length,
  };
}

/** Numbers texts in the order of their first use. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  readonly of = (text: string): number => {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  };

  texts(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}

/** Where an expression stands. */
export type Scope = {
  readonly shared: Shared;
  readonly variables: ReadonlyMap<string, Variable>;
  /** Variables bound around: the next free slot of `Env.variables`. */
  readonly depth: number;
  /** Tells apart global variables of one name in several patterns. */
  readonly globals: string;
};
