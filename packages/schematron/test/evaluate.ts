import { compile } from '../src/eval/compile.ts';
import { newEnv, wantedNames } from '../src/eval/env.ts';
import { newShared } from '../src/eval/scope.ts';
import { formatDecimal } from '../src/decimal.ts';
import { EvaluationFault } from '../src/fault.ts';
import { checkLimits } from '../src/limits.ts';
import { pathOf } from '../src/tree.ts';
import { isNode, textOf, typeOf, type Item } from '../src/value.ts';
import { parseLocated } from '../src/xml.ts';
import { parseExpression } from '../src/xpath/parse.ts';
import type { XmlTree } from '../src/index.ts';

const PREFIXES = new Map([
  ['p', 'urn:p'],
  ['q', 'urn:q'],
]);

/** A small document of the tests. */
export function parse(xml: string): XmlTree {
  const parsed = parseLocated(xml, checkLimits);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.tree;
}

/**
 * The value of an expression at the root element, item by item: nodes as paths, strings in quotes,
 * doubles with a `d`, untyped content with a `u`, everything else as its text. A dynamic error is
 * its code.
 */
export function evaluate(
  expression: string,
  xml = '<a/>',
  stepsMax = checkLimits.stepsMax,
): string {
  const tree = parse(xml);
  const shared = newShared();
  const scope = { shared, variables: new Map(), depth: 0, globals: '' };
  const code = compile(parseExpression(expression, PREFIXES), scope);
  const wanted = wantedNames(shared.names(), tree);
  const env = newEnv({ tree, wanted, keptCount: shared.keptCount(), stepsMax });
  env.item = tree.document.children.find(({ kind }) => kind === 'element');
  env.current = tree.document;
  try {
    const items = code.items(env);
    const text = items.map((item) => show(tree, item)).join(', ');
    checkTest(expression, text, () => code.test(env));
    return text;
  } catch (error) {
    if (error instanceof EvaluationFault) return error.code;
    throw error;
  }
}

/** The effective boolean value must say the same as the items. */
function checkTest(expression: string, items: string, test: () => boolean): void {
  if ((items === 'true' || items === 'false') && String(test()) !== items) {
    throw new Error(`${expression} is ${items}, but as a condition it is not`);
  }
}

function show(tree: XmlTree, item: Item): string {
  if (isNode(item)) return pathOf(tree, item);
  switch (typeOf(item)) {
    case 'string':
      return `"${textOf(item)}"`;
    case 'double':
      return `d${textOf(item)}`;
    case 'untyped':
      return `u${textOf(item)}`;
    case 'decimal':
      return typeof item === 'object' && item.kind === 'decimal' ? formatDecimal(item) : '';
    case 'boolean':
    case 'date':
    case 'dateTime':
      return textOf(item);
  }
}
