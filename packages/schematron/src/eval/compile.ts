import { unreachable } from '@hanse/kit';
import type { Item } from '../value.ts';
import { EvaluationFault } from '../fault.ts';
import { findFunction } from '../functions/index.ts';
import type { Expr, ExprOf } from '../xpath/ast.ts';
import { compileRegex } from '../regex/regex.ts';
import { ExpressionRefused } from '../xpath/problem.ts';
import {
  append,
  charge,
  constant,
  focusItem,
  fromItems,
  fromTest,
  kept,
  type Code,
} from './env.ts';
import { compileArithmetic, compileNegate, compileRange } from './arithmetic.ts';
import { compileGeneral, compileOrder, compileValue } from './comparison.ts';
import { compileFilter, compileSlash, compileStep } from './path.ts';
import { compileCombine } from './nodeset.ts';
import { compileCast, compileCastable, compileInstance } from './types.ts';
import { functionKey, type Scope, type Variable } from './scope.ts';

/** Compile an expression. What depends on the document alone is evaluated once per check. */
export function compile(expr: Expr, scope: Scope): Code {
  const code = compileKind(expr, scope);
  const key = keepKey(expr, scope);
  return key === undefined ? code : kept(code, scope.shared.keepSlot(key));
}

/** The key under which results of alike expressions meet, or undefined when there is nothing to keep. */
function keepKey(expr: Expr, scope: Scope): string | undefined {
  if (expr.kind === 'literal' || expr.kind === 'variable' || expr.kind === 'root') return undefined;
  if (expr.kind === 'call' && expr.args.length === 0) return undefined;
  if (expr.kind === 'sequence' && expr.items.length === 0) return undefined;
  const { id, usesFocus, usesCurrent, variables } = scope.shared.facts.of(expr);
  if (usesFocus || usesCurrent) return undefined;
  for (const name of variables) {
    if (scope.variables.get(name)?.isGlobal !== true) return undefined;
  }
  return variables.size === 0 ? `${id}` : `${id} ${scope.globals}`;
}

function compileKind(expr: Expr, scope: Scope): Code {
  switch (expr.kind) {
    case 'literal':
      return constant([expr.value]);
    case 'variable':
      return variableOf(expr, scope).code;
    case 'context':
      return fromItems((env) => [focusItem(env)]);
    case 'root':
      return fromItems((env) => [env.tree.document]);
    case 'sequence':
      return compileSequence(expr, scope);
    case 'logic':
      return compileLogic(expr, scope);
    case 'general':
      return compileGeneral(expr.op, compile(expr.left, scope), compile(expr.right, scope));
    case 'value':
      return compileValue(expr.op, compile(expr.left, scope), compile(expr.right, scope));
    case 'order':
      return compileOrder(expr.op, compile(expr.left, scope), compile(expr.right, scope));
    case 'range':
      return compileRange(compile(expr.left, scope), compile(expr.right, scope));
    case 'arithmetic':
      return compileArithmetic(expr.op, compile(expr.left, scope), compile(expr.right, scope));
    case 'negate':
      return compileNegate(compile(expr.operand, scope), expr.isNegative);
    case 'combine':
      return compileCombine(expr.op, compile(expr.left, scope), compile(expr.right, scope));
    case 'instance':
    case 'treat':
      return compileInstance(expr, compile(expr.operand, scope), scope.shared.nameIndex);
    case 'cast':
      return compileCast(expr, compile(expr.operand, scope));
    case 'castable':
      return compileCastable(expr, compile(expr.operand, scope));
    case 'if':
      return compileIf(expr, scope);
    case 'for':
      return compileFor(expr, scope);
    case 'some':
    case 'every':
      return compileQuantified(expr, scope);
    case 'step':
      return compileStep(expr, scope, compile);
    case 'filter':
      return compileFilter(expr, scope, compile);
    case 'slash':
      return compileSlash(expr, scope, compile);
    case 'call':
      return compileCall(expr, scope);
    default:
      return unreachable(expr);
  }
}

function variableOf({ name, at }: ExprOf<'variable'>, scope: Scope): Variable {
  const known = scope.variables.get(name);
  if (known !== undefined) return known;
  throw new ExpressionRefused('UnknownVariable', `the variable $${name} is not declared`, at);
}

function compileSequence({ items }: ExprOf<'sequence'>, scope: Scope): Code {
  const codes = items.map((item) => compile(item, scope));
  return fromItems((env) => {
    const whole: Item[] = [];
    for (const code of codes) append(env, whole, code.items(env));
    return whole;
  });
}

function compileLogic({ op, left, right }: ExprOf<'logic'>, scope: Scope): Code {
  const [a, b] = [compile(left, scope), compile(right, scope)];
  return op === 'and'
    ? fromTest((env) => a.test(env) && b.test(env))
    : fromTest((env) => a.test(env) || b.test(env));
}

function compileIf({ condition, accepted, refused }: ExprOf<'if'>, scope: Scope): Code {
  const test = compile(condition, scope);
  const [yes, no] = [compile(accepted, scope), compile(refused, scope)];
  return {
    items: (env) => (test.test(env) ? yes : no).items(env),
    test: (env) => (test.test(env) ? yes : no).test(env),
  };
}

/** The scope inside `for $name in ...`, and the slot of the variable. */
export function bind(scope: Scope, name: string): { readonly inner: Scope; readonly slot: number } {
  const slot = scope.depth;
  const code = fromItems((env) => {
    const value = env.variables[slot];
    if (value === undefined) throw new EvaluationFault('XPDY0002', `$${name} has no value`);
    return value;
  });
  const variables = new Map(scope.variables).set(name, { code, isGlobal: false });
  return { inner: { ...scope, variables, depth: slot + 1 }, slot };
}

function compileFor({ name, source, body }: ExprOf<'for'>, scope: Scope): Code {
  const from = compile(source, scope);
  const { inner, slot } = bind(scope, name);
  const result = compile(body, inner);
  return fromItems((env) => {
    const whole: Item[] = [];
    for (const item of from.items(env)) {
      env.variables[slot] = [item];
      append(env, whole, result.items(env));
    }
    return whole;
  });
}

function compileQuantified(expr: ExprOf<'some' | 'every'>, scope: Scope): Code {
  const from = compile(expr.source, scope);
  const { inner, slot } = bind(scope, expr.name);
  const condition = compile(expr.body, inner);
  const isEvery = expr.kind === 'every';
  return fromTest((env) => {
    for (const item of from.items(env)) {
      env.variables[slot] = [item];
      charge(env, 1);
      if (condition.test(env) !== isEvery) return !isEvery;
    }
    return isEvery;
  });
}

function compileCall({ name, args, at }: ExprOf<'call'>, scope: Scope): Code {
  const codes = args.map((arg) => compile(arg, scope));
  const own = scope.shared.functions.get(functionKey(name, args.length));
  if (own !== undefined) return own.call(codes);
  const builtIn = findFunction(name);
  if (builtIn === undefined) {
    const known = `the function ${name.local} is not supported`;
    throw new ExpressionRefused('UnknownFunction', known, at);
  }
  if (args.length < builtIn.min || args.length > builtIn.max) {
    const wrong = `${name.local} does not take ${args.length} arguments`;
    throw new ExpressionRefused('UnknownFunction', wrong, at);
  }
  checkPattern(name.local, args);
  const code = builtIn.build(codes);
  return {
    items: (env) => {
      charge(env, 1);
      return code.items(env);
    },
    test: (env) => {
      charge(env, 1);
      return code.test(env);
    },
  };
}

/** Where a literal regular expression stands in the arguments, and its flags. */
const PATTERNS = new Map([
  ['matches', { pattern: 1, flags: 2 }],
  ['tokenize', { pattern: 1, flags: 2 }],
  ['replace', { pattern: 1, flags: 3 }],
]);

/** A literal regular expression that is wrong refuses the rule file, not every document. */
function checkPattern(local: string, args: readonly Expr[]): void {
  const places = PATTERNS.get(local);
  const pattern = args[places?.pattern ?? -1];
  const flags = args[places?.flags ?? -1];
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return;
  const letters = flags?.kind === 'literal' && typeof flags.value === 'string' ? flags.value : '';
  try {
    compileRegex(pattern.value, letters);
  } catch (error) {
    if (!(error instanceof EvaluationFault)) throw error;
    throw new ExpressionRefused('XPathSyntax', error.message, pattern.at);
  }
}
