import type { TypeName } from '../cast.ts';
import type { Relation } from '../compare.ts';
import type { Atom } from '../value.ts';

/** Which nodes an axis step looks at. */
export type Axis =
  | 'child'
  | 'descendant'
  | 'attribute'
  | 'self'
  | 'descendant-or-self'
  | 'following-sibling'
  | 'following'
  | 'parent'
  | 'ancestor'
  | 'preceding-sibling'
  | 'preceding'
  | 'ancestor-or-self';

/** Which of them it takes. A missing `ns` or `local` stands for any. */
export type NodeTest =
  | { readonly kind: 'name'; readonly ns: string | undefined; readonly local: string | undefined }
  | { readonly kind: 'any' | 'text' | 'comment' | 'document' }
  | { readonly kind: 'instruction'; readonly target: string | undefined }
  | {
      readonly kind: 'element' | 'attribute';
      readonly ns: string | undefined;
      readonly local: string | undefined;
    };

/** `xs:decimal?`, `element()*`, `empty-sequence()`. */
export type SequenceType = {
  readonly item: TypeName | NodeTest | 'item' | 'node' | 'empty' | 'atomic';
  readonly occurrence: '' | '?' | '*' | '+';
};

type At = { /** Offset into the expression, for messages. */ readonly at: number };

/** One shape for several kinds of expression. */
type Each<K extends string, Fields> = K extends string ? { readonly kind: K } & Fields : never;

/** An expression of XPath 2.0. */
export type Expr = At &
  (
    | { readonly kind: 'literal'; readonly value: Atom }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'context' }
    | { readonly kind: 'root' }
    | { readonly kind: 'sequence'; readonly items: readonly Expr[] }
    | {
        readonly kind: 'logic';
        readonly op: 'and' | 'or';
        readonly left: Expr;
        readonly right: Expr;
      }
    | Each<
        'general' | 'value',
        { readonly op: Relation; readonly left: Expr; readonly right: Expr }
      >
    | {
        readonly kind: 'order';
        readonly op: 'is' | '<<' | '>>';
        readonly left: Expr;
        readonly right: Expr;
      }
    | { readonly kind: 'range'; readonly left: Expr; readonly right: Expr }
    | {
        readonly kind: 'arithmetic';
        readonly op: '+' | '-' | '*' | 'div' | 'idiv' | 'mod';
        readonly left: Expr;
        readonly right: Expr;
      }
    | { readonly kind: 'negate'; readonly operand: Expr; readonly isNegative: boolean }
    | {
        readonly kind: 'combine';
        readonly op: 'union' | 'intersect' | 'except';
        readonly left: Expr;
        readonly right: Expr;
      }
    | Each<'instance' | 'treat', { readonly operand: Expr; readonly type: SequenceType }>
    | Each<
        'cast' | 'castable',
        { readonly operand: Expr; readonly type: TypeName; readonly isOptional: boolean }
      >
    | {
        readonly kind: 'if';
        readonly condition: Expr;
        readonly accepted: Expr;
        readonly refused: Expr;
      }
    | Each<
        'for' | 'some' | 'every',
        { readonly name: string; readonly source: Expr; readonly body: Expr }
      >
    | {
        readonly kind: 'step';
        readonly axis: Axis;
        readonly test: NodeTest;
        readonly predicates: readonly Expr[];
      }
    | { readonly kind: 'filter'; readonly base: Expr; readonly predicates: readonly Expr[] }
    | {
        readonly kind: 'slash';
        readonly left: Expr;
        readonly right: Expr;
        /** `//` */
        readonly isDeep: boolean;
      }
    | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expr[] }
  );

/** A function by namespace and local name. */
export type FunctionName = { readonly ns: string; readonly local: string };

/** An expression of one kind. */
export type ExprOf<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>;

/** The parts of an expression that are expressions. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'variable':
    case 'context':
    case 'root':
      return [];
    case 'sequence':
      return expr.items;
    case 'logic':
    case 'general':
    case 'value':
    case 'order':
    case 'range':
    case 'arithmetic':
    case 'combine':
    case 'slash':
      return [expr.left, expr.right];
    case 'negate':
    case 'instance':
    case 'treat':
    case 'cast':
    case 'castable':
      return [expr.operand];
    case 'if':
      return [expr.condition, expr.accepted, expr.refused];
    case 'for':
    case 'some':
    case 'every':
      return [expr.source, expr.body];
    case 'step':
      return expr.predicates;
    case 'filter':
      return [expr.base, ...expr.predicates];
    case 'call':
      return expr.args;
  }
}
