import { EvaluationFault } from '../fault.ts';
import type { NodeKind, XmlName, XmlNode } from '../tree.ts';
import type { Expr, ExprOf, NodeTest } from '../xpath/ast.ts';
import { ExpressionRefused } from '../xpath/problem.ts';
import { compile } from '../eval/compile.ts';
import { compileTest, type Matcher } from '../eval/axes.ts';
import { charge, type Env } from '../eval/env.ts';
import { compilePredicates, isUncounted, type Sieve } from '../eval/path.ts';
import type { Scope } from '../eval/scope.ts';

/** A compiled context: which nodes a rule is for. */
export type ContextMatcher = {
  /** Whether a node of that kind and name can match at all; says so without a document. */
  readonly isCandidate: (kind: NodeKind, name: XmlName) => boolean;
  /** Whether nodes can match whose names the rules do not spell out. */
  readonly isOpen: boolean;
  readonly matches: (env: Env, node: XmlNode) => boolean;
};

/** A step of a match pattern. */
type Step = {
  readonly test: Matcher;
  readonly sieve: Sieve;
  /** Whether predicates count positions, so that the siblings matter. */
  readonly isCounted: boolean;
  readonly isAttribute: boolean;
  /** Whether `//` stands before it. */
  readonly isDeep: boolean;
};

type Alternative = {
  /** From the node upwards. */
  readonly steps: readonly Step[];
  /** Whether the pattern starts at the document. */
  readonly isRooted: boolean;
  readonly isCandidate: ContextMatcher['isCandidate'];
  readonly isOpen: boolean;
};

/** Compile a match pattern: paths of child and attribute steps, joined by `|`. */
export function compileContext(expr: Expr, scope: Scope): ContextMatcher {
  const alternatives = expand(expr, scope).map((path) => compileAlternative(path, scope));
  return {
    isCandidate: (kind, name) => alternatives.some((one) => one.isCandidate(kind, name)),
    isOpen: alternatives.some(({ isOpen }) => isOpen),
    matches: (env, node) => alternatives.some((one) => matchesAlternative(env, node, one)),
  };
}

/** `(a | b)[p]/c` is `a[p]/c | b[p]/c`: unions inside become unions of whole paths. */
function expand(expr: Expr, scope: Scope): readonly Expr[] {
  switch (expr.kind) {
    case 'combine':
      return expr.op === 'union'
        ? [...expand(expr.left, scope), ...expand(expr.right, scope)]
        : [expr];
    case 'slash':
      return expand(expr.left, scope).map((left) => ({ ...expr, left }));
    case 'filter':
      return expand(expr.base, scope).map((base) => withPredicates(base, uncounted(expr, scope)));
    default:
      return [expr];
  }
}

/** Positions over a path in parentheses are not those among siblings. */
function uncounted(expr: ExprOf<'filter'>, scope: Scope): ExprOf<'filter'> {
  const counted = expr.predicates.find(
    (one) => one.kind === 'literal' || scope.shared.facts.of(one).mentionsPosition,
  );
  if (counted === undefined) return expr;
  const reason = 'a context that counts over a path in parentheses is not supported';
  throw new ExpressionRefused('NotSupported', reason, counted.at);
}

/** The path with more predicates on its last step. */
function withPredicates(path: Expr, { predicates, at }: ExprOf<'filter'>): Expr {
  if (path.kind === 'step') return { ...path, predicates: [...path.predicates, ...predicates] };
  if (path.kind !== 'slash') return { kind: 'filter', at, base: path, predicates };
  return {
    ...path,
    right: withPredicates(path.right, { kind: 'filter', at, base: path, predicates }),
  };
}

type PathStep = { readonly step: ExprOf<'step'>; readonly isDeep: boolean };

function compileAlternative(expr: Expr, scope: Scope): Alternative {
  const steps: PathStep[] = [];
  let at: Expr = expr;
  let isDeep = false;
  while (at.kind === 'slash') {
    steps.push({ step: stepOf(at.right), isDeep: at.isDeep });
    at = at.left;
  }
  if (at.kind === 'root') isDeep = steps.at(-1)?.isDeep === true;
  else steps.push({ step: stepOf(at), isDeep: false });
  const last = steps[0];
  return {
    steps: steps.map((one) => compileStep(one, scope)),
    // `//a` is as good as `a`: every element is below the document.
    isRooted: at.kind === 'root' && !isDeep,
    isCandidate: last === undefined ? (kind) => kind === 'document' : candidates(last.step),
    isOpen: last === undefined || !isExact(last.step.test),
  };
}

function stepOf(expr: Expr): ExprOf<'step'> {
  if (expr.kind === 'step' && (expr.axis === 'child' || expr.axis === 'attribute')) return expr;
  const reason = 'a context is made of child and attribute steps only';
  throw new ExpressionRefused('NotSupported', reason, expr.at);
}

function compileStep({ step, isDeep }: PathStep, scope: Scope): Step {
  return {
    test: compileTest(step.test, step.axis, scope.shared.nameIndex),
    sieve: compilePredicates(step.predicates, scope, compile),
    isCounted: !step.predicates.every((predicate) => isUncounted(predicate, scope)),
    isAttribute: step.axis === 'attribute',
    isDeep,
  };
}

function candidates({ axis, test }: ExprOf<'step'>): ContextMatcher['isCandidate'] {
  const principal = axis === 'attribute' ? 'attribute' : 'element';
  return (kind, name) => isPossible(test, principal, kind, name);
}

function isExact(test: NodeTest): boolean {
  return test.kind === 'name' && test.ns !== undefined && test.local !== undefined;
}

function isPossible(test: NodeTest, principal: NodeKind, kind: NodeKind, name: XmlName): boolean {
  switch (test.kind) {
    case 'any':
      // `node()` on the child axis: neither attributes nor the document.
      return principal === 'attribute'
        ? kind === 'attribute'
        : kind !== 'attribute' && kind !== 'document';
    case 'name':
    case 'element':
    case 'attribute': {
      const wanted = test.kind === 'name' ? principal : test.kind;
      return (
        kind === wanted &&
        (test.ns === undefined || test.ns === name.ns) &&
        (test.local === undefined || test.local === name.local)
      );
    }
    default:
      return kind === test.kind;
  }
}

/** A dynamic error in a pattern means that the node does not match. */
function matchesAlternative(env: Env, node: XmlNode, alternative: Alternative): boolean {
  env.item = node;
  env.position = 1;
  env.size = 1;
  try {
    return matchesFrom(env, node, alternative, 0);
  } catch (error) {
    if (error instanceof EvaluationFault) return false;
    throw error;
  }
}

/** Whether the node passes step `index` and its ancestors pass the steps before it. */
function matchesFrom(
  env: Env,
  node: XmlNode | undefined,
  alternative: Alternative,
  index: number,
): boolean {
  charge(env, 1);
  const step = alternative.steps[index];
  if (step === undefined) {
    return !alternative.isRooted || node?.kind === 'document';
  }
  if (node === undefined || !passes(env, node, step)) return false;
  if (index === alternative.steps.length - 1 && !alternative.isRooted) return true;
  if (!step.isDeep) return matchesFrom(env, node.parent, alternative, index + 1);
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (matchesFrom(env, up, alternative, index + 1)) return true;
  }
  return false;
}

function passes(env: Env, node: XmlNode, step: Step): boolean {
  if ((node.kind === 'attribute') !== step.isAttribute || !step.test(env, node)) return false;
  if (!step.isCounted) return step.sieve(env, [node]).length > 0;
  const around = step.isAttribute ? node.parent?.attributes : node.parent?.children;
  const alike = (around ?? []).filter((other) => step.test(env, other));
  charge(env, alike.length);
  return step.sieve(env, alike).includes(node);
}
