import { canonicalJson, decode, DecodeError, isJsonObject, type Shape } from '@hanse/codec';
import { concatBytes, equalBytes, limits, must, toHex } from '@hanse/kit';
import { rowKeyBytes, type Table, type TableIndex } from './interface.ts';
import { orderedForm, orderedKey, prefixEnd, skipOrdered, startsWith } from './ordered.ts';
import { Pages } from './pages.ts';
import type { Scan, ScanPage } from './ports.ts';
import type { Records } from './records.ts';
import { refuse } from './refusal.ts';
import { insertKey, removeKey, scanKeys, type KeyRange } from './tree.ts';
import { splitValues } from './walk.ts';

/** Whose tables they are, for refusals. */
export type TableOwner = { readonly contract: string; readonly method: string };

/** Rows of a contract's tables over records: row by key, lists and indexes as ordered pages of keys. */
export class Tables {
  readonly #records: Records;
  readonly #owner: TableOwner;

  constructor(records: Records, owner: TableOwner) {
    this.#records = records;
    this.#owner = owner;
  }

  /** The row of a key (canonical bytes of a struct of its fields). */
  get(table: Table, key: Uint8Array): Uint8Array | undefined {
    return this.#row(table, this.#key(table, key));
  }

  /** Write a row, and keep its list and indexes in step. */
  put(table: Table, row: Uint8Array, mode: 'insert' | 'update' | 'put'): void {
    const { contract } = this.#owner;
    const parts = this.#fields(table, row);
    const key = orderedKey(table.keyShapes, pick(parts, table.key));
    this.#checkSize('bytes of the key', key.length, limits.rowKeyBytesMax);
    this.#checkSize('bytes of the row', row.length, limits.valueBytesMax);
    const before = this.#row(table, key);
    if (mode === 'insert' && before !== undefined) {
      refuse('RowExists', { contract, table: table.name, key: keyText(table, parts) });
    }
    if (mode === 'update' && before === undefined) {
      refuse('RowUnknown', { contract, table: table.name, key: keyText(table, parts) });
    }
    // A copy: where it came from is memory of the run.
    this.#records.set(rowKeyBytes(table, key), row.slice());
    if (before === undefined && table.listPrefix !== undefined) {
      insertKey(new Pages(this.#records, table.listPrefix), key);
    }
    const partsBefore = before === undefined ? undefined : this.#fields(table, before);
    for (const index of table.indexes) this.#move(table, index, key, partsBefore, parts);
  }

  /** Remove a row; false when there is none. */
  remove(table: Table, keyBytes: Uint8Array): boolean {
    const key = this.#key(table, keyBytes);
    const before = this.#row(table, key);
    if (before === undefined) return false;
    this.#records.delete(rowKeyBytes(table, key));
    if (table.listPrefix !== undefined) {
      removeKey(new Pages(this.#records, table.listPrefix), key);
    }
    const parts = this.#fields(table, before);
    for (const index of table.indexes) this.#move(table, index, key, parts, undefined);
    return true;
  }

  /** A page of rows in order of their key or of an index. */
  scan(table: Table, scan: Scan): ScanPage {
    const { limit, after, reverse } = scan;
    if (limit === 0) this.#bad('limit is 0');
    this.#checkSize('limit', limit, limits.pageRowsMax);
    const index = scan.index < 0 ? undefined : table.indexes[scan.index];
    const pagesAt = scan.index < 0 ? table.listPrefix : index?.prefix;
    if (pagesAt === undefined) return this.#bad(`table ${table.name} has no such list`);
    const shapes = index === undefined ? table.keyShapes : index.shapes;
    const prefix = this.#prefix(shapes, scan.prefix);
    if (after !== undefined && !startsWith(after, prefix)) this.#bad('after is of another list');
    const found: Uint8Array[] = [];
    // One more than asked for tells whether there is a next page.
    const bounds = this.#bounds(shapes, scan, prefix);
    scanKeys(new Pages(this.#records, pagesAt), { prefix, ...bounds, after, reverse }, (entry) => {
      found.push(entry);
      return found.length <= limit;
    });
    const page = found.slice(0, limit);
    const rows = page.map((entry) => this.#rowOf(table, index, entry));
    return { rows, next: found.length > limit ? page.at(-1) : undefined };
  }

  #row(table: Table, key: Uint8Array): Uint8Array | undefined {
    const row = this.#records.get(rowKeyBytes(table, key));
    return row === undefined ? undefined : completeRow(table, row);
  }

  #rowOf(table: Table, index: TableIndex | undefined, entry: Uint8Array): Uint8Array {
    let at = 0;
    for (const shape of index?.shapes ?? []) at = skipOrdered(shape, entry, at);
    return must(this.#row(table, entry.subarray(at)), 'an index names rows that are there');
  }

  /** Take a row out of an index where it was and put it in where it is now. */
  #move(
    table: Table,
    index: TableIndex,
    key: Uint8Array,
    before: readonly Uint8Array[] | undefined,
    after: readonly Uint8Array[] | undefined,
  ): void {
    const [from, to] = [before, after].map((parts) =>
      parts === undefined ? undefined : orderedKey(index.shapes, pick(parts, index.fields)),
    );
    if (from !== undefined && to !== undefined && equalBytes(from, to)) return;
    const pages = new Pages(this.#records, index.prefix);
    if (from !== undefined) removeKey(pages, concatBytes(from, key));
    if (to === undefined) return;
    const entry = concatBytes(to, key);
    this.#checkSize('bytes of an index entry', entry.length, limits.indexEntryBytesMax);
    if (index.unique) this.#checkUnique(table, index, pages, to);
    insertKey(pages, entry);
  }

  #checkUnique(table: Table, index: TableIndex, pages: Pages, values: Uint8Array): void {
    const { contract } = this.#owner;
    scanKeys(pages, { prefix: values, after: undefined, reverse: false }, () =>
      refuse('UniqueTaken', { contract, table: table.name, index: index.name }),
    );
  }

  #key(table: Table, bytes: Uint8Array): Uint8Array {
    const parts = this.#parts(table.keyShapes, bytes);
    if (parts.length < table.keyShapes.length) this.#bad('a key lacks a field');
    const key = orderedKey(table.keyShapes, parts);
    this.#checkSize('bytes of the key', key.length, limits.rowKeyBytesMax);
    return key;
  }

  /** The fields of a row, all of them. */
  #fields(table: Table, row: Uint8Array): readonly Uint8Array[] {
    const parts = this.#parts(table.shapes, row);
    if (parts.length < table.shapes.length) this.#bad('a row lacks a field');
    return parts;
  }

  #prefix(shapes: readonly Shape[], values: readonly Uint8Array[]): Uint8Array {
    const parts = this.#parts(shapes, concatBytes(...values));
    return parts.length === 0
      ? new Uint8Array(0)
      : orderedKey(shapes.slice(0, parts.length), parts);
  }

  /** Bounds of the field behind the prefix, as keys: the first one, and the first one behind. */
  #bounds(
    shapes: readonly Shape[],
    { prefix: { length }, from, to }: Scan,
    prefix: Uint8Array,
  ): Pick<KeyRange, 'from' | 'below'> {
    const [low, high] = [from, to].map((value) => {
      if (value === undefined) return undefined;
      const shape = shapes[length];
      if (shape === undefined) return this.#bad('there is no field behind the prefix');
      const [part, ...more] = this.#parts([shape], value);
      if (part === undefined || more.length > 0) return this.#bad('a bound is one value');
      return concatBytes(prefix, orderedForm(shape, part));
    });
    return { from: low, below: high === undefined ? undefined : prefixEnd(high) };
  }

  /** Values that stand one after the other, until the bytes end. */
  #parts(shapes: readonly Shape[], bytes: Uint8Array): readonly Uint8Array[] {
    try {
      return splitValues(shapes, bytes);
    } catch (error) {
      if (error instanceof DecodeError) return this.#bad(error.message);
      throw error;
    }
  }

  #checkSize(name: string, value: number, limit: number): void {
    if (value > limit) refuse('OverLimit', { name, value, limit });
  }

  #bad(message: string): never {
    return refuse('ContractFailed', { ...this.#owner, failure: 'BadValue', message });
  }
}

/** A row with the options that its version did not have yet: they are absent. */
export function completeRow({ shapes, tail }: Table, row: Uint8Array): Uint8Array {
  if (tail === shapes.length) return row;
  const missing = shapes.length - splitValues(shapes, row).length;
  return missing === 0 ? row : concatBytes(row, new Uint8Array(missing));
}

function pick(parts: readonly Uint8Array[], at: readonly number[]): readonly Uint8Array[] {
  return at.map((i) => must(parts[i], 'a field of the row'));
}

/** The values of a key for people, such as `["acme","INV-1"]`. */
function keyText(table: Table, parts: readonly Uint8Array[]): string {
  const bytes = concatBytes(...pick(parts, table.key));
  const value = decode(table.keySchema, bytes);
  const json = value.ok ? table.keySchema.toJson(value.value) : null;
  return isJsonObject(json) ? canonicalJson(Object.values(json)) : toHex(bytes);
}
