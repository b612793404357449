import { HanseError, type ErrorName } from '@hanse/kit';

/** Why something is refused: a name of the error catalogue and what fills its sentences. */
export type ClaimRefusal = {
  readonly code: ErrorName;
  readonly params: Readonly<Record<string, string>>;
};

/** A refusal; numbers become decimal text. */
export function refusal(
  code: ErrorName,
  params: Readonly<Record<string, string | number>> = {},
): ClaimRefusal {
  const texts = Object.entries(params).map(([name, value]) => [name, String(value)]);
  return { code, params: Object.fromEntries(texts) };
}

/** The error of a refusal, for callers that throw. */
export function errorOf({ code, params }: ClaimRefusal): HanseError {
  return new HanseError(code, params);
}
