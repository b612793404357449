import { dateKey, type DateValue } from './date.ts';
import {
  compareDecimals,
  decimalToNumber,
  formatDecimal,
  parseDecimal,
  type Decimal,
} from './decimal.ts';
import { EvaluationFault } from './fault.ts';
import type { XmlNode } from './tree.ts';

/** Content of a document whose type no schema gives: `xs:untypedAtomic`. */
export type Untyped = { readonly kind: 'untyped'; readonly text: string };

/** An atomic value. Strings are `xs:string`, numbers `xs:double`. */
export type Atom = string | boolean | number | Decimal | Untyped | DateValue;

/** An item of a sequence. */
export type Item = Atom | XmlNode;

/** A value of XPath. */
export type Sequence = readonly Item[];

/** The type of an atomic value. */
export type AtomType =
  | 'string'
  | 'boolean'
  | 'double'
  | 'decimal'
  | 'untyped'
  | 'date'
  | 'dateTime';

/** The empty sequence. */
export const EMPTY: Sequence = [];
export const TRUE: Sequence = [true];
export const FALSE: Sequence = [false];

/** Whether an item is a node. */
export function isNode(item: Item): item is XmlNode {
  return typeof item === 'object' && 'order' in item;
}

/** The type of an atomic value. */
export function typeOf(atom: Atom): AtomType {
  if (typeof atom === 'string') return 'string';
  if (typeof atom === 'boolean') return 'boolean';
  return typeof atom === 'number' ? 'double' : atom.kind;
}

/** Whether a value is a number. */
export function isNumeric(item: Item): item is number | Decimal {
  return typeof item === 'number' || (typeof item === 'object' && item.kind === 'decimal');
}

/** Effective boolean value. */
export function effectiveBoolean(items: Sequence): boolean {
  const first = items[0];
  if (first === undefined) return false;
  if (isNode(first)) return true;
  if (items.length > 1) {
    throw new EvaluationFault('FORG0006', 'several values where true or false is asked');
  }
  switch (typeof first) {
    case 'boolean':
      return first;
    case 'string':
      return first !== '';
    case 'number':
      return first !== 0 && !Number.isNaN(first);
    default:
      break;
  }
  if (first.kind === 'decimal') return first.units !== 0n;
  if (first.kind === 'untyped') return first.text !== '';
  throw new EvaluationFault('FORG0006', `a ${first.kind} where true or false is asked`);
}

/** The text of an atomic value: its cast to `xs:string`. */
export function textOf(atom: Atom): string {
  switch (typeof atom) {
    case 'string':
      return atom;
    case 'boolean':
      return atom ? 'true' : 'false';
    case 'number':
      return formatDouble(atom);
    default:
      return atom.kind === 'decimal' ? formatDecimal(atom) : atom.text;
  }
}

/** Text without the white space of XML around it. A regular expression would be quadratic here. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isSpace(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 9 || unit === 13;
}

/** The double of a text, or undefined when it is none. */
export function parseDouble(text: string): number | undefined {
  const bare = trim(text);
  if (bare === 'INF') return Infinity;
  if (bare === '-INF') return -Infinity;
  if (bare === 'NaN') return NaN;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(bare) ? Number(bare) : undefined;
}

/** The boolean of a text, or undefined when it is none. */
export function parseBoolean(text: string): boolean | undefined {
  const bare = trim(text);
  if (bare === 'true' || bare === '1') return true;
  return bare === 'false' || bare === '0' ? false : undefined;
}

/** The decimal of a text, or undefined when it is none. */
export function parseNumber(text: string): Decimal | undefined {
  return parseDecimal(trim(text));
}

/** The double nearest to a number. */
export function toDouble(value: number | Decimal): number {
  return typeof value === 'number' ? value : decimalToNumber(value);
}

/** Order of two numbers; NaN when one of them is none. Exact between decimals. */
export function compareNumbers(a: number | Decimal, b: number | Decimal): number {
  if (typeof a === 'object' && typeof b === 'object') return compareDecimals(a, b);
  const left = toDouble(a);
  const right = toDouble(b);
  return left < right ? -1 : left > right ? 1 : left === right ? 0 : NaN;
}

/** Order of two texts by code points; JavaScript alone orders by UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return aboveSurrogates(left) - aboveSurrogates(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for the highest code points, but U+E000 to U+FFFF come after them as units. */
function aboveSurrogates(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}

/** Key under which values that are `eq` meet; values of unlike types have unlike keys. */
export function equalityKey(atom: Atom): string {
  switch (typeof atom) {
    case 'string':
      return `s${atom}`;
    case 'boolean':
      return `b${atom}`;
    case 'number':
      // Whole and short doubles meet the equal decimals under one text.
      return Number.isSafeInteger(atom) ? `n${atom + 0}` : `n${atom}`;
    default:
      break;
  }
  if (atom.kind === 'untyped') return `s${atom.text}`;
  return atom.kind === 'decimal' ? `n${formatDecimal(atom)}` : dateKey(atom);
}

/** A double as XPath writes it: plain between 1e-6 and 1e6, with an exponent outside. */
export function formatDouble(x: number): string {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? 'INF' : '-INF';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const size = Math.abs(x);
  if (size >= 1e-6 && size < 1e6) return plain(x);
  const [digits = '', exponent = ''] = x.toExponential().split('e');
  const mantissa = digits.includes('.') ? digits : `${digits}.0`;
  return `${mantissa}E${Number(exponent)}`;
}

function plain(x: number): string {
  const text = String(x);
  if (!text.includes('e')) return text;
  // JavaScript changes to exponents below 1e-6 only: 0.000001 to 0.00000123 are beyond its plain form.
  const [digits = '', exponent = ''] = text.split('e-');
  const sign = digits.startsWith('-') ? '-' : '';
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${digits.replace(/[-.]/g, '')}`;
}
