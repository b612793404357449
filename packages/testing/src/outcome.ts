import { RejectError } from '@hanse/contract';
import { HanseError, type ErrorName } from '@hanse/kit';
import type { SourceFrame } from './build/frames.ts';

/** Why a transaction or query was refused; the transaction wrote nothing. */
export type Refusal = {
  readonly code: ErrorName;
  readonly params: Readonly<Record<string, string>>;
  /** Where in the author's files, innermost first; empty when that says nothing. */
  readonly frames: readonly SourceFrame[];
  /** What the contract threw, where it ran as plain TypeScript. */
  readonly cause?: unknown;
};

/** An event that contracts emitted in a test. */
export type PlainEvent = {
  readonly contract: string;
  readonly name: string;
  readonly data: unknown;
};

/** How a call ended. */
export type Outcome =
  | {
      readonly kind: 'ok';
      readonly result: unknown;
      readonly events: readonly PlainEvent[];
      readonly gas: number;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly gas: number };

/**
 * The error of a refusal: what the contract rejected is a RejectError with the contract's own code, all else a
 * HanseError of the catalogue. Its stack leads to the author's line.
 */
export function errorOf({ code, params, frames, cause }: Refusal): Error {
  // In plain mode the contract made the error itself, at the author's line.
  if (code === 'ContractRejected' && cause instanceof Error) return cause;
  const { reason = '', message = '' } = params;
  const error =
    code === 'ContractRejected'
      ? new RejectError(reason, message)
      : new HanseError(code, params, cause);
  if (frames.length > 0) {
    const title = code === 'ContractRejected' ? `RejectError: ${reason} ${message}` : error.message;
    const lines = frames.map(
      ({ file, line, column, name }) =>
        `    at ${name || '<anonymous>'} (${file}:${line}:${column})`,
    );
    error.stack = [title.trimEnd(), ...lines].join('\n');
  }
  return error;
}
