import { findFunction } from '../functions/index.ts';
import { formatDecimal } from '../decimal.ts';
import { isNumeric, textOf, typeOf } from '../value.ts';
import { partsOf, type Expr, type NodeTest, type SequenceType } from '../xpath/ast.ts';
import { FN } from '../xpath/names.ts';

/** What the value of an expression depends on. */
export type Facts = {
  /** Equal for expressions that are written alike (with the same names, whatever their prefixes). */
  readonly id: number;
  /** The context item, position or size. */
  readonly usesFocus: boolean;
  /** `current()`. */
  readonly usesCurrent: boolean;
  /** Variables that are not bound inside. */
  readonly variables: ReadonlySet<string>;
  /** `position()` or `last()` occurs somewhere inside. */
  readonly mentionsPosition: boolean;
};

const NO_VARIABLES: ReadonlySet<string> = new Set();

/** Finds facts about expressions and numbers alike ones alike. One for each rule set. */
export class FactTable {
  readonly #ids = new Map<string, number>();
  readonly #known = new WeakMap<Expr, Facts>();

  of(expr: Expr): Facts {
    const known = this.#known.get(expr);
    if (known !== undefined) return known;
    const parts = partsOf(expr).map((part) => this.of(part));
    const facts: Facts = {
      id: this.#number(`${signature(expr)} ${parts.map(({ id }) => id).join(' ')}`),
      usesFocus: readsFocus(expr, parts),
      usesCurrent: isCall(expr, 'current') || parts.some(({ usesCurrent }) => usesCurrent),
      variables: freeVariables(expr, parts),
      mentionsPosition:
        isCall(expr, 'position') ||
        isCall(expr, 'last') ||
        parts.some(({ mentionsPosition }) => mentionsPosition),
    };
    this.#known.set(expr, facts);
    return facts;
  }

  #number(key: string): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#ids.size);
    return this.#ids.size - 1;
  }
}

/** Whether an expression is a call of a function of `fn:`. */
export function isCall(expr: Expr, local: string): boolean {
  return expr.kind === 'call' && expr.name.ns === FN && expr.name.local === local;
}

function readsFocus(expr: Expr, parts: readonly Facts[]): boolean {
  switch (expr.kind) {
    case 'context':
    case 'step':
      return true;
    case 'slash':
    case 'filter':
      // What follows the first part has a focus of its own.
      return parts[0]?.usesFocus === true;
    case 'call':
      if (expr.args.length === 0 && findFunction(expr.name)?.usesFocus === true) return true;
      return parts.some(({ usesFocus }) => usesFocus);
    default:
      return parts.some(({ usesFocus }) => usesFocus);
  }
}

function freeVariables(expr: Expr, parts: readonly Facts[]): ReadonlySet<string> {
  if (expr.kind === 'variable') return new Set([expr.name]);
  if (parts.every(({ variables }) => variables.size === 0)) return NO_VARIABLES;
  if (expr.kind !== 'for' && expr.kind !== 'some' && expr.kind !== 'every') {
    return new Set(parts.flatMap(({ variables }) => [...variables]));
  }
  const [source, body] = parts;
  const inBody = [...(body?.variables ?? [])].filter((name) => name !== expr.name);
  return new Set([...(source?.variables ?? []), ...inBody]);
}

/** Everything about an expression that its parts do not say. */
function signature(expr: Expr): string {
  switch (expr.kind) {
    case 'literal': {
      const { value } = expr;
      const text =
        isNumeric(value) && typeof value === 'object' ? formatDecimal(value) : textOf(value);
      return `literal ${typeOf(value)} ${JSON.stringify(text)}`;
    }
    case 'variable':
    case 'for':
    case 'some':
    case 'every':
      return `${expr.kind} $${expr.name}`;
    case 'logic':
    case 'general':
    case 'value':
    case 'order':
    case 'arithmetic':
    case 'combine':
      return `${expr.kind} ${expr.op}`;
    case 'negate':
      return `negate ${expr.isNegative}`;
    case 'instance':
    case 'treat':
      return `${expr.kind} ${typeSignature(expr.type)}`;
    case 'cast':
    case 'castable':
      return `${expr.kind} ${expr.type.local} ${expr.isOptional}`;
    case 'step':
      return `step ${expr.axis} ${testSignature(expr.test)}`;
    case 'slash':
      return `slash ${expr.isDeep}`;
    case 'call':
      return `call ${expr.name.ns} ${expr.name.local}`;
    default:
      return expr.kind;
  }
}

function testSignature(test: NodeTest): string {
  return JSON.stringify(test);
}

function typeSignature({ item, occurrence }: SequenceType): string {
  const name =
    typeof item === 'string' ? item : 'base' in item ? `xs ${item.local}` : testSignature(item);
  return `${name} ${occurrence}`;
}
