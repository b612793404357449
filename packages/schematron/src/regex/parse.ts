import { EvaluationFault } from '../fault.ts';
import { REGEX_GROUPS_MAX } from '../limits.ts';
import {
  anyOf,
  anyPoint,
  caseless,
  category,
  escapeClass,
  except,
  fast,
  not,
  notNewline,
  range,
  single,
  type CharTest,
} from './charset.ts';

/** A regular expression as a tree. */
export type Regex =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Regex[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: Regex }
  | {
      readonly kind: 'repeat';
      readonly body: Regex;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    };

/** Flags `s`, `m`, `i`, `x` of `fn:matches`. */
export type RegexFlags = {
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly ignoreCase: boolean;
  readonly extended: boolean;
};

const SINGLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const ESCAPED = '\\|.-^?*+{}()[]$';
const NESTING_MAX = 50;
const COUNT_MAX = 1_000;

/** Flags from their letters. */
export function parseFlags(letters: string): RegexFlags {
  if (!/^[smix]*$/.test(letters)) {
    throw new EvaluationFault('FORX0001', `unknown regular expression flags ${letters}`);
  }
  return {
    dotAll: letters.includes('s'),
    multiline: letters.includes('m'),
    ignoreCase: letters.includes('i'),
    extended: letters.includes('x'),
  };
}

/** Parse the syntax of XML Schema as XPath 2.0 extends it. Returns the tree and its groups. */
export function parseRegex(pattern: string, flags: RegexFlags): { regex: Regex; groups: number } {
  const text = flags.extended ? pattern.replace(/[ \t\r\n]/g, '') : pattern;
  const parser = new Parser(Array.from(text), flags);
  return { regex: parser.parse(), groups: parser.groups };
}

class Parser {
  readonly #chars: readonly string[];
  readonly #flags: RegexFlags;
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(chars: readonly string[], flags: RegexFlags) {
    this.#chars = chars;
    this.#flags = flags;
  }

  parse(): Regex {
    const regex = this.#choice();
    if (this.#at < this.#chars.length) this.#fail('an unmatched )');
    return regex;
  }

  #fail(what: string): never {
    throw new EvaluationFault('FORX0002', `${what} at ${this.#at + 1} of the regular expression`);
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const char = this.#peek() ?? this.#fail('an unexpected end');
    this.#at++;
    return char;
  }

  #choice(): Regex {
    if (++this.#depth > NESTING_MAX) this.#fail('too much nesting');
    const parts = [this.#branch()];
    while (this.#take('|')) parts.push(this.#branch());
    this.#depth--;
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
  }

  #branch(): Regex {
    const parts: Regex[] = [];
    for (let char = this.#peek(); char !== undefined; char = this.#peek()) {
      if (char === '|' || char === ')') break;
      parts.push(this.#quantified(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #quantified(body: Regex): Regex {
    const char = this.#peek();
    const bounds =
      char === '?'
        ? [0, 1]
        : char === '*'
          ? [0, Infinity]
          : char === '+'
            ? [1, Infinity]
            : undefined;
    if (bounds !== undefined) this.#at++;
    else if (char !== '{') return body;
    const [min = 0, max = 0] = bounds ?? this.#counts();
    return { kind: 'repeat', body, min, max, greedy: !this.#take('?') };
  }

  #counts(): readonly [number, number] {
    const end = this.#chars.indexOf('}', this.#at);
    const inside = end < 0 ? '' : this.#chars.slice(this.#at + 1, end).join('');
    const match = /^(\d{1,4})(,(\d{0,4}))?$/.exec(inside);
    if (match === null) this.#fail('a wrong quantifier');
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Infinity : Number(match[3]);
    if (min > max || min > COUNT_MAX || (max !== Infinity && max > COUNT_MAX)) {
      this.#fail(`a quantifier beyond ${COUNT_MAX}`);
    }
    this.#at = end + 1;
    return [min, max];
  }

  #atom(): Regex {
    const char = this.#next();
    switch (char) {
      case '(': {
        const isCounted = !(this.#chars[this.#at] === '?' && this.#chars[this.#at + 1] === ':');
        if (!isCounted) this.#at += 2;
        const index = isCounted ? ++this.groups : 0;
        if (index > REGEX_GROUPS_MAX) this.#fail(`a group beyond ${REGEX_GROUPS_MAX}`);
        const body = this.#choice();
        if (!this.#take(')')) this.#fail('a group without )');
        return isCounted ? { kind: 'group', index, body } : body;
      }
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return { kind: 'char', test: this.#flags.dotAll ? anyPoint : notNewline };
      case '[':
        return this.#char(this.#class());
      case '\\':
        return this.#char(this.#escape());
      case '?':
      case '*':
      case '+':
      case '{':
      case '}':
      case ']':
        return this.#fail(`an unescaped ${char}`);
      default:
        return this.#char(single(char.codePointAt(0) ?? 0));
    }
  }

  #char(test: CharTest): Regex {
    return { kind: 'char', test: fast(this.#flags.ignoreCase ? caseless(test) : test) };
  }

  /** After a backslash: one character, or a class of them. */
  #escape(): CharTest {
    const char = this.#next();
    if (char === 'p' || char === 'P') return this.#category(char === 'P');
    if (/\d/.test(char)) this.#fail('a back-reference, which is not supported,');
    const known = escapeClass(char);
    return known ?? single(this.#escaped(char));
  }

  #escaped(char: string): number {
    const plain = SINGLE_ESCAPES[char] ?? (ESCAPED.includes(char) ? char : undefined);
    return (plain ?? this.#fail(`an unknown escape \\${char}`)).codePointAt(0) ?? 0;
  }

  #category(isNegated: boolean): CharTest {
    if (!this.#take('{')) this.#fail('a category without {');
    const end = this.#chars.indexOf('}', this.#at);
    const name = this.#chars.slice(this.#at, end < 0 ? this.#at : end).join('');
    const test = category(name) ?? this.#fail(`an unknown category ${name}`);
    this.#at = end + 1;
    return isNegated ? not(test) : test;
  }

  /** After `[`: members, ranges, and possibly a class that is taken away. */
  #class(): CharTest {
    if (++this.#depth > NESTING_MAX) this.#fail('too much nesting');
    const isNegated = this.#take('^');
    const tests: CharTest[] = [];
    let excluded: CharTest | undefined;
    while (excluded === undefined && this.#peek() !== ']') {
      if (this.#peek() === '-' && this.#chars[this.#at + 1] === '[' && tests.length > 0) {
        this.#at += 2;
        excluded = this.#class();
      } else tests.push(this.#member());
    }
    if (!this.#take(']')) this.#fail('a class without ]');
    if (tests.length === 0) this.#fail('an empty class');
    this.#depth--;
    const members = isNegated ? not(anyOf(tests)) : anyOf(tests);
    return excluded === undefined ? members : except(members, excluded);
  }

  #member(): CharTest {
    const char = this.#next();
    if (char === '[') this.#fail('an unescaped [');
    if (char === '\\' && !/[nrt\\|.^?*+{}()[\]$-]/.test(this.#peek() ?? '')) return this.#escape();
    const first = this.#point(char);
    const after = this.#chars[this.#at + 1];
    if (this.#peek() !== '-' || after === ']' || after === '[') return single(first);
    this.#at++;
    const last = this.#point(this.#next());
    if (last < first) this.#fail('a range from high to low');
    return range(first, last);
  }

  #point(char: string): number {
    return char === '\\' ? this.#escaped(this.#next()) : (char.codePointAt(0) ?? 0);
  }
}
