import type { IndexManifest } from './manifest.ts';
import {
  structOf,
  type Fields,
  type Infer,
  type InferFields,
  type KeyKind,
  type Type,
} from './shapes.ts';

/** Fields that keys and indexes can be made of. */
type KeyNames<F extends Fields> = {
  [N in keyof F]: F[N]['shape']['kind'] extends KeyKind ? N : never;
}[keyof F] &
  string;

/** Indexes by name: the fields that each is ordered by. */
export type Indexes = Readonly<Record<string, readonly string[]>>;

/** A table as it is declared. */
export type Table<
  F extends Fields,
  K extends readonly string[],
  I extends Indexes,
  U extends Indexes,
  L extends boolean,
> = {
  /** The types of the columns, to be used again in arguments: `const { id } = invoice.fields`. */
  readonly fields: F;
  /** The type of a row, for results: `returns: t.optional(invoice.row)`. */
  readonly row: Type<InferFields<F>, 'struct'>;
  readonly key: K;
  readonly listed: L;
  readonly index: I;
  readonly unique: U;
};

/** Any table. */
export type AnyTable = Table<Fields, readonly string[], Indexes, Indexes, boolean>;

/** The type of a table's rows. */
export type RowOf<T extends AnyTable> = InferFields<T['fields']>;

/** An object with some of the fields, all of them required. */
export type KeyObject<F extends Fields, K extends readonly string[]> = {
  readonly [N in K[number]]: N extends keyof F ? Infer<F[N]> : never;
};

/** The type of what names one row of a table. */
export type KeyOf<T extends AnyTable> = KeyObject<T['fields'], T['key']>;

/** Values from one to another, both included; without `from` or `to` it is open on that side. */
export type Between<V> = { readonly from?: V | undefined; readonly to?: V | undefined };

/**
 * Values of the first fields of an index, in its order: none, one, two, up to all. The last one may be a
 * range. A later field without those before it is no prefix.
 */
export type Prefix<
  F extends Fields,
  K extends readonly string[],
  Given extends readonly string[] = readonly [],
> = K extends readonly [infer H extends string, ...infer R extends readonly string[]]
  ? | (KeyObject<F, Given> & { readonly [N in K[number]]?: undefined })
    | (KeyObject<F, Given> & Ranged<F, H> & { readonly [N in R[number]]?: undefined })
    | Prefix<F, R, readonly [...Given, H]>
  : KeyObject<F, Given>;

type Ranged<F extends Fields, H extends string> = {
  readonly [N in H]: N extends keyof F ? Between<Infer<F[N]>> : never;
};

// An index lies beside these on `ctx.db.<table>`.
const RESERVED = ['get', 'need', 'has', 'list', 'insert', 'update', 'put', 'remove'] as const;
type Reserved = (typeof RESERVED)[number];

type IndexOptions<F extends Fields> = Readonly<Record<string, readonly KeyNames<F>[]>>;

/** Options of a table. */
type TableOptions<
  F extends Fields,
  K extends readonly string[],
  I extends IndexOptions<F>,
  U extends IndexOptions<F>,
  L extends boolean,
> = {
  /** The fields that together name a row. */
  readonly key: K;
  /** Whether rows can be listed in order of key; costs a little more with each new row. */
  readonly list?: L;
  /** Orders to list rows by. */
  readonly index?: I & { readonly [N in Reserved]?: never };
  /** Fields whose values no two rows share; also orders to list rows by. */
  readonly unique?: U & { readonly [N in Reserved]?: never };
};

/**
 * Declare a table: rows with these fields under a compound key.
 *
 * @example table({ seller: t.party(), id: t.text(40), due: t.date() },
 *   { key: ['seller', 'id'], list: true, index: { byDue: ['due'] } })
 */
export function table<
  F extends Fields,
  const K extends readonly [KeyNames<F>, ...KeyNames<F>[]],
  const I extends IndexOptions<F> = {},
  const U extends IndexOptions<F> = {},
  const L extends boolean = false,
>(fields: F, options: TableOptions<F, K, I, U, L>): Table<F, K, I, U, L> {
  const { key, list = false, index = {}, unique = {} } = options;
  for (const name of [...Object.keys(index), ...Object.keys(unique)]) {
    const isTwice = name in index && name in unique;
    if (isTwice || (RESERVED as readonly string[]).includes(name)) {
      throw new TypeError(`An index cannot be called "${name}".`);
    }
  }
  const declared = { fields, row: structOf(fields), key, listed: list, index, unique };
  // The defaults of the options are the defaults of the type parameters.
  return declared as unknown as Table<F, K, I, U, L>;
}

/** The indexes of a table in the order of their positions: plain ones first, then unique ones. */
export function indexesOf({ index, unique }: AnyTable): readonly IndexManifest[] {
  const entries = (of: Indexes, isUnique: boolean): readonly IndexManifest[] =>
    Object.keys(of).map((name) => ({ name, fields: of[name] ?? [], unique: isUnique }));
  return [...entries(index, false), ...entries(unique, true)];
}
