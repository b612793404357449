import type { Deposit } from './host.ts';
import type { AnyContract, Given, MethodKind, NamesOf, ResultOf } from './method.ts';
import type { Fields, InferFields, Page } from './shapes.ts';
import type { AnyTable, Indexes, KeyObject, KeyOf, Prefix, RowOf } from './table.ts';

/** Tables by name. */
export type Tables = Readonly<Record<string, AnyTable>>;
/** Fields of events by name. */
export type Events = Readonly<Record<string, Fields>>;

/** Which page of a list. Without a limit a page has 100 rows, which is the most. */
export type PageOptions = {
  /** `next` of the page before. */
  readonly after?: Uint8Array | undefined;
  readonly limit?: number | undefined;
  readonly reverse?: boolean | undefined;
};

/** Rows in an order. */
export type Lists<F extends Fields, K extends readonly string[]> = {
  /**
   * A page of the rows whose first fields have these values, the last of them perhaps from one to another:
   * `list({ status: 'issued', due: { from: '2027-01-01', to: '2027-01-31' } })`. All rows without any.
   */
  readonly list: (prefix?: Prefix<F, K>, options?: PageOptions) => Page<InferFields<F>>;
};

/** Rows found by values that no two of them share. */
export type Finds<F extends Fields, K extends readonly string[]> = {
  readonly get: (fields: KeyObject<F, K>) => InferFields<F> | undefined;
};

type Readers<T extends AnyTable> = {
  readonly get: (key: KeyOf<T>) => RowOf<T> | undefined;
  /** The row; without one the transaction is refused with the code `RowUnknown`. */
  readonly need: (key: KeyOf<T>) => RowOf<T>;
  readonly has: (key: KeyOf<T>) => boolean;
};

type Writers<T extends AnyTable> = {
  /** Write a new row; the transaction is refused when there is one with this key. */
  readonly insert: (row: RowOf<T>) => void;
  /** Write over a row; the transaction is refused when there is none with this key. */
  readonly update: (row: RowOf<T>) => void;
  /** Write a row, new or not. */
  readonly put: (row: RowOf<T>) => void;
  /** Whether there was one. */
  readonly remove: (key: KeyOf<T>) => boolean;
};

type IndexLists<F extends Fields, I extends Indexes> = { readonly [N in keyof I]: Lists<F, I[N]> };
type UniqueLists<F extends Fields, U extends Indexes> = {
  readonly [N in keyof U]: Lists<F, U[N]> & Finds<F, U[N]>;
};

/** A table that can be read. */
export type ReadTable<T extends AnyTable> = Readers<T> &
  (T['listed'] extends true ? Lists<T['fields'], T['key']> : unknown) &
  IndexLists<T['fields'], T['index']> &
  UniqueLists<T['fields'], T['unique']>;

/** A table that can be written, too. */
export type WriteTable<T extends AnyTable> = ReadTable<T> & Writers<T>;

/** Who acts: the first signer of the transaction, or the contract that calls. */
export type Caller = {
  readonly id: string;
  /** DID of the organisation that answers for the caller; empty when there is none. */
  readonly organisation: string;
  /** Whether that organisation has a role in the consortium. */
  readonly has: (role: string) => boolean;
  /** Whether the caller has a duty in that organisation. */
  readonly hasDuty: (duty: string) => boolean;
};

/** Somebody who signed the transaction. */
export type ContextSigner = {
  readonly id: string;
  readonly organisation: string;
  readonly hasDuty: (duty: string) => boolean;
};

/** Methods of another contract, as functions. */
export type Callers<C extends AnyContract, K extends MethodKind> = {
  readonly [N in NamesOf<C, K>]: (...args: Given<C['methods'][N]>) => ResultOf<C['methods'][N]>;
};

/** What every method knows. */
type Knowledge = {
  readonly caller: Caller;
  /** Everybody who signed the transaction, the caller of its first call first. */
  readonly signers: readonly ContextSigner[];
  /** Block time in Unix milliseconds: the same on all validators. */
  readonly time: number;
  /** The date of the block time, in UTC. */
  readonly today: string;
  readonly height: number;
  /** Identifier of the transaction in hexadecimal. */
  readonly txid: string;
  /** Name of the contract that calls; empty when a transaction does. */
  readonly via: string;
  /** What is on the chain about a deposited document. */
  readonly deposit: (id: Uint8Array) => Deposit | undefined;
  /** The chain's hash of bytes: SHA-256 or SM3. */
  readonly hash: (bytes: Uint8Array) => Uint8Array;
};

/** What a query has at hand. */
export type QueryContext<T extends Tables> = Knowledge & {
  readonly db: { readonly [N in keyof T]: ReadTable<T[N]> };
  /** Queries of another contract: `ctx.call<typeof cash>('cash').balance({ of })`. */
  readonly call: <C extends AnyContract = never>(contract: C['name']) => Callers<C, 'query'>;
};

/** What a command and an internal method have at hand. */
export type CommandContext<T extends Tables, E extends Events> = Knowledge & {
  readonly db: { readonly [N in keyof T]: WriteTable<T[N]> };
  readonly emit: { readonly [N in keyof E]: (data: InferFields<E[N]>) => void };
  /** Methods of another contract, in the same transaction: `ctx.call<typeof cash>('cash').pay(args)`. */
  readonly call: <C extends AnyContract = never>(contract: C['name']) => Callers<C, MethodKind>;
};
