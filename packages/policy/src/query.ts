import { decode, encode, type Schema } from '@hanse/codec';
import { assert, err, limits, ok, type Result } from '@hanse/kit';
import type { ErrorRefusal, StateQuery } from './ports.ts';
import { refusal, Refused, refuse } from './refuse.ts';

/** A query from canonical arguments to canonical result. */
export type Query = (
  read: StateQuery,
  args: Uint8Array,
) => Promise<Result<Uint8Array, ErrorRefusal>>;

/** The query of a typed handler. */
export function query<A, R>(
  name: { readonly contract: string; readonly method: string },
  spec: { readonly args: Schema<A>; readonly result: Schema<R> },
  handler: (read: StateQuery, args: A) => Promise<R>,
): Query {
  return async (read, bytes) => {
    const args = decode(spec.args, bytes);
    if (!args.ok) return err(refusal('BadArguments', { ...name, reason: args.error }));
    try {
      return ok(encode(spec.result, await handler(read, args.value)));
    } catch (error) {
      if (error instanceof Refused) return err(error.refusal);
      throw error;
    }
  };
}

/** A page of rows and the row behind which the next page begins, if there is one. */
export type Page<T> = { readonly rows: readonly T[]; readonly last: T | undefined };

/** Read a page of records of one kind, in order of key. */
export async function readPage<T>(
  read: StateQuery,
  page: {
    readonly name: { readonly contract: string; readonly method: string };
    readonly prefix: Uint8Array;
    readonly after: Uint8Array | undefined;
    readonly limit: number;
  },
  schema: Schema<T>,
): Promise<Page<T>> {
  const { limit, prefix, after } = page;
  if (limit === 0) refuse('BadArguments', { ...page.name, reason: 'limit is 0' });
  if (limit > limits.pageRowsMax) {
    refuse('OverLimit', { name: 'limit', value: limit, limit: limits.pageRowsMax });
  }
  // One row more than asked for tells whether there is a next page.
  const found = await read.list({ prefix, after, limit: limit + 1 });
  const rows = found.slice(0, limit).map(([, value]) => mustDecode(schema, value));
  return { rows, last: found.length > limit ? rows.at(-1) : undefined };
}

/** A record that contracts wrote themselves; the ledger has checked its bytes. */
export function mustDecode<T>(schema: Schema<T>, bytes: Uint8Array): T {
  const value = decode(schema, bytes);
  assert(value.ok, 'a record of the state decodes');
  return value.value;
}
