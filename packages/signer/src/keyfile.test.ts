import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSuite, type SuiteId } from '@hanse/crypto';
import { isHanseError, toBase64Url } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { createKeyFile, readKeyFile } from './keyfile.ts';

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isHanseError(error)) return error.codeName;
    throw error;
  }
  return 'none';
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'hanse-key-'));
const suite = createSuite('intl');
const seed = new Uint8Array(32).fill(3);
const key = suite.keyPairFromSeed('ed25519', seed);

describe('key file', () => {
  it.each([
    ['intl', 'ed25519'],
    ['intl', 'p256'],
    ['sm', 'sm2'],
  ] as const)('of %s %s round trips', async (id: SuiteId, alg) => {
    const own = createSuite(id);
    const path = join(await newFolder(), 'keys', 'node.json');
    const file = {
      purpose: 'consensus' as const,
      key: own.keyPairFromSeed(alg, seed),
      did: 'did:hanse:x',
      kid: 'k1',
    };
    await createKeyFile(path, file);
    expect(await readKeyFile(own, path, 'consensus')).toEqual(file);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const other = createSuite(id === 'intl' ? 'sm' : 'intl');
    expect(await codeOf(readKeyFile(other, path, 'consensus'))).toBe('KeyFileInvalid');
  });

  it('is never overwritten and leaves nothing behind', async () => {
    const dir = await newFolder();
    const path = join(dir, 'a.json');
    await createKeyFile(path, { purpose: 'identity', key });
    const before = await readFile(path, 'utf8');
    const another = {
      purpose: 'identity' as const,
      key: suite.keyPairFromSeed('ed25519', new Uint8Array(32)),
    };
    expect(await codeOf(createKeyFile(path, another))).toBe('KeyFileInvalid');
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(dir)).toEqual(['a.json']);
  });

  it('is refused when others could read it, is for another purpose, or is not there', async () => {
    const path = join(await newFolder(), 'a.json');
    await createKeyFile(path, { purpose: 'identity', key });
    expect(await codeOf(readKeyFile(suite, path, 'consensus'))).toBe('KeyFileInvalid');
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(path, mode);
      expect(await codeOf(readKeyFile(suite, path, 'identity'))).toBe('KeyFileMode');
    }
    expect(await codeOf(readKeyFile(suite, `${path}.none`, 'identity'))).toBe('FileUnreadable');
  });

  it('that is damaged is refused, and the message shows no secret', async () => {
    const path = join(await newFolder(), 'a.json');
    await createKeyFile(path, { purpose: 'identity', key });
    const text = await readFile(path, 'utf8');
    const secret = toBase64Url(key.secretKey);
    const damages = [
      text.slice(0, -10),
      text.replace(secret, secret.slice(1)),
      text.replace(secret, toBase64Url(new Uint8Array(32).fill(4))),
      text.replace('"version": 1', '"version": 2'),
      text.replace('ed25519', 'rsa'),
      'null',
      '[]',
      '',
    ];
    for (const damage of damages) {
      await writeFile(path, damage);
      const error: unknown = await readKeyFile(suite, path, 'identity').catch(
        (caught: unknown) => caught,
      );
      expect(isHanseError(error) && error.codeName).toBe('KeyFileInvalid');
      expect(JSON.stringify(error) + String(error)).not.toContain(secret.slice(2, 20));
    }
  });
});
