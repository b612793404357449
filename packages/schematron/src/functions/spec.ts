import { EvaluationFault } from '../fault.ts';
import type { Decimal } from '../decimal.ts';
import { cast, type TypeName } from '../cast.ts';
import {
  isNumeric,
  parseDouble,
  textOf,
  toDouble,
  typeOf,
  type Atom,
  type Sequence,
} from '../value.ts';
import { atomOf, chargeText, focusItem, fromItems, type Code, type Env } from '../eval/env.ts';

/** A built-in function: how many arguments it takes and how a call is compiled. */
export type FunctionSpec = {
  readonly min: number;
  readonly max: number;
  /** Whether a call without arguments looks at the context item. */
  readonly usesFocus: boolean;
  /** Whether a call is true or false, so that as a predicate it never means a position. */
  readonly isTest: boolean;
  readonly build: (args: readonly Code[]) => Code;
};

/** Functions by local name. */
export type FunctionTable = Readonly<Record<string, FunctionSpec>>;

/** A function with a fixed or bounded number of arguments. */
export function define(
  min: number,
  max: number,
  build: (...args: readonly Code[]) => Code,
): FunctionSpec {
  return { min, max, usesFocus: false, isTest: false, build: (args) => build(...args) };
}

/** A function that is true or false. */
export function predicate(
  min: number,
  max: number,
  build: (...args: readonly Code[]) => Code,
): FunctionSpec {
  return { ...define(min, max, build), isTest: true };
}

/** A function of one argument, by default the context item. */
export function onFocus(build: (arg: Code) => Code): FunctionSpec {
  return {
    ...define(0, 1, (arg) => build(arg ?? FOCUS)),
    usesFocus: true,
  };
}

/** Code of `.`. */
export const FOCUS: Code = fromItems((env) => [focusItem(env)]);

/** Code of an argument that was left out and is empty by default. */
export const ABSENT: Code = fromItems(() => []);

/** An `xs:string?` argument; nothing is the empty string. */
export function textArg(code: Code | undefined, name: string): (env: Env) => string {
  const optional = optionalText(code, name);
  return (env) => optional(env) ?? '';
}

/** An `xs:string?` argument that tells nothing from the empty string. */
export function optionalText(
  code: Code | undefined,
  name: string,
): (env: Env) => string | undefined {
  const atom = atomOf(code ?? ABSENT, `an argument of ${name}`);
  return (env) => {
    const value = atom(env);
    if (value === undefined) return undefined;
    if (typeof value === 'string') return chargeText(env, value);
    if (typeOf(value) === 'untyped') return chargeText(env, textOf(value));
    throw new EvaluationFault('XPTY0004', `${name} takes text, not ${typeOf(value)}`);
  };
}

/** A numeric argument; untyped content becomes a double. */
export function numberArg(
  code: Code | undefined,
  name: string,
): (env: Env) => number | Decimal | undefined {
  const atom = atomOf(code ?? ABSENT, `an argument of ${name}`);
  return (env) => {
    const value = atom(env);
    return value === undefined ? undefined : toNumeric(value, name);
  };
}

/** A numeric argument that must be there, as a double. */
export function doubleArg(code: Code | undefined, name: string): (env: Env) => number {
  const numeric = numberArg(code, name);
  return (env) => {
    const value = numeric(env);
    if (value === undefined) throw new EvaluationFault('XPTY0004', `${name} misses a number`);
    return toDouble(value);
  };
}

/** A number as it is; untyped content as a double; a fault for anything else. */
export function toNumeric(atom: Atom, name: string): number | Decimal {
  if (isNumeric(atom)) return atom;
  if (typeOf(atom) !== 'untyped') {
    throw new EvaluationFault('XPTY0004', `${name} takes numbers, not ${typeOf(atom)}`);
  }
  const value = parseDouble(textOf(atom));
  if (value !== undefined) return value;
  throw new EvaluationFault('FORG0001', `"${textOf(atom).slice(0, 40)}" is no number`);
}

/** The constructor function of an atomic type. */
export function constructorOf(type: TypeName): FunctionSpec {
  return define(1, 1, (arg) => {
    const atom = atomOf(arg ?? ABSENT, `the argument of xs:${type.local}`);
    return fromItems((env): Sequence => {
      const value = atom(env);
      return value === undefined ? [] : [cast(value, type)];
    });
  });
}
