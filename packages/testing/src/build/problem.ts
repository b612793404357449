import type { Message } from 'esbuild';

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
};

/** A contract could not be built: every problem with its place. */
export class BuildError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
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
  };
}
