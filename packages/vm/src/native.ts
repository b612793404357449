import { decode, encode, type Schema } from '@hanse/codec';
import { assert, err, limits, ok, type Result } from '@hanse/kit';
import type { StateQuery } from './access.ts';
import { gasTable } from './gas.ts';
import { HostRefusal, type RunMeter } from './ports.ts';
import { Records } from './records.ts';
import { refusal, refuse } from './refusal.ts';
import type { ErrorRefusal } from './refuse.ts';
import type { Session } from './session.ts';
import type { Named } from './target.ts';

/** A call of a native contract while it runs: its transaction, and metered access to records. */
export type NativeCall = {
  readonly session: Session;
  readonly meter: RunMeter;
  readonly records: Records;
};

/** A method from canonical arguments to canonical result. */
export type NativeMethod = (session: Session, meter: RunMeter, args: Uint8Array) => Uint8Array;

/** The method of a typed handler: arguments that do not decode are refused before it runs. */
export function nativeMethod<A, R>(
  name: Named,
  spec: { readonly args: Schema<A>; readonly result: Schema<R> },
  handler: (call: NativeCall, args: A) => R,
): NativeMethod {
  return (session, meter, bytes) => {
    meter.charge(gasTable.native + gasTable.argByte * bytes.length);
    const args = decode(spec.args, bytes);
    if (!args.ok) return refuse('BadArguments', { ...name, reason: args.error });
    const call = { session, meter, records: new Records(session.state, meter) };
    const result = encode(spec.result, handler(call, args.value));
    meter.charge(gasTable.resultByte * result.length);
    return result;
  };
}

/** A query from canonical arguments to canonical result. */
export type NativeQuery = (
  read: StateQuery,
  args: Uint8Array,
) => Promise<Result<Uint8Array, ErrorRefusal>>;

/** The query of a typed handler. */
export function nativeQuery<A, R>(
  name: Named,
  spec: { readonly args: Schema<A>; readonly result: Schema<R> },
  handler: (read: StateQuery, args: A) => R | Promise<R>,
): NativeQuery {
  return async (read, bytes) => {
    const args = decode(spec.args, bytes);
    if (!args.ok) return err(refusal('BadArguments', { ...name, reason: args.error }));
    try {
      return ok(encode(spec.result, await handler(read, args.value)));
    } catch (error) {
      if (error instanceof HostRefusal) return err(error.refusal);
      throw error;
    }
  };
}

/** A page of rows and the row behind which the next page begins, if there is one. */
export type NativePage<T> = { readonly rows: readonly T[]; readonly last: T | undefined };

/** Read a page of records of one kind, in order of key. */
export async function readPage<T>(
  read: StateQuery,
  page: {
    readonly name: Named;
    readonly prefix: Uint8Array;
    readonly after: Uint8Array | undefined;
    readonly limit: number;
  },
  schema: Schema<T>,
): Promise<NativePage<T>> {
  const { name, limit, prefix, after } = page;
  if (limit === 0) refuse('BadArguments', { ...name, reason: 'limit is 0' });
  if (limit > limits.pageRowsMax) {
    refuse('OverLimit', { name: 'limit', value: limit, limit: limits.pageRowsMax });
  }
  // One row more than asked for tells whether there is a next page.
  const found = await read.list({ prefix, after, limit: limit + 1 });
  const rows = found.slice(0, limit).map(([, bytes]) => {
    const row = decode(schema, bytes);
    assert(row.ok, 'a record of the state decodes');
    return row.value;
  });
  return { rows, last: found.length > limit ? rows.at(-1) : undefined };
}

/** Announce something that a native contract did. */
export function emitEvent<T>(
  { session, meter }: NativeCall,
  event: { readonly contract: string; readonly name: string; readonly schema: Schema<T> },
  value: T,
): void {
  const { contract, name, schema } = event;
  session.emit(meter, { contract, name, data: encode(schema, value) });
}
