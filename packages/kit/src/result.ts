/** Outcome of an operation whose refusal is normal (decode, verify, admit). */
export type Result<T, E> = Ok<T> | Err<E>;
export type Ok<T> = { readonly ok: true; readonly value: T };
export type Err<E> = { readonly ok: false; readonly error: E };

/** Wrap a value as a success. */
export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** Wrap a reason as a refusal. */
export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}
