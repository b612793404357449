/** A contract says no: the transaction ends, nothing is written, and its receipt carries code and message. */
export class RejectError extends Error {
  /** The contract's own word for the reason, such as `NOT_YOURS`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RejectError';
    this.code = code;
  }
}

/**
 * Refuse the transaction.
 *
 * @example if (row.buyer !== ctx.caller.id) reject('NOT_YOURS', 'only the buyer accepts');
 */
export function reject(code: string, message = ''): never {
  throw new RejectError(code, message);
}
