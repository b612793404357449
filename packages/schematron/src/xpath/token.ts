import { ExpressionRefused } from './problem.ts';

/** A piece of an expression. A name may be `a`, `p:a`, `p:*` or `*:a`; an operator may be a word. */
export type Token = {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
  /** Whether white space or a comment stands before it. */
  readonly isSpaced: boolean;
};

const NAME_START =
  '_A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD';
const NCNAME = `[${NAME_START}][${NAME_START}.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040-]*`;
const NAME = new RegExp(`${NCNAME}(?::(?:${NCNAME}|\\*)(?!:))?|\\*:${NCNAME}`, 'y');
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\.\.|::|\/\/|<<|>>|<=|>=|!=|[()[\],.@$/|+\-*=<>?]/y;
const STRING = /"(?:[^"]|"")*"|'(?:[^']|'')*'/y;
const SPACE = /[ \t\r\n]+/y;

/** Cut an expression into tokens; the last one is the end. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let isSpaced = false;
  while (at < text.length) {
    const blank = skipBlank(text, at);
    if (blank > at) {
      at = blank;
      isSpaced = true;
      continue;
    }
    const token = tokenAt(text, at, isSpaced);
    tokens.push(token.token);
    at = token.end;
    isSpaced = false;
  }
  tokens.push({ kind: 'end', text: '', at: text.length, isSpaced });
  return tokens;
}

/** Where white space or one comment ends; comments nest. */
function skipBlank(text: string, at: number): number {
  SPACE.lastIndex = at;
  if (SPACE.test(text)) return SPACE.lastIndex;
  if (!text.startsWith('(:', at)) return at;
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const pair = text.slice(i, i + 2);
    if (pair === '(:') depth++;
    if (pair === ':)') depth--;
    if (pair === '(:' || pair === ':)') i++;
    if (depth === 0) return i + 1;
  }
  throw new ExpressionRefused('XPathSyntax', 'a comment has no end', at);
}

function tokenAt(text: string, at: number, isSpaced: boolean): { token: Token; end: number } {
  const kinds = [
    ['name', NAME],
    ['number', NUMBER],
    ['string', STRING],
    ['symbol', SYMBOL],
  ] as const;
  for (const [kind, pattern] of kinds) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    const value = kind === 'string' ? unquote(found) : found;
    return { token: { kind, text: value, at, isSpaced }, end: at + found.length };
  }
  throw new ExpressionRefused('XPathSyntax', `${text.slice(at, at + 12)} is not understood`, at);
}

function unquote(quoted: string): string {
  const quote = quoted.charAt(0);
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}
