import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskFiles } from './diskfiles.ts';
import { BlockLog } from './log.ts';
import { MemoryDisk } from './memorydisk.ts';
import { CHAIN_ID, logSuite, refusal, reopen, type LogPlace } from '../test/suite.ts';

const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'hanse-log-'));

logSuite('disk', async (): Promise<LogPlace> => {
  const dir = await temporaryFolder();
  return {
    open: (options) => BlockLog.open(dir, options),
    files: () => DiskFiles.open(dir),
    dispose: () => rm(dir, { recursive: true }),
  };
});

logSuite('memory', async (): Promise<LogPlace> => {
  let disk = new MemoryDisk();
  return {
    open: (options) => BlockLog.openOn(disk, options),
    // Damage writes over durable bytes: on a copy that has forgotten what is durable.
    files: async () => {
      disk = disk.rewritable();
      return disk;
    },
    dispose: async () => undefined,
  };
});

const salts = (): (() => Uint8Array) => {
  let count = 0;
  return () => new Uint8Array(16).fill(++count);
};

describe('crashes', () => {
  const write = fc.record({
    sizes: fc.array(fc.nat(900), { maxLength: 6 }),
    isSynced: fc.boolean(),
  });

  it('keep every acknowledged record whatever sectors of later writes reached the disk', async () => {
    const plan = fc.array(
      fc.record({
        writes: fc.array(write, { maxLength: 8 }),
        kept: fc.infiniteStream(fc.boolean()),
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.constantFrom(1_000, 4_000, 1_000_000),
        async (lives, segmentBytes) => {
          let completions: (() => void)[] = [];
          let disk = new MemoryDisk((complete) => completions.push(complete));
          let acknowledged: string[] = [];
          let serial = 0;
          const settle = async (): Promise<void> => {
            do {
              for (const complete of completions.splice(0)) complete();
              await new Promise(setImmediate);
            } while (completions.length > 0);
          };
          const salt = salts();
          for (const { writes, kept } of lives) {
            const opening = reopen((options) => BlockLog.openOn(disk, options), {
              segmentBytes,
              salt,
            });
            await settle();
            const { log, seen } = await opening;
            const texts = seen.map(({ text }) => text);
            expect(texts.slice(0, acknowledged.length)).toEqual(acknowledged);
            const appended = [...texts];
            acknowledged = [...texts];
            for (const { sizes, isSynced } of writes) {
              for (const size of sizes) {
                appended.push(`${serial++}:${'y'.repeat(size)}`);
                log.append(1, utf8(appended.at(-1) ?? ''));
              }
              const reached = [...appended];
              void log.sync().then(() => {
                if (reached.length > acknowledged.length) acknowledged = reached;
              });
              if (isSynced) await settle();
              else await Promise.resolve();
            }
            const [first] = kept.take(1);
            disk = disk.crash({ keepSector: () => kept.next().value ?? first ?? false });
            completions = [];
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a bit anywhere never give a wrong or missing acknowledged record', async () => {
    const disk = new MemoryDisk();
    const { log } = await reopen((options) => BlockLog.openOn(disk, options), {
      segmentBytes: 600,
    });
    const texts = Array.from({ length: 14 }, (_, i) => `record ${i} ${'z'.repeat(i * 9)}`);
    for (const [i, text] of texts.entries()) {
      log.append(1, utf8(text));
      if (i % 3 === 0) await log.sync();
    }
    await log.close();
    for (const segment of await disk.list()) {
      for (let offset = 0; offset < (await disk.sizeBytes(segment)); offset++) {
        const damaged = disk.copy();
        damaged.flip(segment, offset, 1 << (offset % 8));
        const outcome = await reopen((options) => BlockLog.openOn(damaged, options)).then(
          ({ seen }) => seen.map(({ text }) => text),
          () => 'refused',
        );
        // Only the mark that close wrote may be lost without a word: it carries nothing.
        if (outcome !== 'refused') expect(outcome).toEqual(texts);
      }
    }
  });

  it('do not hide that a segment was cut at a record or exchanged for another', async () => {
    const disk = new MemoryDisk();
    const open = (options: Parameters<LogPlace['open']>[0]): Promise<BlockLog> =>
      BlockLog.openOn(disk, options);
    const { log } = await reopen(open, { segmentBytes: 300 });
    const positions = Array.from({ length: 10 }, (_, i) =>
      log.append(1, utf8(`record number ${i} of ten`)),
    );
    await log.close();
    const third = positions.filter(({ segment }) => segment === 2)[1]!;
    const cut = disk.copy();
    await cut.truncate(2, third.offset);
    expect(await refusal(reopen((options) => BlockLog.openOn(cut, options)))).toBe('LogCorrupt');
    const swapped = disk.copy();
    await swapped.remove(3);
    await swapped.create(3, await disk.read(2, 0, 10_000));
    expect(await refusal(reopen((options) => BlockLog.openOn(swapped, options)))).toBe(
      'LogCorrupt',
    );
  });
});

describe('recovery', () => {
  const KIB = 1024;

  it('finds a mark wherever it lies behind the damage', async () => {
    // The search reads 1 MiB at a time: let the mark lie at and across the border.
    for (let shift = -45; shift <= 45; shift += 3) {
      const disk = new MemoryDisk();
      const log = await BlockLog.openOn(disk, { chainId: CHAIN_ID });
      const { offset } = log.append(1, new Uint8Array(1024 * KIB + shift));
      await log.sync();
      await log.close();
      disk.flip(1, offset);
      const refused = await refusal(BlockLog.openOn(disk, { chainId: CHAIN_ID }));
      expect(refused, `shift ${shift}`).toBe('LogCorrupt');
    }
  });

  it('knows of an idle log that its last write was acknowledged, though it was never closed', async () => {
    const disk = new MemoryDisk();
    const log = await BlockLog.openOn(disk, { chainId: CHAIN_ID });
    const texts: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { offset } = log.append(1, utf8(`record ${i}`));
      texts.push(`record ${i}`);
      await log.sync();
      await new Promise(setImmediate);
      const killed = disk.copy();
      const { seen } = await reopen((options) => BlockLog.openOn(killed.copy(), options));
      expect(seen.map(({ text }) => text)).toEqual(texts);
      killed.flip(1, offset + 15);
      expect(await refusal(BlockLog.openOn(killed, { chainId: CHAIN_ID }))).toBe('LogCorrupt');
    }
    // One mark a write, not one more for each time the log is idle.
    const sizeBytes = await disk.sizeBytes(1);
    await log.close();
    expect(await disk.sizeBytes(1)).toBe(sizeBytes);
  });

  it('takes no payload for a mark', async () => {
    const disk = new MemoryDisk();
    const salt = salts();
    const log = await BlockLog.openOn(disk, { chainId: CHAIN_ID, salt });
    log.append(1, utf8('kept'));
    await log.close();
    const sizeBytes = await disk.sizeBytes(1);
    const forged = new Uint8Array(200);
    forged.set(salts()(), 50);
    await disk.write(1, sizeBytes, forged);
    const { log: again, seen } = await reopen((options) => BlockLog.openOn(disk, options));
    expect(seen.map(({ text }) => text)).toEqual(['kept']);
    expect(await disk.sizeBytes(1)).toBeLessThan(sizeBytes + 200);
    await again.close();
  });

  it('cuts no more than can have waited for one sync', async () => {
    for (const [droppedMiB, expected] of [
      [100, 'none'],
      [140, 'LogCorrupt'],
    ] as const) {
      const dir = await temporaryFolder();
      await (await BlockLog.open(dir, { chainId: CHAIN_ID })).close();
      const files = await DiskFiles.open(dir);
      await files.truncate(1, droppedMiB * KIB * KIB);
      await files.close();
      const opening = BlockLog.open(dir, { chainId: CHAIN_ID });
      expect(await refusal(opening)).toBe(expected);
      if (expected === 'none') await (await opening).close();
      await rm(dir, { recursive: true });
    }
  });

  it('waits for the receiver of each record', async () => {
    const disk = new MemoryDisk();
    const log = await BlockLog.openOn(disk, { chainId: CHAIN_ID });
    for (const text of ['one', 'two', 'three']) log.append(1, utf8(text));
    await log.close();
    const events: string[] = [];
    const onRecord = async (_: number, payload: Uint8Array): Promise<void> => {
      const text = new TextDecoder().decode(payload);
      events.push(`${text} begins`);
      await new Promise(setImmediate);
      events.push(`${text} ends`);
    };
    await BlockLog.openOn(disk, { chainId: CHAIN_ID, onRecord });
    expect(events).toEqual(
      ['one', 'two', 'three'].flatMap((text) => [`${text} begins`, `${text} ends`]),
    );
  });
});

describe('sync', () => {
  it('is shared by its callers', async () => {
    const disk = new MemoryDisk();
    const log = await BlockLog.openOn(disk, { chainId: CHAIN_ID });
    const before = disk.syncs;
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => {
        log.append(1, utf8(`${i}`));
        return log.sync();
      }),
    );
    expect(disk.syncs - before).toBe(1);
    await log.sync();
    expect(disk.syncs - before).toBe(1);
  });

  it('covers what was appended while another one ran', async () => {
    const waiting: (() => void)[] = [];
    let isManual = false;
    const disk = new MemoryDisk((complete) =>
      isManual ? void waiting.push(complete) : complete(),
    );
    const log = await BlockLog.openOn(disk, { chainId: CHAIN_ID });
    isManual = true;
    const done: string[] = [];
    log.append(1, utf8('one'));
    void log.sync().then(() => done.push('one'));
    await new Promise(setImmediate);
    log.append(1, utf8('two'));
    void log.sync().then(() => done.push('two'));
    await new Promise(setImmediate);
    expect(waiting.length).toBe(1);
    waiting.shift()?.();
    await new Promise(setImmediate);
    expect(done).toEqual(['one']);
    const survivor = disk.copy().crash();
    waiting.shift()?.();
    await new Promise(setImmediate);
    expect(done).toEqual(['one', 'two']);
    isManual = false;
    const { seen } = await reopen((options) => BlockLog.openOn(disk.crash(), options));
    expect(seen.map(({ text }) => text)).toEqual(['one', 'two']);
    void survivor;
  });

  it('that failed fails everything afterwards', async () => {
    const disk = new MemoryDisk();
    const log = await BlockLog.openOn(disk, { chainId: CHAIN_ID });
    const position = log.append(1, utf8('fine'));
    await log.sync();
    disk.failSyncs();
    log.append(1, utf8('lost'));
    const both = [log.sync(), log.sync()];
    for (const one of both) expect(await refusal(one)).toBe('SyncFailed');
    expect(await refusal(log.sync())).toBe('SyncFailed');
    expect(() => log.append(1, utf8('more'))).toThrowError(/HANSE-6003/);
    expect(await refusal(log.read(position))).toBe('SyncFailed');
    await log.close();
  });

  it('refuses more than may wait, and closed logs', async () => {
    const log = await BlockLog.openOn(new MemoryDisk(), { chainId: CHAIN_ID });
    const large = new Uint8Array(4 * 1024 * 1024);
    expect(() => {
      for (let i = 0; i < 17; i++) log.append(1, large);
    }).toThrowError(/logPendingBytes/);
    expect(() => log.append(0, large)).toThrowError();
    expect(() => log.append(1, new Uint8Array(large.length + 1))).toThrowError();
    await log.close();
    await log.close();
    expect(() => log.append(1, utf8('late'))).toThrowError(/closed/);
  });
});

describe('folder', () => {
  it('belongs to one log at a time', async () => {
    const dir = await temporaryFolder();
    const log = await BlockLog.open(dir, { chainId: CHAIN_ID });
    expect(await refusal(BlockLog.open(dir, { chainId: CHAIN_ID }))).toBe('DataInUse');
    await log.close();
    await (await BlockLog.open(dir, { chainId: CHAIN_ID })).close();
    await rm(dir, { recursive: true });
  });
});
