import { ok, type Result } from '@hanse/kit';
import type { CheckLimits } from './limits.ts';
import { checkDocument, type CheckError, type Verdict } from './rules/check.ts';
import { compilePack } from './rules/compile.ts';
import type { CompileError } from './rules/problem.ts';
import type { XmlTree } from './tree.ts';

/** A check of a rule set, for lists and messages. */
export type RuleInfo = {
  readonly id: string;
  readonly level: 'fatal' | 'warning';
  /** The file's message; values that it would fill in are left out. */
  readonly text: string;
};

/** Compiled rules. They keep nothing of the documents they check. */
export type RuleSet = {
  readonly title: string;
  /** All checks in the order of the file. An id may occur several times. */
  readonly rules: readonly RuleInfo[];
  /**
   * Check a document from its bytes, or as `parseXml` read it. A document over a bound, or one that
   * is not well formed, is refused by name. `verdict.unevaluated` must be empty for it to count as
   * checked.
   */
  readonly check: (
    document: Uint8Array | XmlTree,
    limits: CheckLimits,
  ) => Result<Verdict, CheckError>;
};

/**
 * Compile the text of an ISO Schematron file.
 *
 * @example
 * const compiled = compileSchematron(text);
 * if (compiled.ok) compiled.value.check(bytes, checkLimits);
 */
export function compileSchematron(text: string): Result<RuleSet, CompileError> {
  const compiled = compilePack(text);
  if (!compiled.ok) return compiled;
  const pack = compiled.value;
  const rules = pack.patterns
    .flatMap((pattern) => pattern.rules)
    .flatMap(({ checks }) => checks.map(({ id, level, text }) => ({ id, level, text })));
  return ok({
    title: pack.title,
    rules,
    check: (document, limits) => checkDocument(pack, document, limits),
  });
}
