import { decode, encode, type AnySchema, type Infer, type Schema } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import { systemContracts, type Call } from '@hanse/model';

type Contracts = typeof systemContracts;
/** Name of a contract. */
export type ContractName = keyof Contracts;
/** Name of a contract's method. */
export type MethodName<C extends ContractName> = keyof Contracts[C]['methods'] & string;
/** Name of a contract's query. */
export type QueryName<C extends ContractName> = keyof Contracts[C]['queries'] & string;

type ArgsOf<E> = E extends { readonly args: infer A } ? Infer<A> : never;
type ResultOf<E> = E extends { readonly result: infer R } ? Infer<R> : never;

/** Arguments of a method. */
export type MethodArgs<C extends ContractName, M extends MethodName<C>> = ArgsOf<
  Contracts[C]['methods'][M]
>;
/** Result of a method. */
export type MethodResult<C extends ContractName, M extends MethodName<C>> = ResultOf<
  Contracts[C]['methods'][M]
>;
/** Arguments of a query. */
export type QueryArgs<C extends ContractName, Q extends QueryName<C>> = ArgsOf<
  Contracts[C]['queries'][Q]
>;
/** Result of a query. */
export type QueryResult<C extends ContractName, Q extends QueryName<C>> = ResultOf<
  Contracts[C]['queries'][Q]
>;

/** A call with the way to read its result. */
export type TypedCall<T> = { readonly call: Call; readonly readResult: (bytes: Uint8Array) => T };

/** A query with its argument bytes and the way to read its result. */
export type TypedQuery<T> = {
  readonly contract: string;
  readonly query: string;
  readonly argsSchema: Schema<unknown>;
  readonly args: unknown;
  readonly readResult: (bytes: Uint8Array) => T;
  /** Hash (hexadecimal) of the code whose schemas these are; absent for native contracts. */
  readonly codeHash?: string;
};

type Pair = { readonly args: Schema<unknown>; readonly result: Schema<unknown> };

/**
 * A call of a contract's method, checked and encoded. Throws BadArguments.
 *
 * @example callOf('evidence', 'coSign', { id, statement: 'seen' })
 */
export function callOf<C extends ContractName, M extends MethodName<C>>(
  contract: C,
  method: M,
  args: MethodArgs<C, M>,
): TypedCall<MethodResult<C, M>> {
  const entry = pairOf(systemContracts[contract].methods, method);
  return {
    call: { contract, method, args: encodeArgs(entry.args, args, contract, method) },
    readResult: (bytes) => readWith<MethodResult<C, M>>(entry.result, bytes),
  };
}

/** A query of a contract. */
export function queryOf<C extends ContractName, Q extends QueryName<C>>(
  contract: C,
  query: Q,
  args: QueryArgs<C, Q>,
): TypedQuery<QueryResult<C, Q>> {
  const entry = pairOf(systemContracts[contract].queries, query);
  return {
    contract,
    query,
    args,
    argsSchema: entry.args,
    readResult: (bytes) => readWith<QueryResult<C, Q>>(entry.result, bytes),
  };
}

// The interface knows its schemas by shape only; the types above are what it was built from.
function pairOf(
  entries: Readonly<Record<string, { readonly args: AnySchema; readonly result: AnySchema }>>,
  name: string,
): Pair {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined) throw new HanseError('UsageError', { message: `no method ${name}` });
  return entry as Pair;
}

/** Canonical bytes of arguments. Throws BadArguments. */
export function encodeArgs(
  schema: Schema<unknown>,
  args: unknown,
  contract: string,
  method: string,
): Uint8Array {
  try {
    return encode(schema, args);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HanseError('BadArguments', { contract, method, reason }, cause);
  }
}

/** A result of canonical bytes. Throws Malformed. */
export function readWith<T>(schema: Schema<unknown>, bytes: Uint8Array): T {
  const value = decode(schema, bytes);
  if (!value.ok) throw new HanseError('Malformed', { object: 'result', reason: value.error });
  return value.value as T;
}
