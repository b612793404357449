import { decimalOf } from '../decimal.ts';
import { EvaluationFault } from '../fault.ts';
import {
  compareText,
  isNode,
  isNumeric,
  textOf,
  toDouble,
  type Atom,
  type Item,
} from '../value.ts';
import {
  atomsOf,
  charge,
  atomizeOne,
  chargeText,
  fromAtom,
  fromItems,
  fromTest,
  textOfNode,
  type Code,
  type Env,
} from '../eval/env.ts';
import {
  define,
  doubleArg,
  FOCUS,
  onFocus,
  optionalText,
  predicate,
  textArg,
  type FunctionTable,
} from './spec.ts';

/** Texts up to this length are looked for at the price of reading the other one. */
const LONG_MARK = 32;

/** Functions on strings. */
export const textFunctions: FunctionTable = {
  string: onFocus((arg) => fromAtom((env) => stringOf(env, arg))),
  'string-length': onFocus((arg) => {
    const text = stringArg(arg);
    return fromAtom((env) => decimalOf(lengthOf(text(env))));
  }),
  'normalize-space': onFocus((arg) => {
    const text = stringArg(arg);
    return fromAtom((env) => normalizeSpace(text(env)));
  }),
  'upper-case': define(1, 1, (arg) => mapText(arg, 'upper-case', (text) => text.toUpperCase())),
  'lower-case': define(1, 1, (arg) => mapText(arg, 'lower-case', (text) => text.toLowerCase())),
  contains: predicate(2, 2, (a, b) => testTexts(a, b, 'contains', (s, t) => s.includes(t))),
  'starts-with': predicate(2, 2, (a, b) =>
    testTexts(a, b, 'starts-with', (s, t) => s.startsWith(t)),
  ),
  'ends-with': predicate(2, 2, (a, b) => testTexts(a, b, 'ends-with', (s, t) => s.endsWith(t))),
  'substring-before': define(2, 2, (a, b) =>
    joinTexts(a, b, 'substring-before', (text, mark) => {
      const at = text.indexOf(mark);
      return at < 0 ? '' : text.slice(0, at);
    }),
  ),
  'substring-after': define(2, 2, (a, b) =>
    joinTexts(a, b, 'substring-after', (text, mark) => {
      const at = text.indexOf(mark);
      return at < 0 ? '' : text.slice(at + mark.length);
    }),
  ),
  substring: define(2, 3, substring),
  concat: define(2, 100, (...args) =>
    fromAtom((env) => chargeText(env, args.map((arg) => looseText(env, arg)).join(''))),
  ),
  'string-join': define(2, 2, (items, separator) => {
    const between = textArg(separator, 'string-join');
    return fromAtom((env) => {
      const texts = atomsOf(env, items?.items(env) ?? []).map(textOnly);
      return chargeText(env, texts.join(between(env)));
    });
  }),
  translate: define(3, 3, translate),
  compare: define(2, 2, (a, b) => {
    const [left, right] = [optionalText(a, 'compare'), optionalText(b, 'compare')];
    return fromAtom((env) => {
      const [s, t] = [left(env), right(env)];
      if (s === undefined || t === undefined) return undefined;
      return decimalOf(Math.sign(compareText(s, t)));
    });
  }),
  'codepoint-equal': predicate(2, 2, (a, b) => {
    const [left, right] = [optionalText(a, 'codepoint-equal'), optionalText(b, 'codepoint-equal')];
    return fromAtom((env) => {
      const [s, t] = [left(env), right(env)];
      return s === undefined || t === undefined ? undefined : s === t;
    });
  }),
  'string-to-codepoints': define(1, 1, (arg) => {
    const text = textArg(arg, 'string-to-codepoints');
    return fromItems((env) =>
      Array.from(chargeEach(env, text(env)), (char) => decimalOf(char.codePointAt(0) ?? 0)),
    );
  }),
  'codepoints-to-string': define(1, 1, (arg) =>
    fromAtom((env) =>
      atomsOf(env, arg?.items(env) ?? [])
        .map(characterOf)
        .join(''),
    ),
  ),
};

/**
 * The argument of `string-length` and `normalize-space`. Left out, it is the string value of the
 * context item, which may be of any type.
 */
function stringArg(code: Code): (env: Env) => string {
  return code === FOCUS ? (env) => stringOf(env, code) : textArg(code, 'a string function');
}

function stringOf(env: Env, arg: Code): string {
  const items = arg.items(env);
  const [item] = items;
  if (items.length > 1) throw new EvaluationFault('XPTY0004', 'string takes one item');
  return item === undefined ? '' : stringOfItem(env, item);
}

function stringOfItem(env: Env, item: Item): string {
  return isNode(item) ? textOfNode(env, item) : chargeText(env, textOf(item));
}

/** White space of XML collapsed to single spaces, none at the ends. */
export function normalizeSpace(text: string): string {
  return text
    .split(/[ \t\r\n]+/)
    .filter((word) => word !== '')
    .join(' ');
}

/** Number of code points. */
function lengthOf(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) pairs++;
  return text.length - pairs;
}

function mapText(arg: Code | undefined, name: string, map: (text: string) => string): Code {
  const text = textArg(arg, name);
  return fromAtom((env) => map(text(env)));
}

function testTexts(
  a: Code | undefined,
  b: Code | undefined,
  name: string,
  test: (text: string, mark: string) => boolean,
): Code {
  const [left, right] = [textArg(a, name), textArg(b, name)];
  return fromTest((env) => {
    const [text, mark] = [left(env), right(env)];
    chargeSearch(env, text, mark);
    return test(text, mark);
  });
}

function joinTexts(
  a: Code | undefined,
  b: Code | undefined,
  name: string,
  join: (text: string, mark: string) => string,
): Code {
  const [left, right] = [textArg(a, name), textArg(b, name)];
  return fromAtom((env) => {
    const [text, mark] = [left(env), right(env)];
    chargeSearch(env, text, mark);
    return join(text, mark);
  });
}

/** Looking for a long text in a long text can take the product of their lengths. */
function chargeSearch(env: Env, text: string, mark: string): void {
  if (mark.length <= LONG_MARK || mark.length > text.length) return;
  charge(env, Math.floor((text.length * mark.length) / 64));
}

/** Positions are rounded doubles: a character is taken when round(start) <= p < round(start) + round(length). */
function substring(source?: Code, from?: Code, count?: Code): Code {
  const text = textArg(source, 'substring');
  const start = doubleArg(from, 'substring');
  const length = count === undefined ? undefined : doubleArg(count, 'substring');
  return fromAtom((env) => {
    const whole = text(env);
    const first = Math.round(start(env));
    const end = length === undefined ? Infinity : first + Math.round(length(env));
    if (Number.isNaN(first) || Number.isNaN(end)) return '';
    return slicePoints(whole, Math.max(first - 1, 0), Math.max(end - 1, 0));
  });
}

function slicePoints(text: string, start: number, end: number): string {
  if (lengthOf(text) === text.length) return text.slice(start, end);
  return Array.from(text).slice(start, end).join('');
}

function translate(source?: Code, from?: Code, to?: Code): Code {
  const text = textArg(source, 'translate');
  const [before, after] = [textArg(from, 'translate'), textArg(to, 'translate')];
  return fromAtom((env) => {
    const targets = Array.from(after(env));
    const map = new Map<string, string>();
    for (const [index, char] of Array.from(before(env)).entries()) {
      if (!map.has(char)) map.set(char, targets[index] ?? '');
    }
    return Array.from(chargeEach(env, text(env)), (char) => map.get(char) ?? char).join('');
  });
}

/** `concat` takes any atomic value. */
function looseText(env: Env, arg: Code): string {
  const atom = atomizeOne(env, arg.items(env), 'an argument of concat');
  return atom === undefined ? '' : chargeText(env, textOf(atom));
}

function textOnly(atom: Atom): string {
  if (typeof atom === 'string') return atom;
  if (typeof atom === 'object' && atom.kind === 'untyped') return atom.text;
  throw new EvaluationFault('XPTY0004', 'string-join takes strings');
}

function characterOf(atom: Atom): string {
  const point = isNumeric(atom) ? toDouble(atom) : NaN;
  const isCharacter =
    point === 9 ||
    point === 10 ||
    point === 13 ||
    (point >= 0x20 && point <= 0xd7ff) ||
    (point >= 0xe000 && point <= 0xfffd) ||
    (point >= 0x10000 && point <= 0x10ffff);
  if (Number.isInteger(point) && isCharacter) return String.fromCodePoint(point);
  throw new EvaluationFault('FOCH0001', `${textOf(atom)} is no character of XML`);
}

/** Charge a step for each character: each becomes an item. */
function chargeEach(env: Env, text: string): string {
  charge(env, text.length);
  return text;
}
