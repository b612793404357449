import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { isJsonObject, type Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hanse, tempDir } from '../test/host.ts';
import { exitCodeOf } from './exit.ts';
import { IdentityStore } from './identities.ts';
import { createNativeSuite } from '@hanse/native';
import { lockFolder } from '@hanse/store';
import { version } from './version.ts';

function json(text: string): { readonly [key: string]: Json } {
  const value: Json = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error('no object');
  return value;
}

describe('exit codes', () => {
  it.each([
    ['UsageError', 2],
    ['UnknownCommand', 2],
    ['BadArguments', 2],
    ['InputNeeded', 4],
    ['NoNetwork', 5],
    ['NodeUnreachable', 5],
    ['NotFinalInTime', 5],
    ['EvidenceExists', 3],
    ['NotAuthorised', 3],
    ['ProofMismatch', 1],
    ['PortInUse', 1],
    ['Internal', 1],
  ] as const)('%s ends with %i', (name, code) => {
    expect(exitCodeOf(new HanseError(name))).toBe(code);
  });

  it('anything else is a failure', () => {
    expect(exitCodeOf(new Error('x'))).toBe(1);
  });
});

describe('a command line', () => {
  it('prints results on stdout and nothing else there', async () => {
    const run = await hanse(['docs', '3020']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('HANSE-3020 EvidenceExists');
  });

  it('prints errors on stderr, with the exit code of their kind', async () => {
    const run = await hanse(['docs', 'nothing']);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('HANSE-1001');
  });

  it('speaks the language asked for, and never in JSON', async () => {
    const zh = await hanse(['docs', '3020', '--lang', 'zh']);
    expect(zh.stdout).toContain('存证被拒绝');
    const error = await hanse(['docs', 'nothing', '--json'], { env: { LANG: 'zh_CN.UTF-8' } });
    expect(json(error.stderr)['error']).toMatchObject({
      code: 'HANSE-1001',
      what: 'The command was not run.',
    });
  });

  it('prints one line of JSON', async () => {
    const { stdout } = await hanse(['docs', '3020', '--json']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(json(stdout)).toMatchObject({ code: 'HANSE-3020', name: 'EvidenceExists', http: 409 });
  });

  it('shows help for nothing, and fails for half a command', async () => {
    expect(await hanse([])).toMatchObject({ code: 0, stderr: '' });
    expect(await hanse(['evidence'])).toMatchObject({ code: 2, stdout: '' });
    expect((await hanse(['evidence', 'deposit', '--help'])).code).toBe(0);
  });

  it('says its version, which is the one of the package', async () => {
    const { stdout } = await hanse(['--version']);
    expect(stdout).toContain(`Hanse ${version}`);
    const manifest = json(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(manifest['version']).toBe(version);
  });

  it('shows where each setting comes from', async () => {
    const { stdout } = await hanse(['config', 'show', '--json', '--as', 'bank']);
    expect(json(stdout)['settings']).toContainEqual({ name: 'as', value: 'bank', origin: 'flag' });
  });

  it('says at once that nobody listens', async () => {
    const run = await hanse(['why', '--url', 'http://127.0.0.1:1']);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('HANSE-1004');
  });

  it('names the identity that is missing before it asks a node', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'x.txt'), 'x');
    const run = await hanse(['evidence', 'deposit', 'x.txt', '--url', 'http://127.0.0.1:1'], {
      cwd,
    });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('IdentityUnknown');
  });

  it('asks for arguments that are missing, with their fields', async () => {
    const run = await hanse(['call', 'evidence.coSign']);
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('id hash, statement text');
  });

  it('refuses arguments that do not fit, from the line and from stdin', async () => {
    const id = 'ab'.repeat(32);
    const line = await hanse(['call', 'evidence.coSign', `{"id":"${id}"}`]);
    expect(line.code).toBe(2);
    expect(line.stderr).toContain('HANSE-3010');
    const stdin = await hanse(['call', 'evidence.coSign', '-'], { stdin: '{' });
    expect(stdin.code).toBe(2);
    expect(stdin.stderr).toContain('not JSON');
  });

  it('names contracts and methods it does not know', async () => {
    expect((await hanse(['call', 'Nothing.at', '{}'])).stderr).toContain('UnknownContract');
    const url = 'http://127.0.0.1:1';
    expect((await hanse(['call', 'nothing.at', '{}', '--url', url])).code).toBe(5);
    expect((await hanse(['query', 'evidence.gett', '{}'])).stderr).toContain('UnknownQuery');
    expect((await hanse(['query', 'evidence', '{}'])).code).toBe(2);
  });

  it('describes contracts without a network', async () => {
    const { stdout } = await hanse(['contracts', 'evidence']);
    expect(stdout).toContain('supersede');
    expect(stdout).toContain('attachment-of|derived-from');
  });

  it('needs a confirmation for what cannot be undone', async () => {
    const run = await hanse(['id', 'revoke', `did:hanse:dev:${'a'.repeat(32)}`, 'k1']);
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('--yes');
  });

  it('ends with 130 when it was interrupted', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close().closeAllConnections();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const controller = new AbortController();
    const run = hanse(['why', '--url', `http://127.0.0.1:${port}`], { signal: controller.signal });
    server.once('request', () => controller.abort('SIGINT'));
    expect((await run).code).toBe(130);
  });
});

describe('identities', () => {
  const suite = createNativeSuite('intl');
  const key = suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(7));
  const did = `did:hanse:dev:${'a'.repeat(32)}`;

  it('are files that only their owner can read', async () => {
    const store = new IdentityStore(join(tempDir(), 'identities'));
    await store.add('bank', { did, kid: 'k1', key });
    expect(store.list()).toMatchObject([{ name: 'bank', did, kid: 'k1', alg: 'ed25519' }]);
    const [info] = store.list();
    expect(statSync(info?.path ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(store.dir).mode & 0o777).toBe(0o700);
    const signer = await store.signer(suite, 'bank');
    const message = new Uint8Array([1, 2, 3]);
    expect(signer).toMatchObject({ did, kid: 'k1', alg: 'ed25519' });
    const signature = await signer.sign(message);
    expect(suite.verify('ed25519', signer.publicKey, message, signature)).toBe(true);
  });

  it('keep their names to themselves', async () => {
    const store = new IdentityStore(join(tempDir(), 'identities'));
    await store.add('bank', { did, kid: 'k1', key });
    await expect(store.add('bank', { did, kid: 'k1', key })).rejects.toThrow('HANSE-1001');
    await expect(store.add('../bank', { did, kid: 'k1', key })).rejects.toThrow('HANSE-1001');
    expect(() => store.info('carrier')).toThrow('Known identities: bank');
    expect(() => store.info('../bank')).toThrow('HANSE-1009');
  });

  it('make a next key once and then put it in place', async () => {
    const store = new IdentityStore(join(tempDir(), 'identities'));
    await store.add('bank', { did, kid: 'k1', key });
    let made = 0;
    const make = () => {
      made += 1;
      const seed = new Uint8Array(32).fill(made);
      return { did, kid: 'k2', key: suite.keyPairFromSeed('ed25519', seed) };
    };
    const first = await store.nextKey(suite, 'bank', make);
    // As after a crash: the second run must register the key that the first one made.
    const second = await store.nextKey(suite, 'bank', make);
    expect(made).toBe(1);
    expect(second.key.publicKey).toEqual(first.key.publicKey);
    expect(store.list().map((info) => info.kid)).toEqual(['k1']);
    store.replace('bank');
    expect(store.list()).toMatchObject([{ name: 'bank', kid: 'k2' }]);
    expect((await store.signer(suite, 'bank')).kid).toBe('k2');
  });

  it('are listed, and one is chosen for the project', async () => {
    const cwd = tempDir();
    const store = new IdentityStore(join(cwd, '.hanse/dev/identities'));
    await store.add('bank', { did, kid: 'k1', key });
    mkdirSync(join(cwd, 'deep'));
    expect((await hanse(['id', 'use', 'bank'], { cwd: join(cwd, 'deep') })).code).toBe(0);
    const { stdout } = await hanse(['id', 'list', '--json'], { cwd });
    expect(json(stdout)['identities']).toEqual([
      { name: 'bank', did, kid: 'k1', alg: 'ed25519', current: true },
    ]);
    expect((await hanse(['id', 'use', 'nobody'], { cwd })).code).toBe(2);
  });
});

describe('repairing a validator', () => {
  function dataDir(): string {
    const dir = join(tempDir(), 'data');
    for (const part of ['log', 'state', 'index']) mkdirSync(join(dir, part), { recursive: true });
    writeFileSync(join(dir, 'log/00000001.log'), 'broken');
    return dir;
  }

  it.each(['', 'log', 'state'])('moves all of it aside, given data/%s', async (part) => {
    const dir = dataDir();
    const run = await hanse(['node', 'repair', '--data', join(dir, part), '--json']);
    expect(run.code).toBe(0);
    const to = join(dir, 'damaged-1700000000000');
    expect(json(run.stdout)).toEqual({ data: dir, moved: ['log', 'state', 'index'], to });
    expect(readFileSync(join(to, 'log/00000001.log'), 'utf8')).toBe('broken');
    expect(statSync(join(dir, 'rejoin')).isFile()).toBe(true);
  });

  it('leaves an empty folder alone', async () => {
    const dir = tempDir();
    const { stdout } = await hanse(['node', 'repair', '--data', dir, '--json']);
    expect(json(stdout)).toEqual({ data: dir, moved: [], to: null });
  });

  it('touches nothing while a validator runs', async () => {
    const dir = dataDir();
    const lock = await lockFolder(join(dir, 'log'));
    onTestFinished(() => lock.release());
    const run = await hanse(['node', 'repair', '--data', dir]);
    expect(run.stderr).toContain('HANSE-1008');
    expect(statSync(join(dir, 'log')).isDirectory()).toBe(true);
  });

  it('needs to know which', async () => {
    expect((await hanse(['node', 'repair'])).code).toBe(4);
    expect((await hanse(['node', 'start'])).code).toBe(4);
    expect((await hanse(['node', 'repair', '--data', '/nowhere/at/all'])).code).toBe(2);
  });
});
