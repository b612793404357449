import type { ErrorName } from '@hanse/kit';
import type { Refusal } from '../outcome.ts';

/** Ends a transaction. Whatever the contract catches, the transaction stays refused. */
export class PlainRefusal extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** Refuse the transaction, or the query. */
export function refuse(
  code: ErrorName,
  params: Readonly<Record<string, string | number>> = {},
): never {
  const texts = Object.entries(params).map(([name, value]) => [name, String(value)]);
  throw new PlainRefusal({ code, params: Object.fromEntries(texts), frames: [] });
}
