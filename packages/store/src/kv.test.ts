import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LevelKv } from './levelkv.ts';
import { lockFolder } from './lock.ts';
import { MemoryKv } from './memorykv.ts';
import { kvSuite, refusal } from '../test/suite.ts';

const key = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'hanse-kv-'));

kvSuite('LevelDB', async () => LevelKv.open(await temporaryFolder()));
kvSuite('memory', async () => new MemoryKv());

describe('LevelDB', () => {
  it('reports damage at open as StateCorrupt', async () => {
    for (const name of [/^CURRENT$/, /^MANIFEST/]) {
      for (const damage of ['remove', 'empty', 'flip']) {
        const dir = await temporaryFolder();
        const store = await LevelKv.open(dir);
        await store.write([[key(1), key(2)]], { sync: true });
        await store.close();
        const file = join(dir, (await readdir(dir)).find((one) => name.test(one)) ?? '');
        const bytes = await readFile(file);
        bytes[bytes.length >> 1]! ^= 0xff;
        if (damage === 'remove') await rm(file);
        else await writeFile(file, damage === 'empty' ? '' : bytes);
        expect(await refusal(LevelKv.open(dir)), `${name} ${damage}`).toBe('StateCorrupt');
        await rm(dir, { recursive: true });
      }
    }
  });

  it('is opened by one owner, and keeps what it was given', async () => {
    const dir = await temporaryFolder();
    const store = await LevelKv.open(dir);
    expect(await refusal(LevelKv.open(dir))).toBe('DataInUse');
    await store.write([[key(1), key(2)]]);
    await store.close();
    const again = await LevelKv.open(dir, { multithreading: true });
    const second = await LevelKv.open(dir, { multithreading: true });
    await again.write([[key(3), key(4)]]);
    expect([second.get(key(1)), second.get(key(3))]).toEqual([key(2), key(4)]);
    await second.close();
    await again.close();
    await rm(dir, { recursive: true });
  });
});

describe('a snapshot', () => {
  it('stays as it was while another thread writes', async () => {
    const dir = await temporaryFolder();
    const writer = await LevelKv.open(dir, { multithreading: true });
    const reader = await LevelKv.open(dir, { multithreading: true });
    await writer.write([[key(1), key(1)]]);
    const before = reader.snapshot();
    await writer.write([
      [key(1), key(9)],
      [key(2), key(2)],
    ]);
    const all = { gte: key(0), lt: key(9), limit: 9 };
    expect([before.get(key(1)), before.get(key(2))]).toEqual([key(1), undefined]);
    expect(await before.list(all)).toEqual([[key(1), key(1)]]);
    await before.close();
    const after = reader.snapshot();
    expect([after.get(key(1)), after.get(key(2))]).toEqual([key(9), key(2)]);
    await after.close();
    await reader.close();
    await writer.close();
    await rm(dir, { recursive: true });
  });
});

describe('memory', () => {
  it('loses unsynced writes in a crash, and one from the middle on request', async () => {
    const store = new MemoryKv();
    await store.write([[key(1), key(1)]], { sync: true });
    await store.write([
      [key(1), key(2)],
      [key(2), key(2)],
    ]);
    await store.write([
      [key(1), undefined],
      [key(3), key(3)],
    ]);
    await store.write([[key(4), key(4)]]);
    const all = { gte: key(0), lt: key(9), limit: 9 };
    expect(await store.crash().list(all)).toEqual([[key(1), key(1)]]);
    expect(await store.crash({ keepWrite: () => true }).list(all)).toEqual(await store.list(all));
    const holed = store.crash({ keepWrite: (index) => index !== 1 });
    expect(await holed.list(all)).toEqual([
      [key(1), key(2)],
      [key(2), key(2)],
      [key(4), key(4)],
    ]);
    expect(holed.flip(key(1), 0)).toBe(true);
    expect(holed.get(key(1))).toEqual(key(3));
    store.failWrites();
    expect(await refusal(store.write([[key(5), key(5)]]))).toBe('SyncFailed');
  });
});

describe('folder lock', () => {
  it('is taken over from a dead process only', async () => {
    const dir = await temporaryFolder();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await writeFile(
      join(dir, 'lock'),
      JSON.stringify({ pid: child.pid, startedAt: await startOf(dir, child.pid), serial: 1 }),
    );
    expect(await refusal(lockFolder(dir))).toBe('DataInUse');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await lockFolder(dir);
    expect(await refusal(lockFolder(dir))).toBe('DataInUse');
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
    await rm(dir, { recursive: true });
  });

  it('is taken over after a restart that gave this process the same id, and when unreadable', async () => {
    const dir = await temporaryFolder();
    for (const text of [
      JSON.stringify({ pid: process.pid, startedAt: 'another boot', serial: 1 }),
      '{"pid"',
      '',
    ]) {
      await writeFile(join(dir, 'lock'), text);
      await (await lockFolder(dir)).release();
    }
    expect(await readdir(dir)).toEqual([]);
    await rm(dir, { recursive: true });
  });
});

/** Start time of a living process as the lock records it, read from a lock that it would write. */
async function startOf(dir: string, pid: number | undefined): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  void dir;
  return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
}
