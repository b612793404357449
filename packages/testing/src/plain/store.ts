import type { Manifest } from '@hanse/contract';
import { Sorted } from './sorted.ts';

/** A table's rows by key, and its indexes: each leads from values to the key of a row. */
export type PlainTable = {
  readonly rows: Sorted<Uint8Array>;
  readonly indexes: readonly Sorted<string>[];
};

/** The tables of all contracts. Changes can be taken back up to a mark. */
export class PlainStore {
  readonly #tables: ReadonlyMap<string, readonly PlainTable[]>;
  readonly #undo: (() => void)[] = [];

  constructor(manifests: readonly Manifest[]) {
    this.#tables = new Map(
      manifests.map(({ name, tables }) => [
        name,
        tables.map(({ indexes }) => ({
          rows: new Sorted<Uint8Array>(),
          indexes: indexes.map(() => new Sorted<string>()),
        })),
      ]),
    );
  }

  /** A table of a contract by its position. */
  table(contract: string, position: number): PlainTable | undefined {
    return this.#tables.get(contract)?.[position];
  }

  /** Set a value or, with undefined, remove it. */
  set<V>(map: Sorted<V>, key: string, value: V | undefined): void {
    const before = map.set(key, value);
    this.#undo.push(() => void map.set(key, before));
  }

  /** Keep all changes so far. */
  commit(): void {
    this.#undo.length = 0;
  }

  /** Take all changes back since the last commit. */
  rollback(): void {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) undo();
  }
}
