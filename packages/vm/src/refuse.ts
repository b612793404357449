import type { ErrorName } from '@hanse/kit';

/** Where in a contract something was refused: its name and the place in its code, innermost first. */
export type RefusalFrame = { readonly contract: string; readonly at: string };

/** Why something is refused: a name of the error catalogue and what fills its sentences. */
export type ErrorRefusal = {
  readonly code: ErrorName;
  readonly params: Readonly<Record<string, string>>;
  readonly frames?: readonly RefusalFrame[];
};
