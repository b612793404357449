import type { Suite } from '@hanse/crypto';
import { assert, limits, must } from '@hanse/kit';
import { prefixed, prefixEnd, prefixes } from './keys.ts';
import { readMeta } from './meta.ts';
import type { Kv, KvEntry, StateQuery, StateRange } from './ports.ts';
import { openRecord } from './records.ts';

/**
 * The newest executed state in a store that another ledger writes, for queries beside it; the store must not
 * change while it is read. Undefined before the first batch. Records carry checksums and are not compared
 * with the tree: that is for whoever proves them. Throws StateCorrupt.
 */
export function readState(suite: Suite, kv: Kv): StateQuery | undefined {
  const meta = readMeta(suite, kv);
  if (meta === undefined) return undefined;
  return {
    height: meta.executed.height,
    time: meta.time,
    get: (key) => {
      const stored = kv.get(prefixed(prefixes.record, key));
      return stored === undefined ? undefined : openRecord(suite, key, stored).value;
    },
    list: (range) => listRecords(suite, kv, range),
  };
}

/** A page of records of a store, in order of key. */
export async function listRecords(
  suite: Suite,
  kv: Pick<Kv, 'list'>,
  { prefix, after, limit }: StateRange,
): Promise<readonly KvEntry[]> {
  assert(limit <= limits.pageRowsMax + 1, `a page of ${limit} rows`);
  const under = prefixed(prefixes.record, prefix);
  const rows = await kv.list({
    gte: after === undefined ? under : keyAfter(prefixed(prefixes.record, after)),
    lt: must(prefixEnd(under), 'records are not the last prefix'),
    limit,
  });
  return rows.map(([stored, value]) => {
    const key = stored.subarray(1);
    return [key, openRecord(suite, key, value).value];
  });
}

function keyAfter(key: Uint8Array): Uint8Array {
  const after = new Uint8Array(key.length + 1);
  after.set(key);
  return after;
}
