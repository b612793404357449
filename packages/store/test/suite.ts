import { equalBytes, isHanseError, utf8 } from '@hanse/kit';
import { afterEach, describe, expect, it } from 'vitest';
import type { SegmentFiles } from '../src/files.ts';
import type { KvStore } from '../src/kv.ts';
import { BlockLog, type BlockLogOptions } from '../src/log.ts';
import { comparePositions, type Position } from '../src/position.ts';

/** A place for one log that can be opened again and damaged. */
export type LogPlace = {
  readonly open: (options: BlockLogOptions) => Promise<BlockLog>;
  /** The raw files, while no log is open. */
  readonly files: () => Promise<SegmentFiles>;
  readonly dispose: () => Promise<void>;
};

/** Chain id of the logs in tests. */
export const CHAIN_ID = new Uint8Array(32).fill(7);

/** A record as a test sees it. */
export type Seen = { readonly kind: number; readonly text: string; readonly position: Position };

/** Open a log and return it with every record it gave. */
export async function reopen(
  open: LogPlace['open'],
  options: Partial<BlockLogOptions> = {},
): Promise<{ readonly log: BlockLog; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const log = await open({
    chainId: CHAIN_ID,
    onRecord: (kind, payload, position) => {
      seen.push({ kind, text: new TextDecoder().decode(payload), position });
    },
    ...options,
  });
  return { log, seen };
}

/** Name of the catalogue entry that a promise is refused with. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isHanseError(error)) return error.codeName;
    throw error;
  }
  return 'none';
}

/** What every place for a log has to do; run it on the real one and on the one in memory. */
export function logSuite(name: string, makePlace: () => Promise<LogPlace>): void {
  describe(`block log on ${name}`, () => {
    const places: LogPlace[] = [];
    afterEach(async () => {
      for (const place of places.splice(0)) await place.dispose();
    });
    const make = async (): Promise<LogPlace> => {
      const place = await makePlace();
      places.push(place);
      return place;
    };

    it('gives every synced record back in order, over segments, and continues', async () => {
      const { open } = await make();
      const expected: Seen[] = [];
      for (let round = 0; round < 4; round++) {
        const { log, seen } = await reopen(open, { segmentBytes: 400 });
        expect(seen).toEqual(expected);
        for (let i = 0; i < 9; i++) {
          const text = `record ${round}.${i} ${'x'.repeat(i * 11)}`;
          expected.push({ kind: 1 + i, text, position: log.append(1 + i, utf8(text)) });
          if (i % 4 === 0) await log.sync();
        }
        await log.sync();
        await log.close();
      }
      const order = expected.map(({ position }) => position);
      expect([...order].sort(comparePositions)).toEqual(order);
      expect(order.at(-1)?.segment).toBeGreaterThan(3);
    });

    it('starts at the position it is given, itself included', async () => {
      const { open } = await make();
      const { log } = await reopen(open, { segmentBytes: 300 });
      const positions: Position[] = [];
      for (let i = 0; i < 20; i++) positions.push(log.append(2, utf8(`payload number ${i}`)));
      await log.close();
      for (const [i, from] of positions.entries()) {
        const { log, seen } = await reopen(open, { segmentBytes: 300, from });
        expect(seen.map(({ position }) => position)).toEqual(positions.slice(i));
        await log.close();
      }
      const past = { segment: positions.at(-1)?.segment ?? 0, offset: 100_000 };
      expect(await refusal(reopen(open, { from: past }))).toBe('LogCorrupt');
      expect(await refusal(reopen(open, { from: { segment: 99, offset: 72 } }))).toBe('LogCorrupt');
    });

    it('reads records before, during and after the sync, and large ones', async () => {
      const { open } = await make();
      const { log } = await reopen(open);
      const large = new Uint8Array(3_000_000).map((_, i) => i % 251);
      const positions = [
        log.append(1, utf8('small')),
        log.append(2, large),
        log.append(3, utf8('')),
      ];
      const check = async (): Promise<void> => {
        expect(await log.read(positions[0]!)).toEqual(utf8('small'));
        // Compared by hand: the matcher takes seconds for megabytes.
        expect(equalBytes(await log.read(positions[1]!), large)).toBe(true);
        expect(await log.read(positions[2]!)).toEqual(utf8(''));
      };
      await check();
      const syncing = log.sync();
      await check();
      await syncing;
      await check();
      await log.close();
      const again = await reopen(open);
      expect(again.seen.map(({ text }) => text.length)).toEqual([5, expect.any(Number), 0]);
      expect(equalBytes(await again.log.read(positions[1]!), large)).toBe(true);
      expect(await refusal(again.log.read({ segment: 1, offset: 72 + 13 }))).toBe('LogCorrupt');
      expect(await refusal(again.log.read({ segment: 9, offset: 72 }))).toBe('LogCorrupt');
      await again.log.close();
    });

    it('refuses the log of another chain and leaves it alone', async () => {
      const { open } = await make();
      const first = await reopen(open);
      first.log.append(1, utf8('mine'));
      await first.log.close();
      const other = { chainId: new Uint8Array(32).fill(8) };
      expect(await refusal(reopen(open, other))).toBe('GenesisMismatch');
      const { log, seen } = await reopen(open);
      expect(seen.map(({ text }) => text)).toEqual(['mine']);
      await log.close();
    });

    it('cuts a torn tail but stops at damage in front of a mark', async () => {
      const { open, files } = await make();
      const { log } = await reopen(open);
      const kept = log.append(1, utf8('acknowledged'));
      await log.sync();
      const last = log.append(1, utf8('acknowledged too'));
      await log.close();
      const raw = await files();
      const sizeBytes = await raw.sizeBytes(1);
      await raw.write(1, sizeBytes, utf8('half a record of a write that never finished'));
      await raw.close();
      const torn = await reopen(open);
      expect(torn.seen.map(({ text }) => text)).toEqual(['acknowledged', 'acknowledged too']);
      const next = torn.log.append(1, utf8('later'));
      expect(next.offset).toBeGreaterThanOrEqual(sizeBytes);
      await torn.log.close();
      for (const { offset } of [kept, last, next]) {
        const damaged = await files();
        const [byte = 0] = await damaged.read(1, offset + 14, 1);
        await damaged.write(1, offset + 14, Uint8Array.of(byte ^ 4));
        await damaged.close();
        expect(await refusal(reopen(open))).toBe('LogCorrupt');
        const repaired = await files();
        await repaired.write(1, offset + 14, Uint8Array.of(byte));
        await repaired.close();
      }
      await (await reopen(open)).log.close();
    });

    it('scrubs what nobody reads, while records are added, and names the damaged place', async () => {
      const { open, files } = await make();
      const { log } = await reopen(open, { segmentBytes: 300 });
      const positions = Array.from({ length: 20 }, (_, i) =>
        log.append(1, utf8(`number ${i} ${'.'.repeat(30)}`)),
      );
      const scrubbing = log.scrub(async () => {
        log.append(1, utf8('meanwhile'));
        await log.sync();
      });
      const { segments, records } = await scrubbing;
      expect(segments).toBe(positions.at(-1)?.segment);
      expect(records).toBeGreaterThanOrEqual(20);
      await log.close();
      const [third, last] = [positions[2]!, positions.at(-1)!];
      const damaged = await files();
      const [byte = 0] = await damaged.read(third.segment, third.offset + 14, 1);
      await damaged.write(third.segment, third.offset + 14, Uint8Array.of(byte ^ 4));
      await damaged.close();
      const { log: again } = await reopen(open, { segmentBytes: 300, from: last });
      await expect(again.scrub(async () => undefined)).rejects.toMatchObject({
        codeName: 'LogCorrupt',
        params: { offset: third.offset },
      });
      await again.close();
    });

    it('removes whole segments in front of a position and opens what is left', async () => {
      const { open, files } = await make();
      const { log } = await reopen(open, { segmentBytes: 200 });
      const positions = Array.from({ length: 12 }, (_, i) =>
        log.append(1, utf8(`number ${i} ${'.'.repeat(40)}`)),
      );
      await log.sync();
      const keep = positions[7]!;
      await log.prune(keep);
      expect(await log.read(keep)).toEqual(utf8(`number 7 ${'.'.repeat(40)}`));
      expect(await refusal(log.read(positions[0]!))).toBe('LogCorrupt');
      await log.close();
      const { log: again, seen } = await reopen(open, { segmentBytes: 200 });
      expect(seen[0]?.position.segment).toBe(keep.segment);
      await again.close();
      const raw = await files();
      await raw.remove(keep.segment + 1);
      await raw.close();
      expect(await refusal(reopen(open))).toBe('LogCorrupt');
    });
  });
}

/** What every key-value store has to do. */
export function kvSuite(name: string, makeStore: () => Promise<KvStore>): void {
  describe(`key-value store in ${name}`, () => {
    const key = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

    it('writes batches in order and lists by byte order', async () => {
      const store = await makeStore();
      await store.write([
        [key(2), key(20)],
        [key(1, 255), key(1)],
        [key(255), key(9)],
        [key(1), key()],
        [key(2), key(21)],
        [key(3), key(3)],
        [key(3), undefined],
      ]);
      expect(store.get(key(2))).toEqual(key(21));
      expect(store.get(key(1))).toEqual(key());
      expect(store.get(key(3))).toBeUndefined();
      const all = { gte: key(0), lt: key(255, 255), limit: 100 };
      const expected = [
        [key(1), key()],
        [key(1, 255), key(1)],
        [key(2), key(21)],
        [key(255), key(9)],
      ];
      expect(await store.list(all)).toEqual(expected);
      expect(await store.list({ ...all, reverse: true, limit: 2 })).toEqual(
        expected.slice(2).reverse(),
      );
      expect(await store.list({ ...all, limit: 2 })).toEqual(expected.slice(0, 2));
      expect(await store.list({ ...all, gte: key(1, 0), lt: key(255) })).toEqual(
        expected.slice(1, 3),
      );
      expect(await store.list({ ...all, gte: key(9), lt: key(3) })).toEqual([]);
      await store.close();
    });

    it('returns plain byte arrays that share nothing with the store', async () => {
      const store = await makeStore();
      const value = key(1, 2, 3);
      await store.write([[key(1), value]], { sync: true });
      value[0] = 9;
      const got = store.get(key(1));
      expect(got?.constructor).toBe(Uint8Array);
      got?.fill(0);
      expect(store.get(key(1))).toEqual(key(1, 2, 3));
      const [entry] = await store.list({ gte: key(0), lt: key(9), limit: 1 });
      expect(entry?.map((bytes) => bytes.constructor)).toEqual([Uint8Array, Uint8Array]);
      await store.close();
    });
  });
}
