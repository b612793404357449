import { EvaluationFault } from '../fault.ts';
import { findFunction } from '../functions/index.ts';
import {
  effectiveBoolean,
  isNode,
  isNumeric,
  toDouble,
  type Item,
  type Sequence,
} from '../value.ts';
import type { Expr, ExprOf } from '../xpath/ast.ts';
import { compileDeepAttributes, compileWalk, exactName, isReverse, type Walker } from './axes.ts';
import { append, charge, eachFocus, focusNode, fromItems, type Code, type Env } from './env.ts';
import { isCall } from './facts.ts';
import { settle } from './nodeset.ts';
import type { Scope } from './scope.ts';

/** The compiler of expressions, handed in because paths and expressions contain each other. */
export type Compile = (expr: Expr, scope: Scope) => Code;

/** Keeps the items that a predicate is true for. */
export type Sieve = (env: Env, items: Sequence) => Sequence;

/** An axis step from the context node. */
export function compileStep(expr: ExprOf<'step'>, scope: Scope, compile: Compile): Code {
  const walk = compileWalk(expr.axis, expr.test, scope.shared.nameIndex);
  return fromWalk(walk, expr.predicates, isReverse(expr.axis), scope, compile);
}

function fromWalk(
  walk: Walker,
  predicates: readonly Expr[],
  isBackwards: boolean,
  scope: Scope,
  compile: Compile,
): Code {
  const sieve = compilePredicates(predicates, scope, compile);
  const nodes = (env: Env): Sequence => sieve(env, walk(env, focusNode(env)));
  return {
    // Predicates count along the axis; the result is in document order.
    items: isBackwards ? (env) => nodes(env).toReversed() : nodes,
    test: (env) => nodes(env).length > 0,
  };
}

/** `(...)[predicate]`. */
export function compileFilter(expr: ExprOf<'filter'>, scope: Scope, compile: Compile): Code {
  const base = compile(expr.base, scope);
  const sieve = compilePredicates(expr.predicates, scope, compile);
  return fromItems((env) => sieve(env, base.items(env)));
}

/** `left/right` and `left//right`. */
export function compileSlash(expr: ExprOf<'slash'>, scope: Scope, compile: Compile): Code {
  const left = compile(expr.left, scope);
  const right = expr.isDeep ? compileDeep(expr.right, scope, compile) : compile(expr.right, scope);
  return fromItems((env) => settle(env, mapSteps(env, left.items(env), right)));
}

function mapSteps(env: Env, left: Sequence, step: Code): readonly Item[] {
  const whole: Item[] = [];
  eachFocus(env, left, (item) => {
    if (!isNode(item)) throw new EvaluationFault('XPTY0019', 'a step from a value that is no node');
    append(env, whole, step.items(env));
  });
  return whole;
}

/**
 * What follows `//`: by definition `descendant-or-self::node()/right`. Where `right` is a child or
 * attribute step whose predicates do not count, one look into the index of names gives the same.
 */
function compileDeep(right: Expr, scope: Scope, compile: Compile): Code {
  if (right.kind === 'step' && right.predicates.every((one) => isUncounted(one, scope))) {
    const { nameIndex } = scope.shared;
    if (right.axis === 'child') {
      return compileStep({ ...right, axis: 'descendant' }, scope, compile);
    }
    const name = right.axis === 'attribute' ? exactName(right.test, nameIndex) : undefined;
    if (name !== undefined) {
      return fromWalk(compileDeepAttributes(name), right.predicates, false, scope, compile);
    }
  }
  const all = compileWalk('descendant-or-self', { kind: 'any' }, scope.shared.nameIndex);
  const step = compile(right, scope);
  return fromItems((env) => settle(env, mapSteps(env, all(env, focusNode(env)), step)));
}

/** Whether a predicate is true or false of a node whatever its position. */
export function isUncounted(predicate: Expr, scope: Scope): boolean {
  return isTruth(predicate) && !scope.shared.facts.of(predicate).mentionsPosition;
}

/** Whether a value is surely no number: a boolean, nodes, or text. */
function isTruth(expr: Expr): boolean {
  switch (expr.kind) {
    case 'logic':
    case 'general':
    case 'value':
    case 'order':
    case 'some':
    case 'every':
    case 'castable':
    case 'instance':
    case 'step':
    case 'combine':
      return true;
    case 'slash':
      return isTruth(expr.right);
    case 'filter':
      return isTruth(expr.base);
    case 'call':
      return findFunction(expr.name)?.isTest === true;
    default:
      return false;
  }
}

/** Predicates one after the other. */
export function compilePredicates(
  predicates: readonly Expr[],
  scope: Scope,
  compile: Compile,
): Sieve {
  const sieves = predicates.map((predicate) => compilePredicate(predicate, scope, compile));
  const [first, ...others] = sieves;
  if (first === undefined) return (_, items) => items;
  if (others.length === 0) return first;
  return (env, items) => sieves.reduce((left, sieve) => sieve(env, left), items);
}

function compilePredicate(predicate: Expr, scope: Scope, compile: Compile): Sieve {
  if (predicate.kind === 'literal' && isNumeric(predicate.value)) {
    const index = toDouble(predicate.value) - 1;
    return (_, items) => {
      const item = items[index];
      return item === undefined ? [] : [item];
    };
  }
  if (isCall(predicate, 'last')) return (_, items) => items.slice(-1);
  const code = compile(predicate, scope);
  const passes = isTruth(predicate) ? code.test : counting(code);
  return (env, items) => {
    if (items.length === 0) return items;
    const passed: Item[] = [];
    charge(env, items.length);
    eachFocus(env, items, (item) => {
      if (passes(env)) passed.push(item);
    });
    return passed;
  };
}

/** A number is true at its position, anything else by its effective boolean value. */
function counting(code: Code): (env: Env) => boolean {
  return (env) => {
    const items = code.items(env);
    const [only] = items;
    if (items.length !== 1 || only === undefined || !isNumeric(only))
      return effectiveBoolean(items);
    return toDouble(only) === env.position;
  };
}
