import type { ShapeJson } from '@hanse/codec';

declare const value: unique symbol;

/** Kinds of shape that contracts use. */
export type Kind =
  | 'bool'
  | 'int'
  | 'amount'
  | 'date'
  | 'text'
  | 'bytes'
  | 'fixed'
  | 'oneOf'
  | 'option'
  | 'list'
  | 'struct';

/** Kinds that bytes sort like their values: what a key or an index can be made of. */
export type KeyKind = Exclude<Kind, 'option' | 'list' | 'struct'>;

/** The type of a value: its shape as data, as the manifest carries it, and what it is in TypeScript. */
export type Type<T, K extends Kind = Kind> = {
  readonly shape: ShapeJson & { readonly kind: K };
  /** Known to the compiler only. */
  readonly [value]: T;
};

/** A type whose values may be anything. */
export type AnyType = Type<unknown>;

/** Named types: the fields of a row, of arguments, of an event. */
export type Fields = Readonly<Record<string, AnyType>>;

/** The TypeScript type of a type's values. */
export type Infer<T> = T extends { readonly [value]: infer V } ? V : never;

type OptionalNames<F extends Fields> = {
  [N in keyof F]: F[N]['shape']['kind'] extends 'option' ? N : never;
}[keyof F];

type Flat<T> = { [N in keyof T]: T[N] };

/** The TypeScript type of an object with these fields; optional ones may be left out. */
export type InferFields<F extends Fields> = Flat<
  { readonly [N in Exclude<keyof F, OptionalNames<F>>]: Infer<F[N]> } & {
    readonly [N in OptionalNames<F>]?: Infer<F[N]>;
  }
>;

/** Bytes that a DID can have. */
const PARTY_BYTES_MAX = 96;
const HASH_BYTES = 32;

/** Rows that a page of a list holds at most. */
export const PAGE_ROWS_MAX = 100;
/** Bytes that the cursor of a page has at most. */
const CURSOR_BYTES_MAX = 512;

// The one place where a shape gets its TypeScript type: there is nothing to check it against, only tests.
function typeOf<T, K extends Kind>(shape: ShapeJson & { readonly kind: K }): Type<T, K> {
  return { shape } as unknown as Type<T, K>;
}

/** The struct of some fields. Their order is part of the bytes; integer-like names would change it. */
export function structOf<F extends Fields>(fields: F): Type<InferFields<F>, 'struct'> {
  const pairs = Object.keys(fields).map((name) => [name, fields[name]?.shape ?? null] as const);
  return typeOf({ kind: 'struct', fields: pairs });
}

function optional<T>(item: Type<T>): Type<T | undefined, 'option'> {
  return typeOf({ kind: 'option', item: item.shape });
}

function list<T>(item: Type<T>, itemsMax: number, itemsMin = 0): Type<readonly T[], 'list'> {
  return typeOf({ kind: 'list', item: item.shape, itemsMin, itemsMax });
}

/** A page of rows, and where the next one begins if there is one. */
export type Page<R> = { readonly rows: readonly R[]; readonly next?: Uint8Array | undefined };

/** Types of values, for the rows of tables, arguments, results and events. */
export const t = {
  bool: (): Type<boolean, 'bool'> => typeOf({ kind: 'bool' }),
  /** An integer between two safe ones, both included. */
  int: (min: number, max: number): Type<number, 'int'> => typeOf({ kind: 'int', min, max }),
  /** Money or a quantity in its smallest unit, 0 to 2^128 - 1: a bigint. */
  amount: (): Type<bigint, 'amount'> => typeOf({ kind: 'amount' }),
  /** A calendar date, `YYYY-MM-DD`; texts of dates compare as dates do. */
  date: (): Type<string, 'date'> => typeOf({ kind: 'date' }),
  /** Text of at most so many bytes of UTF-8. */
  text: (bytesMax: number): Type<string, 'text'> => typeOf({ kind: 'text', bytesMax }),
  /** The DID of an organisation, a person or a device. */
  party: (): Type<string, 'text'> => typeOf({ kind: 'text', bytesMax: PARTY_BYTES_MAX }),
  /** A hash of the chain: 32 bytes. */
  hash: (): Type<Uint8Array, 'fixed'> => typeOf({ kind: 'fixed', sizeBytes: HASH_BYTES }),
  /** At most so many bytes. */
  bytes: (bytesMax: number): Type<Uint8Array, 'bytes'> => typeOf({ kind: 'bytes', bytesMax }),
  /** One of some words. Words may be added at the end later. */
  oneOf: <const N extends string>(...names: readonly N[]): Type<N, 'oneOf'> =>
    typeOf({ kind: 'oneOf', names }),
  /** A value that may be missing: `undefined`, and an optional field in objects. */
  optional,
  list,
  struct: structOf,
  /** Where a page begins: `next` of the page before, as an argument of a query. */
  cursor: (): Type<Uint8Array, 'bytes'> => typeOf({ kind: 'bytes', bytesMax: CURSOR_BYTES_MAX }),
  /** What `list` of a table or an index gives: for queries that return pages as they are. */
  page: <T>(item: Type<T>): Type<Page<T>, 'struct'> =>
    structOf({
      rows: list(item, PAGE_ROWS_MAX),
      next: optional(t.cursor()),
    }),
} as const;
