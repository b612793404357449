import { canonicalJson, t, type Schema, type Shape } from '@hanse/codec';
import type { HostPage } from '@hanse/contract';
import { limits, must } from '@hanse/kit';
import { orderedKey } from '@hanse/vm';
import { BadValue, fromBytes, toBytes } from '../values.ts';
import type { LoadedContract, LoadedOrder, LoadedTable } from '../loaded.ts';
import { refuse } from './refuse.ts';
import type { PlainStore, PlainTable } from './store.ts';
import type { KeyRange, Sorted } from './sorted.ts';

/** What a scan is asked for, as the host of a contract gets it. */
export type PlainScan = {
  readonly index: number;
  readonly prefix: readonly unknown[];
  readonly after: Uint8Array | undefined;
  readonly limit: number;
  readonly reverse: boolean;
  readonly from: unknown;
  readonly to: unknown;
};

const CURSOR_BYTES_MAX = 2 * limits.keyBytesMax;

type Values = Readonly<Record<string, unknown>>;

/** The tables of one contract, with the rules that the chain has for them. */
export class PlainTables {
  readonly #contract: LoadedContract;
  readonly #store: PlainStore;

  constructor(contract: LoadedContract, store: PlainStore) {
    this.#contract = contract;
    this.#store = store;
  }

  get(position: number, key: unknown): unknown {
    const { table, stored } = this.#at(position);
    const row = stored.rows.get(this.#keyOf(table, key));
    return row === undefined ? undefined : fromBytes(table.row, row);
  }

  put(position: number, value: unknown, mode: 'insert' | 'update' | 'put'): void {
    const { table, stored } = this.#at(position);
    const bytes = toBytes(table.row, value);
    const row = fromBytes(table.row, bytes) as Values;
    const key = this.#keyOf(table, row);
    const before = stored.rows.get(key);
    const named = { ...this.#named(table), key: keyText(table.key, row) };
    if (mode === 'insert' && before !== undefined) refuse('RowExists', named);
    if (mode === 'update' && before === undefined) refuse('RowUnknown', named);
    this.#store.set(stored.rows, key, bytes);
    const rowBefore = before === undefined ? undefined : fromBytes(table.row, before);
    table.indexes.forEach((index, i) => {
      this.#move(table, index, indexOf(stored, i), { key, before: rowBefore, after: row });
    });
  }

  remove(position: number, value: unknown): boolean {
    const { table, stored } = this.#at(position);
    const key = this.#keyOf(table, value);
    const bytes = stored.rows.get(key);
    if (bytes === undefined) return false;
    this.#store.set(stored.rows, key, undefined);
    const before = fromBytes(table.row, bytes);
    table.indexes.forEach((index, i) => {
      this.#move(table, index, indexOf(stored, i), { key, before, after: undefined });
    });
    return true;
  }

  scan(position: number, scan: PlainScan): HostPage {
    const { index, limit, reverse } = scan;
    const { table, stored } = this.#at(position);
    if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageRowsMax) {
      throw new BadValue(`limit is not an integer from 1 to ${limits.pageRowsMax}`);
    }
    const order = index === -1 ? table.key : table.indexes[index];
    if (order === undefined || (index === -1 && !table.isListed)) {
      throw new BadValue(`table ${table.name} has no such list`);
    }
    const range = rangeOf(order, scan);
    const entries = index === -1 ? stored.rows : indexOf(stored, index);
    // One more than asked for tells whether there is a next page.
    const found = entries.range(range, limit + 1, reverse);
    const rows = found.slice(0, limit).map((entry) => {
      const key = index === -1 ? entry : must(indexOf(stored, index).get(entry), 'a key');
      return fromBytes(table.row, must(stored.rows.get(key), 'an index names rows'));
    });
    const last = found.length > limit ? found[limit - 1] : undefined;
    return last === undefined ? { rows } : { rows, next: fromLatin1(last) };
  }

  #at(position: number): { readonly table: LoadedTable; readonly stored: PlainTable } {
    const table = this.#contract.tables[position];
    const stored = this.#store.table(this.#contract.name, position);
    if (table === undefined || stored === undefined) throw new BadValue('there is no such table');
    return { table, stored };
  }

  #named({ name }: LoadedTable): { readonly contract: string; readonly table: string } {
    return { contract: this.#contract.name, table: name };
  }

  #keyOf(table: LoadedTable, value: unknown): string {
    const key = orderedOf(table.key, value);
    checkSize('bytes of the key', key.length, limits.rowKeyBytesMax);
    return latin1(key);
  }

  /** Take a row out of an index where it was and put it in where it is now. */
  #move(
    table: LoadedTable,
    index: LoadedTable['indexes'][number],
    entries: Sorted<string>,
    {
      key,
      before,
      after,
    }: { readonly key: string; readonly before: unknown; readonly after: unknown },
  ): void {
    const [from, to] = [before, after].map((row) =>
      row === undefined ? undefined : latin1(orderedOf(index, row)),
    );
    if (from === to) return;
    if (from !== undefined) this.#store.set(entries, from + key, undefined);
    if (to === undefined) return;
    checkSize('bytes of an index entry', to.length + key.length, limits.indexEntryBytesMax);
    if (index.isUnique && entries.range(startingWith(to), 1, false).length > 0) {
      refuse('UniqueTaken', { ...this.#named(table), index: index.name });
    }
    this.#store.set(entries, to + key, key);
  }
}

/** Keys that begin with a text. */
function startingWith(text: string): { readonly low: string; readonly high: string } {
  return { low: text, high: `${text}\u{ffff}` };
}

function rangeOf(order: LoadedOrder, { prefix, from, to, after }: PlainScan): KeyRange {
  const start = prefixOf(order, prefix);
  const bound = (value: unknown): string => prefixOf(order, [...prefix, value]);
  const cursor = after === undefined ? undefined : latin1(someBytes(after, CURSOR_BYTES_MAX));
  if (cursor?.startsWith(start) === false) throw new BadValue('after is of another list');
  return {
    low: from === undefined ? start : bound(from),
    high: startingWith(to === undefined ? start : bound(to)).high,
    after: cursor,
  };
}

function prefixOf(order: LoadedOrder, values: readonly unknown[]): string {
  const { length } = values;
  if (length > order.fields.length) throw new BadValue(`a prefix has ${length} parts`);
  const canonical = values.map((value, i) => toBytes(schemaAt(order, i), value));
  return latin1(orderedKey(shapesOf(order).slice(0, length), canonical));
}

function orderedOf(order: LoadedOrder, value: unknown): Uint8Array {
  const values = fieldsOf(order, value);
  const canonical = order.fields.map((field, i) => toBytes(schemaAt(order, i), values[field]));
  return orderedKey(shapesOf(order), canonical);
}

function shapesOf({ schemas }: LoadedOrder): readonly Shape[] {
  return schemas.map(({ shape }) => shape);
}

function schemaAt({ schemas, fields }: LoadedOrder, i: number): Schema<unknown> {
  const schema = schemas[i];
  if (schema === undefined) throw new BadValue(`there are ${fields.length} fields`);
  return schema;
}

function indexOf({ indexes }: PlainTable, i: number): Sorted<string> {
  const index = indexes[i];
  if (index === undefined) throw new BadValue('there is no such index');
  return index;
}

/** The values of a key for people, such as `["acme","INV-1"]`. */
function keyText(order: LoadedOrder, row: Values): string {
  return canonicalJson(order.fields.map((field, i) => schemaAt(order, i).toJson(row[field])));
}

/** The fields of an order in an object that may have others. */
function fieldsOf({ fields, schemas }: LoadedOrder, value: unknown): Values {
  const shape = Object.fromEntries(fields.map((field, i) => [field, must(schemas[i], 'a schema')]));
  const schema = t.struct(shape) as Schema<unknown>;
  return fromBytes(schema, toBytes(schema, value)) as Values;
}

function someBytes(value: unknown, sizeMax: number): Uint8Array {
  if (value instanceof Uint8Array && value.length <= sizeMax) return value;
  throw new BadValue(`after is not a Uint8Array of at most ${sizeMax} bytes`);
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function checkSize(name: string, value: number, limit: number): void {
  if (value > limit) refuse('OverLimit', { name, value, limit });
}
