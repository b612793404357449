import { decimalOf } from '../decimal.ts';
import { EvaluationFault } from '../fault.ts';
import { lexicalName, type XmlNode } from '../tree.ts';
import { isNode, type Atom } from '../value.ts';
import { focusItem, fromAtom, fromItems, type Code, type Env } from '../eval/env.ts';
import { define, onFocus, type FunctionTable } from './spec.ts';

/** Functions on nodes and on the focus. */
export const nodeFunctions: FunctionTable = {
  name: onFocus((arg) => fromAtom((env) => named(env, arg, (node) => lexicalName(env.tree, node)))),
  'local-name': onFocus((arg) =>
    fromAtom((env) => named(env, arg, (node) => env.tree.names[node.name]?.local ?? '')),
  ),
  'namespace-uri': onFocus((arg) =>
    fromAtom((env) => named(env, arg, (node) => env.tree.names[node.name]?.ns ?? '')),
  ),
  root: onFocus((arg) =>
    fromItems((env) => (nodeOf(env, arg) === undefined ? [] : [env.tree.document])),
  ),
  position: {
    ...define(0, 0, () => onlyInFocus((env) => decimalOf(env.position))),
    usesFocus: true,
  },
  last: {
    ...define(0, 0, () => onlyInFocus((env) => decimalOf(env.size))),
    usesFocus: true,
  },
  current: {
    ...define(0, 0, () =>
      fromItems((env) => {
        if (env.current !== undefined) return [env.current];
        throw new EvaluationFault('XPDY0002', 'no rule fires here');
      }),
    ),
    usesFocus: true,
  },
};

function onlyInFocus(value: (env: Env) => Atom): Code {
  return fromAtom((env) => {
    focusItem(env);
    return value(env);
  });
}

function named(env: Env, arg: Code, name: (node: XmlNode) => string): string {
  const node = nodeOf(env, arg);
  return node === undefined ? '' : name(node);
}

function nodeOf(env: Env, arg: Code): XmlNode | undefined {
  const items = arg.items(env);
  const [item] = items;
  if (items.length > 1 || (item !== undefined && !isNode(item))) {
    throw new EvaluationFault('XPTY0004', 'a function that takes a node got something else');
  }
  return item;
}
