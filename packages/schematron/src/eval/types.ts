import { must } from '@hanse/kit';
import { cast, isOfType } from '../cast.ts';
import { EvaluationFault } from '../fault.ts';
import { isNode, type Item, type Sequence } from '../value.ts';
import type { ExprOf, SequenceType } from '../xpath/ast.ts';
import { compileTest, type NameIndex } from './axes.ts';
import { atomizeOne, fromItems, fromTest, type Code, type Env } from './env.ts';

/** `a cast as xs:decimal?`. */
export function compileCast({ type, isOptional }: ExprOf<'cast'>, operand: Code): Code {
  return fromItems((env) => {
    const atom = atomizeOne(env, operand.items(env), 'the operand of cast');
    if (atom !== undefined) return [cast(atom, type)];
    if (isOptional) return [];
    throw new EvaluationFault('XPTY0004', 'nothing cannot be cast');
  });
}

/** `a castable as xs:date`. */
export function compileCastable({ type, isOptional }: ExprOf<'castable'>, operand: Code): Code {
  return fromTest((env) => {
    const items = operand.items(env);
    if (items.length !== 1) return items.length === 0 && isOptional;
    try {
      cast(must(atomizeOne(env, items, 'the operand'), 'one item'), type);
      return true;
    } catch (error) {
      if (error instanceof EvaluationFault) return false;
      throw error;
    }
  });
}

/** `a instance of xs:string+` and `a treat as element()`. */
export function compileInstance(
  expr: ExprOf<'instance' | 'treat'>,
  operand: Code,
  nameIndex: NameIndex,
): Code {
  const fits = compileType(expr.type, nameIndex);
  if (expr.kind === 'instance') return fromTest((env) => fits(env, operand.items(env)));
  return fromItems((env) => {
    const items = operand.items(env);
    if (fits(env, items)) return items;
    throw new EvaluationFault('XPDY0050', 'a value is not of the type it is treated as');
  });
}

/** Whether a value is of a sequence type. */
export function compileType(
  { item, occurrence }: SequenceType,
  nameIndex: NameIndex,
): (env: Env, items: Sequence) => boolean {
  if (item === 'empty') return (_, items) => items.length === 0;
  const matches = compileItemType(item, nameIndex);
  const min = occurrence === '' || occurrence === '+' ? 1 : 0;
  const max = occurrence === '' || occurrence === '?' ? 1 : Infinity;
  return (env, items) =>
    items.length >= min && items.length <= max && items.every((one) => matches(env, one));
}

function compileItemType(
  type: Exclude<SequenceType['item'], 'empty'>,
  nameIndex: NameIndex,
): (env: Env, item: Item) => boolean {
  if (type === 'item') return () => true;
  if (type === 'node') return (_, item) => isNode(item);
  if (type === 'atomic') return (_, item) => !isNode(item);
  if ('base' in type) return (_, item) => !isNode(item) && isOfType(item, type);
  const matches = compileTest(type, 'child', nameIndex);
  return (env, item) => isNode(item) && matches(env, item);
}
