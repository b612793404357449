import { encode, t } from '@hanse/codec';
import { concatBytes, limits } from '@hanse/kit';
import { recordReader, type Records } from './records.ts';

/** Id of the page at the top of a list. */
export const ROOT = 0;

/**
 * A page of an ordered list of keys, which is a B+tree. At level 0 keys are the entries; above, `keys[i]`
 * is a lower bound of all that lies under `children[i]` (the first one's does not matter).
 */
export type Page = {
  readonly level: number;
  /** The next page id that is free; kept by the root, 0 elsewhere. */
  readonly next: number;
  readonly keys: readonly Uint8Array[];
  readonly children: readonly number[];
};

const entrySchema = t.bytes(limits.indexEntryBytesMax);
/** Layout of a page in the state: what its keys have in common stands once. */
const pageSchema = t.struct({
  level: t.u8,
  next: t.u32,
  prefix: entrySchema,
  suffixes: t.list(entrySchema, limits.indexPageEntriesMax),
  children: t.list(t.u32, limits.indexPageEntriesMax),
});

const readPage = recordReader(pageSchema);
const opened = new WeakMap<Uint8Array, Page>();

/** The pages of one list as records, under a prefix and the page's id in four bytes. */
export class Pages {
  readonly #records: Records;
  readonly #prefix: Uint8Array;

  constructor(records: Records, prefix: Uint8Array) {
    this.#records = records;
    this.#prefix = prefix;
  }

  read(id: number): Page | undefined {
    const bytes = this.#records.get(this.#key(id));
    return bytes === undefined ? undefined : openPage(bytes);
  }

  write(id: number, page: Page): void {
    const bytes = packPage(page);
    opened.set(bytes, page);
    this.#records.set(this.#key(id), bytes);
  }

  remove(id: number): void {
    this.#records.delete(this.#key(id));
  }

  #key(id: number): Uint8Array {
    const { length } = this.#prefix;
    const key = new Uint8Array(length + 4);
    key.set(this.#prefix);
    // Not through a DataView: making one costs more than the four bytes.
    for (let i = 0; i < 4; i++) key[length + i] = (id >>> (24 - 8 * i)) & 0xff;
    return key;
  }
}

function packPage({ level, next, keys, children }: Page): Uint8Array {
  const shared = sharedLength(keys);
  const prefix = keys[0]?.subarray(0, shared) ?? new Uint8Array(0);
  const suffixes = keys.map((key) => key.subarray(shared));
  return encode(pageSchema, { level, next, prefix, suffixes, children });
}

function openPage(bytes: Uint8Array): Page {
  const known = opened.get(bytes);
  if (known !== undefined) return known;
  const { level, next, prefix, suffixes, children } = readPage(bytes);
  const keys = suffixes.map((suffix) => concatBytes(prefix, suffix));
  const page = { level, next, keys, children };
  opened.set(bytes, page);
  return page;
}

/** Length of what all keys begin with: in a list in order, what the first and the last have in common. */
function sharedLength(keys: readonly Uint8Array[]): number {
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return 0;
  let length = 0;
  while (length < first.length && length < last.length && first[length] === last[length]) length++;
  return length;
}
