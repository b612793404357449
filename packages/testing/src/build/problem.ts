import type { Message } from 'esbuild';
import { HanseError } from '@hanse/kit';

/** Something that is wrong at a place of a source file. Lines begin at 1, columns too. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters it is about; 0 when it is not known. */
  readonly length: number;
  /** The whole line. */
  readonly lineText: string;
  readonly message: string;
  /** `code`: it cannot be built. `determinism`: it could be, and would not be the same everywhere. */
  readonly kind: 'code' | 'determinism';
};

/** A contract could not be built: the code is that of the first problem, the message has all of them. */
export class BuildError extends HanseError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const { kind = 'code', file = '', line = 1, column = 1, message = '' } = problems[0] ?? {};
    const name = kind === 'determinism' ? 'NotDeterministic' : 'ContractNotBuilt';
    super(name, { file, line, column, reason: message });
    this.message = `${this.message}\n${problems.map(formatProblem).join('\n')}`;
    this.name = 'BuildError';
    this.problems = problems;
  }
}

/** A problem as text: `file:line:column: message`, the line, and a mark below the place. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, length, lineText, message } = problem;
  const margin = `${line} | `;
  const mark = ' '.repeat(margin.length + column - 1) + '~'.repeat(Math.max(1, length));
  return `${file}:${line}:${column}: ${message}\n${margin}${lineText}\n${mark}`;
}

/** The problem that esbuild reports. */
export function problemOf({ text, location }: Message): Problem {
  return {
    file: location?.file ?? '',
    line: location?.line ?? 1,
    column: (location?.column ?? 0) + 1,
    length: location?.length ?? 0,
    lineText: location?.lineText ?? '',
    message: text,
    kind: 'code',
  };
}
