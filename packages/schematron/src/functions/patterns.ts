import { EvaluationFault } from '../fault.ts';
import { compileRegex, search, type Match, type Program } from '../regex/regex.ts';
import {
  charge,
  chargeText,
  fromAtom,
  fromItems,
  fromTest,
  type Code,
  type Env,
} from '../eval/env.ts';
import { define, predicate, textArg, type FunctionTable } from './spec.ts';

/** Functions that take regular expressions. */
export const patternFunctions: FunctionTable = {
  matches: predicate(2, 3, (input, pattern, flags) => {
    const run = runner(input, pattern, flags);
    return fromTest((env) => {
      const { program, points, steps } = run(env);
      return search(program, points, 0, steps) !== undefined;
    });
  }),
  replace: define(3, 4, (input, pattern, replacement, flags) => {
    const run = runner(input, pattern, flags);
    const template = textArg(replacement, 'replace');
    return fromAtom((env) => {
      const found = run(env);
      const pieces = parseTemplate(template(env), found.program.groups);
      const parts = split(found);
      const text = parts
        .map(
          ({ before, match }) => before + (match === undefined ? '' : fill(pieces, match, found)),
        )
        .join('');
      return chargeText(env, text);
    });
  }),
  tokenize: define(2, 3, (input, pattern, flags) => {
    const run = runner(input, pattern, flags);
    return fromItems((env) => {
      const found = run(env);
      return found.points.length === 0 ? [] : split(found).map(({ before }) => before);
    });
  }),
};

type Run = {
  readonly program: Program;
  readonly points: readonly number[];
  readonly steps: (count: number) => void;
};

/** Prepares a search; the last pattern is kept, since patterns are nearly always literals. */
function runner(input?: Code, pattern?: Code, flags?: Code): (env: Env) => Run {
  const text = textArg(input, 'a regular expression');
  const [source, letters] = [textArg(pattern, 'a pattern'), textArg(flags, 'flags')];
  let last: { readonly key: string; readonly program: Program } | undefined;
  return (env) => {
    const wanted = source(env);
    const options = letters(env);
    const key = `${options} ${wanted}`;
    if (last?.key !== key) {
      const program = compileRegex(wanted, options);
      charge(env, program.code.length);
      last = { key, program };
    }
    const points = Array.from(text(env), (char) => char.codePointAt(0) ?? 0);
    charge(env, points.length);
    return { program: last.program, points, steps: (count) => charge(env, count) };
  };
}

type Part = { readonly before: string; readonly match: Match | undefined };

/** The text between matches, each with the match after it; the last one without. */
function split({ program, points, steps }: Run): readonly Part[] {
  if (search(program, [], 0, steps) !== undefined) {
    throw new EvaluationFault('FORX0003', 'the regular expression matches nothing at all');
  }
  const parts: Part[] = [];
  let from = 0;
  for (;;) {
    const match = search(program, points, from, steps);
    const [start = -1, end = -1] = match ?? [];
    if (match === undefined || end <= start) break;
    parts.push({ before: textBetween(points, from, start), match });
    from = end;
  }
  parts.push({ before: textBetween(points, from, points.length), match: undefined });
  return parts;
}

function textBetween(points: readonly number[], start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCodePoint(points[i] ?? 0);
  return text;
}

/** A replacement as texts and numbers of groups. */
function parseTemplate(template: string, groups: number): readonly (string | number)[] {
  const pieces: (string | number)[] = [];
  for (let at = 0; at < template.length; at++) {
    const char = template.charAt(at);
    if (char !== '\\' && char !== '$') {
      pieces.push(char);
      continue;
    }
    const next = template.charAt(at + 1);
    if (char === '\\' && (next === '\\' || next === '$')) {
      pieces.push(next);
      at++;
      continue;
    }
    const digits = char === '$' ? groupDigits(template.slice(at + 1), groups) : '';
    if (digits === '') {
      throw new EvaluationFault('FORX0004', 'a replacement has a \\ or $ that stands for nothing');
    }
    pieces.push(Number(digits));
    at += digits.length;
  }
  return pieces;
}

/** As many digits as still name a group; at least one. */
function groupDigits(text: string, groups: number): string {
  let digits = /^\d{0,4}/.exec(text)?.[0] ?? '';
  while (digits.length > 1 && Number(digits) > groups) digits = digits.slice(0, -1);
  return digits;
}

function fill(pieces: readonly (string | number)[], match: Match, { points }: Run): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const [start = -1, end = -1] = match.slice(2 * piece, 2 * piece + 2);
      return start < 0 ? '' : textBetween(points, start, end);
    })
    .join('');
}
