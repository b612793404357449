import { parseDecimal } from '../decimal.ts';
import { packLimits } from '../limits.ts';
import type { Relation } from '../compare.ts';
import type { Atom } from '../value.ts';
import { partsOf, type Axis, type Expr, type SequenceType } from './ast.ts';
import { Cursor } from './cursor.ts';
import { expandName, FN, type Prefixes } from './names.ts';
import {
  isKindTest,
  parseKindTest,
  parseNameTest,
  parseSequenceType,
  parseSingleType,
} from './parsetype.ts';
import { ExpressionRefused } from './problem.ts';

const GENERAL = new Map<string, Relation>([
  ['=', 'eq'],
  ['!=', 'ne'],
  ['<', 'lt'],
  ['<=', 'le'],
  ['>', 'gt'],
  ['>=', 'ge'],
]);
const VALUE = new Map<string, Relation>([
  ['eq', 'eq'],
  ['ne', 'ne'],
  ['lt', 'lt'],
  ['le', 'le'],
  ['gt', 'gt'],
  ['ge', 'ge'],
]);
const AXES = new Map<string, Axis>(
  (
    [
      'child',
      'descendant',
      'attribute',
      'self',
      'descendant-or-self',
      'following-sibling',
      'following',
      'parent',
      'ancestor',
      'preceding-sibling',
      'preceding',
      'ancestor-or-self',
    ] as const
  ).map((axis) => [axis, axis]),
);
/** Names that are no functions though a parenthesis follows. */
const RESERVED = new Set(['if', 'item', 'typeswitch', 'empty-sequence']);

/** Parse an expression of XPath 2.0. Throws ExpressionRefused. */
export function parseExpression(text: string, prefixes: Prefixes): Expr {
  if (text.length > packLimits.expressionCharsMax) {
    const problem = `the expression has ${text.length} characters, at most ${packLimits.expressionCharsMax}`;
    throw new ExpressionRefused('TooLarge', problem, 0);
  }
  const expr = new Parser(text, prefixes).whole();
  checkDepth(expr);
  return expr;
}

/** Parse a sequence type such as `xs:decimal?`. Throws ExpressionRefused. */
export function parseType(text: string, prefixes: Prefixes): SequenceType {
  const cursor = new Cursor(text);
  const type = parseSequenceType(cursor, prefixes);
  if (cursor.peek(0).kind !== 'end') cursor.fail('a type has more after it');
  return type;
}

/** Long chains (`a or b or c ...`) lean to the left; what walks them later is recursive. */
function checkDepth(root: Expr): void {
  let level: readonly Expr[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > packLimits.chainMax) {
      throw new ExpressionRefused('TooLarge', 'the expression chains too many operators', root.at);
    }
    level = level.flatMap(partsOf);
  }
}

class Parser {
  readonly #cursor: Cursor;
  readonly #prefixes: Prefixes;
  #depth = 0;

  constructor(text: string, prefixes: Prefixes) {
    this.#cursor = new Cursor(text);
    this.#prefixes = prefixes;
  }

  whole(): Expr {
    const expr = this.#sequence();
    if (this.#cursor.peek(0).kind !== 'end') this.#cursor.fail('an operator is missing');
    return expr;
  }

  #sequence(): Expr {
    const at = this.#cursor.at;
    const first = this.#single();
    if (!this.#cursor.isSymbol(',')) return first;
    const items = [first];
    while (this.#cursor.takeSymbol(',')) items.push(this.#single());
    return { kind: 'sequence', at, items };
  }

  #single(): Expr {
    if (++this.#depth > packLimits.nestingMax) {
      this.#cursor.refuse('TooLarge', 'the expression nests too deep', this.#cursor.at);
    }
    const expr = this.#bound() ?? this.#or();
    this.#depth--;
    return expr;
  }

  /** `for`, `some`, `every` and `if`, which words alone do not tell from element names. */
  #bound(): Expr | undefined {
    const cursor = this.#cursor;
    const { kind, text, at } = cursor.peek(0);
    if (kind !== 'name') return undefined;
    if (text === 'if' && cursor.isSymbol('(', 1)) return this.#if(at);
    if ((text === 'for' || text === 'some' || text === 'every') && cursor.isSymbol('$', 1)) {
      cursor.next();
      return this.#binding(text, at);
    }
    return undefined;
  }

  #if(at: number): Expr {
    const cursor = this.#cursor;
    cursor.next();
    cursor.needSymbol('(');
    const condition = this.#sequence();
    cursor.needSymbol(')');
    cursor.needWord('then');
    const accepted = this.#single();
    cursor.needWord('else');
    return { kind: 'if', at, condition, accepted, refused: this.#single() };
  }

  /** `$a in x, $b in y return z` is `$a in x return for $b in y return z`. */
  #binding(kind: 'for' | 'some' | 'every', at: number): Expr {
    const cursor = this.#cursor;
    if (++this.#depth > packLimits.nestingMax) {
      cursor.refuse('TooLarge', 'the expression nests too deep', cursor.at);
    }
    cursor.needSymbol('$');
    const name = cursor.needName();
    cursor.needWord('in');
    const source = this.#single();
    let body: Expr;
    if (cursor.takeSymbol(',')) body = this.#binding(kind, at);
    else {
      cursor.needWord(kind === 'for' ? 'return' : 'satisfies');
      body = this.#single();
    }
    this.#depth--;
    return { kind, at, name, source, body };
  }

  #or(): Expr {
    let left = this.#and();
    for (let at = this.#cursor.at; this.#cursor.takeWord('or'); at = this.#cursor.at) {
      left = { kind: 'logic', at, op: 'or', left, right: this.#and() };
    }
    return left;
  }

  #and(): Expr {
    let left = this.#comparison();
    for (let at = this.#cursor.at; this.#cursor.takeWord('and'); at = this.#cursor.at) {
      left = { kind: 'logic', at, op: 'and', left, right: this.#comparison() };
    }
    return left;
  }

  #comparison(): Expr {
    const left = this.#range();
    const { kind, text, at } = this.#cursor.peek(0);
    if (kind === 'symbol') {
      const op = GENERAL.get(text);
      if (op !== undefined) {
        this.#cursor.next();
        return { kind: 'general', at, op, left, right: this.#range() };
      }
    }
    if (kind === 'name') {
      const op = VALUE.get(text);
      if (op !== undefined) {
        this.#cursor.next();
        return { kind: 'value', at, op, left, right: this.#range() };
      }
    }
    const order = this.#order();
    return order === undefined
      ? left
      : { kind: 'order', at, op: order, left, right: this.#range() };
  }

  #order(): 'is' | '<<' | '>>' | undefined {
    if (this.#cursor.takeWord('is')) return 'is';
    if (this.#cursor.takeSymbol('<<')) return '<<';
    return this.#cursor.takeSymbol('>>') ? '>>' : undefined;
  }

  #range(): Expr {
    const left = this.#additive();
    const at = this.#cursor.at;
    return this.#cursor.takeWord('to')
      ? { kind: 'range', at, left, right: this.#additive() }
      : left;
  }

  #additive(): Expr {
    let left = this.#multiplicative();
    for (;;) {
      const at = this.#cursor.at;
      const op = this.#cursor.takeSymbol('+')
        ? '+'
        : this.#cursor.takeSymbol('-')
          ? '-'
          : undefined;
      if (op === undefined) return left;
      left = { kind: 'arithmetic', at, op, left, right: this.#multiplicative() };
    }
  }

  #multiplicative(): Expr {
    let left = this.#union();
    for (;;) {
      const { kind, text, at } = this.#cursor.peek(0);
      const isStar = kind === 'symbol' && text === '*';
      const isWord = kind === 'name' && (text === 'div' || text === 'idiv' || text === 'mod');
      if (!isStar && !isWord) return left;
      this.#cursor.next();
      const op = text === 'div' || text === 'idiv' || text === 'mod' ? text : '*';
      left = { kind: 'arithmetic', at, op, left, right: this.#union() };
    }
  }

  #union(): Expr {
    let left = this.#intersect();
    for (;;) {
      const at = this.#cursor.at;
      if (!this.#cursor.takeSymbol('|') && !this.#cursor.takeWord('union')) return left;
      left = { kind: 'combine', at, op: 'union', left, right: this.#intersect() };
    }
  }

  #intersect(): Expr {
    let left = this.#typed();
    for (;;) {
      const at = this.#cursor.at;
      const op = this.#cursor.takeWord('intersect')
        ? 'intersect'
        : this.#cursor.takeWord('except')
          ? 'except'
          : undefined;
      if (op === undefined) return left;
      left = { kind: 'combine', at, op, left, right: this.#typed() };
    }
  }

  /** `instance of`, `treat as`, `castable as`, `cast as`, from weakest to strongest. */
  #typed(): Expr {
    const cursor = this.#cursor;
    let operand = this.#unary();
    for (const kind of ['cast', 'castable'] as const) {
      const at = cursor.at;
      if (!cursor.isWord(kind) || !cursor.isWord('as', 1)) continue;
      cursor.next();
      cursor.next();
      operand = { kind, at, operand, ...parseSingleType(cursor, this.#prefixes) };
    }
    for (const kind of ['treat', 'instance'] as const) {
      const at = cursor.at;
      if (!cursor.isWord(kind) || !cursor.isWord(kind === 'treat' ? 'as' : 'of', 1)) continue;
      cursor.next();
      cursor.next();
      operand = { kind, at, operand, type: parseSequenceType(cursor, this.#prefixes) };
    }
    return operand;
  }

  #unary(): Expr {
    const at = this.#cursor.at;
    let isSigned = false;
    let isNegative = false;
    while (this.#cursor.isSymbol('-') || this.#cursor.isSymbol('+')) {
      isSigned = true;
      if (this.#cursor.next().text === '-') isNegative = !isNegative;
    }
    const operand = this.#path();
    return isSigned ? { kind: 'negate', at, operand, isNegative } : operand;
  }

  #path(): Expr {
    const cursor = this.#cursor;
    const at = cursor.at;
    const root: Expr = { kind: 'root', at };
    if (cursor.takeSymbol('//')) return this.#steps(root, true);
    if (!cursor.takeSymbol('/')) return this.#steps(undefined, false);
    return this.#isStepAhead() ? this.#steps(root, false) : root;
  }

  #isStepAhead(): boolean {
    const { kind, text } = this.#cursor.peek(0);
    if (kind === 'symbol') return ['.', '..', '@', '*', '(', '$'].includes(text);
    return kind === 'name' || kind === 'string' || kind === 'number';
  }

  #steps(from: Expr | undefined, isDeepFirst: boolean): Expr {
    let left = from;
    let isDeep = isDeepFirst;
    for (;;) {
      const at = this.#cursor.at;
      const step = this.#step();
      left = left === undefined ? step : { kind: 'slash', at, left, right: step, isDeep };
      isDeep = this.#cursor.takeSymbol('//');
      if (!isDeep && !this.#cursor.takeSymbol('/')) return left;
    }
  }

  #step(): Expr {
    const cursor = this.#cursor;
    const { kind, text, at } = cursor.peek(0);
    if (cursor.takeSymbol('..')) return this.#axisStep('parent', at, { isAny: true });
    if (cursor.takeSymbol('@')) return this.#axisStep('attribute', at, { isAny: false });
    if (kind === 'name' && cursor.isSymbol('::', 1)) {
      const axis = AXES.get(text);
      if (axis === undefined) {
        return cursor.refuse('NotSupported', `the axis ${text} is not supported`, at);
      }
      cursor.next();
      cursor.next();
      return this.#axisStep(axis, at, { isAny: false });
    }
    const isCall = kind === 'name' && cursor.isSymbol('(', 1) && !isKindTest(cursor);
    if (!isCall && (kind === 'name' || cursor.isSymbol('*'))) {
      const isAttribute = text === 'attribute' && isKindTest(cursor);
      return this.#axisStep(isAttribute ? 'attribute' : 'child', at, { isAny: false });
    }
    const base = this.#primary();
    const predicates = this.#predicates();
    return predicates.length === 0 ? base : { kind: 'filter', at, base, predicates };
  }

  #axisStep(axis: Axis, at: number, { isAny }: { readonly isAny: boolean }): Expr {
    const cursor = this.#cursor;
    const isTest = cursor.peek(0).kind === 'name' || cursor.isSymbol('*');
    if (!isAny && !isTest) cursor.fail('a name is missing');
    const test = isAny
      ? ({ kind: 'any' } as const)
      : isKindTest(cursor)
        ? parseKindTest(cursor, this.#prefixes)
        : parseNameTest(cursor, this.#prefixes);
    return { kind: 'step', at, axis, test, predicates: this.#predicates() };
  }

  #predicates(): readonly Expr[] {
    const predicates: Expr[] = [];
    while (this.#cursor.takeSymbol('[')) {
      predicates.push(this.#sequence());
      this.#cursor.needSymbol(']');
    }
    return predicates;
  }

  #primary(): Expr {
    const cursor = this.#cursor;
    const { kind, text, at } = cursor.peek(0);
    if (kind === 'string') {
      cursor.next();
      return { kind: 'literal', at, value: text };
    }
    if (kind === 'number') {
      cursor.next();
      return { kind: 'literal', at, value: numberOf(text) };
    }
    if (cursor.takeSymbol('$')) return { kind: 'variable', at, name: cursor.needName() };
    if (cursor.takeSymbol('.')) return { kind: 'context', at };
    if (cursor.takeSymbol('(')) {
      if (cursor.takeSymbol(')')) return { kind: 'sequence', at, items: [] };
      const inside = this.#sequence();
      cursor.needSymbol(')');
      return inside;
    }
    if (kind === 'name' && cursor.isSymbol('(', 1) && !RESERVED.has(text)) return this.#call();
    return cursor.fail('an expression is missing');
  }

  #call(): Expr {
    const cursor = this.#cursor;
    const { text, at } = cursor.next();
    cursor.needSymbol('(');
    const args: Expr[] = [];
    if (!cursor.isSymbol(')')) {
      args.push(this.#single());
      while (cursor.takeSymbol(',')) args.push(this.#single());
    }
    cursor.needSymbol(')');
    return { kind: 'call', at, name: expandName(text, FN, this.#prefixes, at), args };
  }
}

/** Digits are an integer, with a point a decimal, with an exponent a double. */
function numberOf(text: string): Atom {
  return /e/i.test(text) ? Number(text) : (parseDecimal(text) ?? Number(text));
}
