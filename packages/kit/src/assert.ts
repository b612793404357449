import { HanseError } from './error.ts';

/** Stop on a broken invariant. Stays on in production: a wrong ledger is worse than a stopped one. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new HanseError('InvariantBroken', { message });
}

/** The value, or stop with `message` when it is absent. */
export function must<T>(value: T | undefined | null, message: string): T {
  assert(value !== undefined && value !== null, message);
  return value;
}

/** End of a `switch` over a union: the compiler refuses a missed case, the run stops at one. */
export function unreachable(value: never): never {
  throw new HanseError('InvariantBroken', { message: `unexpected case ${String(value)}` });
}
