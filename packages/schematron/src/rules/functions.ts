import { EvaluationFault } from '../fault.ts';
import { CALL_DEPTH_MAX } from '../limits.ts';
import type { XmlNode } from '../tree.ts';
import { cast, type TypeName } from '../cast.ts';
import {
  aside,
  atomsOf,
  charge,
  chargeText,
  constant,
  fromItems,
  type Code,
  type Env,
} from '../eval/env.ts';
import { bind, compile } from '../eval/compile.ts';
import { functionKey, type Scope } from '../eval/scope.ts';
import { compileType } from '../eval/types.ts';
import { EMPTY, textOf, typeOf, type Atom, type Sequence } from '../value.ts';
import { expandName } from '../xpath/names.ts';
import { parseExpression, parseType } from '../xpath/parse.ts';
import { at, refuse } from './problem.ts';
import { XSL, type Reader } from './read.ts';

/**
 * Declare the `xsl:function`s of a file. Returns what compiles their bodies, once the variables of
 * the file are known: functions and variables may use each other.
 */
export function declareFunctions(
  nodes: readonly XmlNode[],
  reader: Reader,
  prefixes: ReadonlyMap<string, string>,
  scope: Scope,
): (scope: Scope) => void {
  const bodies = nodes.map((node) => declare(node, { reader, prefixes, scope }));
  return (known) => {
    for (const compileBody of bodies) compileBody(known);
  };
}

type Context = {
  readonly reader: Reader;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly scope: Scope;
};

function declare(node: XmlNode, context: Context): (known: Scope) => void {
  const { reader, prefixes, scope } = context;
  const place = reader.place(node);
  const name = at(place, () => expandName(reader.need(node, 'name'), '', prefixes, 0));
  if (name.ns === '') refuse('WrongStructure', 'a function has a prefix', place);
  const parts = reader.elements(node);
  const params = parts.filter((part) => reader.is(part, XSL, 'param'));
  const converts = params.map((param) => compileConversion(param, context));
  const returns = compileConversion(node, context);
  let body: Code = constant(EMPTY);
  const call = (args: readonly Code[]): Code =>
    fromItems((env) => {
      const values = args.map((arg, index) => converts[index]?.(env, arg.items(env)) ?? EMPTY);
      return invoke(env, values, () => returns(env, body.items(env)));
    });
  scope.shared.functions.set(functionKey(name, params.length), { arity: params.length, call });
  return (known) => {
    let inner: Scope = { ...known, depth: 0 };
    for (const param of params) inner = bind(inner, reader.need(param, 'name')).inner;
    body = compileBody(parts.slice(params.length), node, { ...context, scope: inner });
  };
}

/** A function sees its arguments and global variables, no focus. */
function invoke(env: Env, values: Sequence[], run: () => Sequence): Sequence {
  if (env.callDepth >= CALL_DEPTH_MAX) {
    throw new EvaluationFault('FOAR0002', `calls nest deeper than ${CALL_DEPTH_MAX}`);
  }
  charge(env, 1);
  env.callDepth++;
  const result = aside(env, undefined, () => {
    env.variables = values;
    return run();
  });
  env.callDepth--;
  return result;
}

type Conversion = (env: Env, items: Sequence) => Sequence;

/** What `as="..."` does: untyped content takes the type, everything else must already be of it. */
function compileConversion(node: XmlNode, { reader, prefixes, scope }: Context): Conversion {
  const text = reader.attribute(node, 'as');
  if (text === undefined) return (_, items) => items;
  const place = reader.place(node);
  const type = at(place, () => parseType(text, prefixes));
  const fits = compileType(type, scope.shared.nameIndex);
  const { item } = type;
  const target = typeof item === 'object' && 'base' in item ? item : undefined;
  return (env, items) => {
    const values =
      target === undefined
        ? items
        : atomsOf(env, items).map((atom) =>
            isConverted(atom, target) ? cast(atom, target) : atom,
          );
    if (fits(env, values)) return values;
    throw new EvaluationFault('XPTY0004', `${place.rule} asks for ${text}`);
  };
}

/** Untyped content takes any type, decimals become doubles; nothing else changes by itself. */
function isConverted(atom: Atom, target: TypeName): boolean {
  const type = typeOf(atom);
  return type === 'untyped' || (type === 'decimal' && target.base === 'double');
}

/** Variables first, then what the function gives. */
function compileBody(parts: readonly XmlNode[], owner: XmlNode, context: Context): Code {
  const { reader, scope } = context;
  const [first, ...others] = parts;
  if (first === undefined) return constant(EMPTY);
  if (reader.hasText(owner)) {
    refuse('NotSupported', 'text in a function is not supported', reader.place(owner));
  }
  if (reader.is(first, XSL, 'variable')) {
    const value = compileVariable(first, context);
    const { inner, slot } = bind(scope, reader.need(first, 'name'));
    const rest = compileBody(others, owner, { ...context, scope: inner });
    return fromItems((env) => {
      env.variables[slot] = value.items(env);
      return rest.items(env);
    });
  }
  const result = compileInstruction(first, context);
  if (others.length === 0) return result;
  return refuse(
    'NotSupported',
    'a function gives the value of one instruction',
    reader.place(owner),
  );
}

/** A variable is an expression, or what stands between the tags: text, or one instruction. */
function compileVariable(node: XmlNode, context: Context): Code {
  const value = compileContent(node, context);
  const convert = compileConversion(node, context);
  return fromItems((env) => convert(env, value.items(env)));
}

function compileContent(node: XmlNode, context: Context): Code {
  const { reader } = context;
  if (reader.attribute(node, 'select') !== undefined)
    return compileAttribute(node, 'select', context);
  if (reader.elements(node).length === 0) {
    return constant([{ kind: 'untyped', text: reader.text(node) }]);
  }
  const body = compileBody(reader.elements(node), node, context);
  // Without a type, what is inside becomes the text of a new document.
  return reader.attribute(node, 'as') === undefined ? asText(body) : body;
}

function compileInstruction(node: XmlNode, context: Context): Code {
  const { reader } = context;
  if (reader.is(node, XSL, 'sequence')) return compileAttribute(node, 'select', context);
  if (reader.is(node, XSL, 'value-of')) return compileText(node, context);
  if (reader.is(node, XSL, 'if')) return compileChoice([node], context);
  if (reader.is(node, XSL, 'choose')) return compileChoice(reader.elements(node), context);
  return refuse(
    'NotSupported',
    `the instruction ${reader.localName(node)} is not supported`,
    reader.place(node),
  );
}

/** A text node in XSLT; nobody here can tell it from its untyped content. */
function compileText(node: XmlNode, context: Context): Code {
  return asText(compileAttribute(node, 'select', context));
}

function asText(value: Code): Code {
  return fromItems((env) => {
    const text = atomsOf(env, value.items(env)).map(textOf).join(' ');
    return [{ kind: 'untyped', text: chargeText(env, text) }];
  });
}

/** `if`, and the branches of `choose`. */
function compileChoice(branches: readonly XmlNode[], context: Context): Code {
  const { reader } = context;
  const [first, ...others] = branches;
  if (first === undefined) return constant(EMPTY);
  const body = compileBody(reader.elements(first), first, context);
  if (reader.is(first, XSL, 'otherwise')) return body;
  const test = compileAttribute(first, 'test', context);
  const otherwise = compileChoice(others, context);
  return fromItems((env) => (test.test(env) ? body : otherwise).items(env));
}

function compileAttribute(node: XmlNode, name: string, context: Context): Code {
  const { reader, prefixes, scope } = context;
  const text = reader.need(node, name);
  return at(reader.place(node), () => compile(parseExpression(text, prefixes), scope));
}
