import { unreachable } from '@hanse/kit';
import { EvaluationFault } from '../fault.ts';
import { REGEX_SIZE_MAX } from '../limits.ts';
import type { CharTest } from './charset.ts';
import { parseFlags, parseRegex, type Regex } from './parse.ts';

type Instruction =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'start' | 'end' | 'match' }
  | { readonly op: 'save'; readonly slot: number }
  | { op: 'jump'; to: number }
  | { op: 'split'; first: number; second: number };

/** A regular expression compiled for a machine that never backtracks. */
export type Program = {
  readonly code: readonly Instruction[];
  readonly groups: number;
  readonly multiline: boolean;
};

/** Start and end of the match and of each group, in code points; -1 for a group without part in it. */
export type Match = readonly number[];

/** Compile a pattern of `fn:matches`, or fault with FORX0001 or FORX0002. */
export function compileRegex(pattern: string, flags: string): Program {
  const options = parseFlags(flags);
  const { regex, groups } = parseRegex(pattern, options);
  const code: Instruction[] = [{ op: 'save', slot: 0 }];
  emit(regex, code);
  push(code, { op: 'save', slot: 1 });
  push(code, { op: 'match' });
  return { code, groups, multiline: options.multiline };
}

function push<T extends Instruction>(code: Instruction[], instruction: T): T {
  if (code.length >= REGEX_SIZE_MAX) {
    throw new EvaluationFault('FORX0002', 'the regular expression is too large');
  }
  code.push(instruction);
  return instruction;
}

function emit(regex: Regex, code: Instruction[]): void {
  switch (regex.kind) {
    case 'char':
      push(code, { op: 'char', test: regex.test });
      return;
    case 'start':
    case 'end':
      push(code, { op: regex.kind });
      return;
    case 'sequence':
      for (const part of regex.parts) emit(part, code);
      return;
    case 'group':
      push(code, { op: 'save', slot: 2 * regex.index });
      emit(regex.body, code);
      push(code, { op: 'save', slot: 2 * regex.index + 1 });
      return;
    case 'choice':
      emitChoice(regex.parts, code);
      return;
    case 'repeat':
      for (let i = 0; i < regex.min; i++) emit(regex.body, code);
      if (regex.max === Infinity) emitLoop(regex, code);
      else for (let i = regex.min; i < regex.max; i++) emitOptional(regex, code);
      return;
    default:
      unreachable(regex);
  }
}

function emitChoice(parts: readonly Regex[], code: Instruction[]): void {
  const jumps: { to: number }[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) {
      emit(part, code);
      break;
    }
    const split = push(code, { op: 'split', first: code.length + 1, second: 0 });
    emit(part, code);
    jumps.push(push(code, { op: 'jump', to: 0 }));
    split.second = code.length;
  }
  for (const jump of jumps) jump.to = code.length;
}

type Repeat = Extract<Regex, { kind: 'repeat' }>;

function emitLoop({ body, greedy }: Repeat, code: Instruction[]): void {
  const start = code.length;
  const split = push(code, { op: 'split', first: 0, second: 0 });
  emit(body, code);
  push(code, { op: 'jump', to: start });
  aim(split, start + 1, code.length, greedy);
}

/** `x{2,4}` is `xxx?x?`; that a skipped part does not skip the next changes no match. */
function emitOptional({ body, greedy }: Repeat, code: Instruction[]): void {
  const split = push(code, { op: 'split', first: 0, second: 0 });
  const inside = code.length;
  emit(body, code);
  aim(split, inside, code.length, greedy);
}

function aim(
  split: { first: number; second: number },
  inside: number,
  after: number,
  greedy: boolean,
): void {
  split.first = greedy ? inside : after;
  split.second = greedy ? after : inside;
}

type Thread = { readonly at: number; readonly saved: readonly number[] };

/**
 * The first match from `from` on, preferring what a backtracking machine would. All alternatives
 * advance together (a Pike machine), so time is at most program size × text length; `charge` is
 * told of it while it passes.
 */
export function search(
  program: Program,
  points: readonly number[],
  from: number,
  charge: (steps: number) => void,
): Match | undefined {
  const none: readonly number[] = Array.from({ length: 2 * program.groups + 2 }, () => -1);
  const seen = new Int32Array(program.code.length).fill(-1);
  let threads: Thread[] = [];
  let found: Match | undefined;
  for (let at = from; at <= points.length; at++) {
    const here: Thread[] = [];
    let steps = 1;
    for (const thread of threads) steps += follow(program, thread, points, at, seen, here);
    if (found === undefined)
      steps += follow(program, { at: 0, saved: none }, points, at, seen, here);
    charge(steps);
    threads = [];
    for (const { at: pc, saved } of here) {
      const instruction = program.code[pc];
      if (instruction?.op === 'match') {
        // Threads after this one are less preferred.
        found = saved;
        break;
      }
      const point = points[at];
      if (instruction?.op === 'char' && point !== undefined && instruction.test(point)) {
        threads.push({ at: pc + 1, saved });
      }
    }
    if (found !== undefined && threads.length === 0) return found;
  }
  return found;
}

/**
 * Add to `here` the characters and the match that a thread reaches without reading on. Returns how
 * many instructions that took.
 */
function follow(
  program: Program,
  thread: Thread,
  points: readonly number[],
  at: number,
  seen: Int32Array,
  here: Thread[],
): number {
  const pending: Thread[] = [thread];
  let steps = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    steps++;
    if (seen[next.at] === at) continue;
    seen[next.at] = at;
    const instruction = program.code[next.at];
    if (instruction === undefined) continue;
    const { saved } = next;
    switch (instruction.op) {
      case 'jump':
        pending.push({ at: instruction.to, saved });
        break;
      case 'split':
        pending.push({ at: instruction.second, saved }, { at: instruction.first, saved });
        break;
      case 'save':
        pending.push({ at: next.at + 1, saved: saved.with(instruction.slot, at) });
        break;
      case 'start':
        if (at === 0 || (program.multiline && points[at - 1] === 10)) {
          pending.push({ at: next.at + 1, saved });
        }
        break;
      case 'end':
        if (at === points.length || (program.multiline && points[at] === 10)) {
          pending.push({ at: next.at + 1, saved });
        }
        break;
      case 'char':
      case 'match':
        here.push(next);
        break;
    }
  }
  return steps;
}
