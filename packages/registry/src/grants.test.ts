import { appendFile, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TagGrant } from '@hanse/claims';
import { describe, expect, it } from 'vitest';
import { GrantLog } from './grants.ts';

const NOON_MS = Date.UTC(2026, 10, 25, 12);
const DAY_MS = 86_400_000;

const grant = (time: number, tags = 3): TagGrant => ({
  time,
  organisation: 'did:o',
  requester: 'did:r',
  kid: 'k1',
  epoch: 1,
  tags,
  digest: String(time),
});

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'hanse-grants-'));

describe('the record of grants', () => {
  it('keeps a file per day and gives back yesterday and today in order', async () => {
    const dir = await newFolder();
    const log = new GrantLog(dir);
    const times = [NOON_MS - 2 * DAY_MS, NOON_MS - DAY_MS, NOON_MS, NOON_MS + 1, NOON_MS + DAY_MS];
    await Promise.all(times.map((time) => log.record(grant(time))));
    await log.close();
    expect(await readdir(dir)).toEqual([
      'grants-2026-11-23.ndjson',
      'grants-2026-11-24.ndjson',
      'grants-2026-11-25.ndjson',
      'grants-2026-11-26.ndjson',
    ]);
    expect((await stat(join(dir, 'grants-2026-11-25.ndjson'))).mode & 0o777).toBe(0o600);
    const recent = await new GrantLog(dir).recent(NOON_MS);
    expect(recent).toEqual([grant(NOON_MS - DAY_MS), grant(NOON_MS), grant(NOON_MS + 1)]);
    expect(await new GrantLog(await newFolder()).recent(NOON_MS)).toEqual([]);
  });

  it('takes away a last line cut short, and goes on behind it', async () => {
    const dir = await newFolder();
    const path = join(dir, 'grants-2026-11-25.ndjson');
    await writeFile(
      path,
      `${JSON.stringify(grant(NOON_MS))}\n${JSON.stringify(grant(NOON_MS + 1)).slice(0, 30)}`,
    );
    const log = new GrantLog(dir);
    expect(await log.recent(NOON_MS)).toEqual([grant(NOON_MS)]);
    await log.record(grant(NOON_MS + 2));
    await log.close();
    expect((await readFile(path, 'utf8')).split('\n').length).toBe(3);
    expect(await new GrantLog(dir).recent(NOON_MS)).toEqual([grant(NOON_MS), grant(NOON_MS + 2)]);
  });

  it('says which line is damaged', async () => {
    for (const line of ['nonsense', '{}', JSON.stringify({ ...grant(NOON_MS), tags: '3' })]) {
      const dir = await newFolder();
      await appendFile(
        join(dir, 'grants-2026-11-25.ndjson'),
        `${JSON.stringify(grant(NOON_MS))}\n${line}\n`,
      );
      await expect(new GrantLog(dir).recent(NOON_MS)).rejects.toThrow(/line 2 is no grant/);
    }
  });

  it('rejects what it cannot write', async () => {
    const log = new GrantLog(join(await newFolder(), 'absent'));
    await expect(log.record(grant(NOON_MS))).rejects.toThrow(/ENOENT/);
    await log.close();
  });
});
