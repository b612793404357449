/** Why an expression was refused. */
export type ExpressionProblem =
  | 'XPathSyntax'
  | 'UnknownPrefix'
  | 'UnknownVariable'
  | 'UnknownFunction'
  | 'UnknownType'
  | 'NotSupported'
  | 'TooLarge';

/** Thrown while an expression is compiled; becomes a CompileError with the rule's id and line. */
export class ExpressionRefused extends Error {
  readonly code: ExpressionProblem;
  /** Offset into the expression. */
  readonly at: number;

  constructor(code: ExpressionProblem, message: string, at: number) {
    super(message);
    this.code = code;
    this.at = at;
  }
}
