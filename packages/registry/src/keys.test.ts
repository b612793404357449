import { chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHanseError, toBase64Url } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { createEpochKey, readEpochKeys } from './keys.ts';

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isHanseError(error)) return error.codeName;
    throw error;
  }
  return 'none';
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'hanse-registry-'));
const seed = new Uint8Array(32).fill(3);

describe('keys of epochs', () => {
  it('are read back oldest first, and only their owner can read them', async () => {
    const dir = join(await newFolder(), 'keys');
    const ten = await createEpochKey(dir, { epoch: 10, seed });
    const two = await createEpochKey(dir, { epoch: 2, seed, group: 'P256-SHA256' });
    expect(await readEpochKeys(dir)).toEqual([two, ten]);
    expect((await stat(join(dir, 'epoch-2.json'))).mode & 0o777).toBe(0o600);
    expect(two.key.secretKey).not.toEqual(ten.key.secretKey);
  });

  it('are never overwritten: an epoch keeps its key', async () => {
    const dir = await newFolder();
    const first = await createEpochKey(dir, { epoch: 1, seed });
    const again = createEpochKey(dir, { epoch: 1, seed: new Uint8Array(32) });
    expect(await codeOf(again)).toBe('KeyFileInvalid');
    expect(await readEpochKeys(dir)).toEqual([first]);
  });

  it('are refused when others could read them, when there is none, and when damaged, without a secret shown', async () => {
    const dir = await newFolder();
    expect(await codeOf(readEpochKeys(dir))).toBe('FileUnreadable');
    expect(await codeOf(readEpochKeys(join(dir, 'none')))).toBe('FileUnreadable');
    const { key } = await createEpochKey(dir, { epoch: 1, seed });
    const path = join(dir, 'epoch-1.json');
    await chmod(path, 0o640);
    expect(await codeOf(readEpochKeys(dir))).toBe('KeyFileMode');
    await chmod(path, 0o600);
    const text = await readFile(path, 'utf8');
    const secret = toBase64Url(key.secretKey);
    const damages = [
      text.slice(0, -10),
      text.replace(secret, secret.slice(1)),
      text.replace(secret, toBase64Url(new Uint8Array(32))),
      text.replace(secret, toBase64Url(Uint8Array.of(5, ...new Uint8Array(31)))),
      text.replace('"epoch": 1', '"epoch": 2'),
      text.replace('"version": 1', '"version": 2'),
      text.replace('claim-tags', 'consensus'),
      text.replace('ristretto255-SHA512', 'decaf448-SHAKE256'),
      'null',
      '',
    ];
    for (const damage of damages) {
      await writeFile(path, damage);
      const error: unknown = await readEpochKeys(dir).catch((caught: unknown) => caught);
      expect(isHanseError(error) && error.codeName, damage).toBe('KeyFileInvalid');
      expect(JSON.stringify(error) + String(error)).not.toContain(secret.slice(2, 20));
    }
  });
});
