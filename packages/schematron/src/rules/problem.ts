import { EvaluationFault } from '../fault.ts';
import type { XmlError } from '../xml.ts';
import { ExpressionRefused, type ExpressionProblem } from '../xpath/problem.ts';

/** Why a rule file was refused. */
export type CompileError = {
  readonly code: XmlError['code'] | ExpressionProblem | 'NotSchematron' | 'WrongStructure';
  readonly message: string;
  /** Id of the check or pattern, or the element's name. */
  readonly rule: string;
  readonly line: number;
  /** Offset into the expression, where one is to blame. */
  readonly offset: number | undefined;
};

/** Where in a rule file something stands. */
export type Place = { readonly rule: string; readonly line: number };

/** Thrown while a rule file is compiled; carries what the caller gets. */
export class PackRefused extends Error {
  readonly error: CompileError;

  constructor(error: CompileError) {
    super(error.message);
    this.error = error;
  }
}

/** Refuse a rule file at a place. */
export function refuse(code: CompileError['code'], message: string, { rule, line }: Place): never {
  throw new PackRefused({ code, message, rule, line, offset: undefined });
}

/** Run something that compiles an expression; what it refuses is refused at this place. */
export function at<T>({ rule, line }: Place, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    // Constants may fault already: a number with too many digits.
    if (error instanceof EvaluationFault) refuse('XPathSyntax', error.message, { rule, line });
    if (!(error instanceof ExpressionRefused)) throw error;
    const { code, message, at: offset } = error;
    throw new PackRefused({ code, message, rule, line, offset });
  }
}
