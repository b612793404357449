import type { Suite } from '@hanse/crypto';
import { assert, equalBytes, limits } from '@hanse/kit';
import { bucketPlace, keyHash, valueHash } from '@hanse/model';
import { entryCount, entryValue, findEntry } from './buckets.ts';
import type { Ledger } from './ledger.ts';
import { corrupt } from './records.ts';
import type { State } from './state.ts';

/** What a scrub has compared. */
export type ScrubReport = {
  readonly buckets: number;
  readonly records: number;
  /** Heights of the state when it began and ended; only if they are equal nothing can be missing. */
  readonly fromHeight: number;
  readonly toHeight: number;
};

const BUCKETS_PER_SLICE = 256;

/**
 * Compare everything stored: each bucket with its leaf of the tree, each record with its bucket. It
 * reads past all caches, in slices with `pause` between them, while blocks may go on being applied.
 * Throws StateCorrupt naming the first object that is wrong.
 */
export async function verifyAll(
  suite: Suite,
  ledger: Ledger,
  pause: () => Promise<void>,
): Promise<ScrubReport> {
  const fromHeight = ledger.executed.height;
  const expected = ledger.state.shape.records;
  const buckets = await scrubBuckets(ledger.state, pause);
  const records = await scrubRecords(suite, ledger, pause);
  const toHeight = ledger.executed.height;
  if (fromHeight === toHeight && (records !== expected || buckets.entries !== expected)) {
    throw corrupt(`set of ${expected} records: ${records} are there`);
  }
  return { buckets: buckets.count, records, fromHeight, toHeight };
}

async function scrubBuckets(
  state: State,
  pause: () => Promise<void>,
): Promise<{ readonly count: number; readonly entries: number }> {
  let { depth } = state.shape;
  let count = 0;
  let entries = 0;
  for (let node = 0; node < 2 ** depth; node++) {
    const places =
      node < state.shape.split
        ? [2 * node, 2 * node + 1].map((index) => ({ level: depth + 1, index }))
        : [{ level: depth, index: node }];
    for (const place of places) {
      entries += entryCount(state.readBucket(place));
      count++;
    }
    if (node % BUCKETS_PER_SLICE !== BUCKETS_PER_SLICE - 1) continue;
    await pause();
    // Levels added meanwhile: each node became two.
    for (; depth < state.shape.depth; depth++) node = 2 * node + 1;
  }
  return { count, entries };
}

async function scrubRecords(
  suite: Suite,
  ledger: Ledger,
  pause: () => Promise<void>,
): Promise<number> {
  const { state } = ledger;
  let records = 0;
  for (let after: Uint8Array | undefined; ;) {
    const limit = limits.pageRowsMax;
    const rows = await ledger.list({ prefix: new Uint8Array(0), after, limit });
    for (const [key, value] of rows) {
      // A record that a block changed since the page was read is read again.
      if (!isInBucket(suite, state, key, value)) state.readRecord(key);
    }
    records += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return records;
    assert(after === undefined || !equalBytes(last[0], after), 'pages go forward');
    [after] = last;
    await pause();
  }
}

function isInBucket(suite: Suite, state: State, key: Uint8Array, value: Uint8Array): boolean {
  const hash = keyHash(suite, key);
  const bucket = state.bucket(bucketPlace(state.shape, hash));
  const found = findEntry(bucket, hash);
  return found >= 0 && equalBytes(entryValue(bucket, found), valueHash(suite, value));
}
