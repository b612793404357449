import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  httpTagTransport,
  prepareTags,
  requestTags,
  TAG_PATH,
  type HttpPost,
  type TagClient,
  type TagInput,
} from '@hanse/claims';
import { createSuite } from '@hanse/crypto';
import { isHanseError, must, silentLog, toHex, utf8 } from '@hanse/kit';
import { didOf, inceptionRecord, type DidRecord, type Inception } from '@hanse/model';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createEpochKey,
  registryKeysDir,
  startRegistry,
  type RegistryConfig,
  type RunningRegistry,
} from './index.ts';

const suite = createSuite('intl');
const chainId = suite.hash(utf8('chain'));
const clock = { nowMs: (): number => Date.now() };
const random = {
  bytes: (sizeBytes: number): Uint8Array => Uint8Array.from(randomBytes(sizeBytes)),
};

function identity(fill: number): {
  readonly did: string;
  readonly record: DidRecord;
  readonly sign: (message: Uint8Array) => Uint8Array;
} {
  const key = suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(fill));
  const inception: Inception = {
    kind: 'organisation',
    name: `member ${fill}`,
    controllers: [],
    keys: [
      { kid: 'k1', alg: 'ed25519', publicKey: key.publicKey, purposes: ['invoke', 'authenticate'] },
    ],
    salt: new Uint8Array(16),
  };
  const did = didOf(suite, 'dev', inception);
  return {
    did,
    record: inceptionRecord(did, inception, 1),
    sign: (message) => suite.sign(key, message),
  };
}

const [registry, bank, factor, outsider] = [identity(1), identity(2), identity(3), identity(4)];
const members = new Map([registry, bank, factor].map((one) => [one.did, one.record]));
const running: RunningRegistry[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

async function start(dir: string, changes: Partial<RegistryConfig> = {}): Promise<RunningRegistry> {
  const service = await startRegistry({
    suite,
    chainId,
    did: registry.did,
    dir,
    readIdentity: (did) => Promise.resolve(members.get(did)),
    clock,
    random,
    port: 0,
    log: silentLog,
    ...changes,
  });
  running.push(service);
  return service;
}

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'hanse-registry-'));
  await createEpochKey(registryKeysDir(dir), { epoch: 1, seed: random.bytes(32) });
  return dir;
}

const post: HttpPost = async (url, body) => {
  const headers = { 'content-type': 'application/octet-stream' };
  const response = await fetch(url, { method: 'POST', headers, body: body.slice() });
  return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
};

const clientOf = (service: RunningRegistry, who = bank): TagClient => ({
  suite,
  chainId,
  key: must(service.keys.at(-1), 'a key'),
  requester: { did: who.did, kid: 'k1', sign: who.sign },
  clock,
  random,
});

const inputs = (count: number): readonly TagInput[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'X', key: utf8(`secret invoice ${i}`) }));

const ask = (service: RunningRegistry, count: number, who = bank) =>
  requestTags(clientOf(service, who), inputs(count), httpTagTransport(service.url, post));

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isHanseError(error)) return error.codeName;
    throw error;
  }
  return 'none';
}

describe('the registry service', () => {
  it('gives members equal tags over HTTP, and keeps nothing of what they asked for', async () => {
    const dir = await newDir();
    const service = await start(dir);
    expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const tags = await ask(service, 3);
    expect(await ask(service, 3, factor)).toEqual(tags);
    expect(await codeOf(ask(service, 3, outsider))).toBe('DidUnknown');
    const [file = ''] = await readdir(join(dir, 'grants'));
    const log = await readFile(join(dir, 'grants', file), 'utf8');
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { organisation: string; tags: number });
    expect(lines.map(({ organisation, tags: count }) => [organisation, count])).toEqual([
      [bank.did, 3],
      [factor.did, 3],
    ]);
    for (const { tag } of tags) expect(log).not.toContain(toHex(tag));
    expect(log).not.toContain('secret');
    const keys = (await (await fetch(`${service.url}/v1/keys`)).json()) as {
      keys: { publicKey: string }[];
    };
    expect(keys.keys.map(({ publicKey }) => publicKey)).toEqual(
      service.keys.map((key) => toHex(key.publicKey)),
    );
  });

  it('answers a second epoch beside the first after a restart, and counts on', async () => {
    const dir = await newDir();
    const quota = { perMinute: 48, perDay: 48 };
    const before = await start(dir, { quota });
    const first = await ask(before, 40);
    const { bytes } = await prepareTags(clientOf(before), inputs(1));
    expect((await post(before.url + TAG_PATH, bytes)).status).toBe(200);
    await before.close();
    running.splice(0);
    await createEpochKey(registryKeysDir(dir), {
      epoch: 2,
      seed: random.bytes(32),
      group: 'P256-SHA256',
    });
    const after = await start(dir, { quota });
    expect(after.keys.map(({ epoch }) => epoch)).toEqual([1, 2]);
    const second = await ask(after, 1);
    expect([second[0]?.epoch, first[0]?.epoch]).toEqual([2, 1]);
    const old = { ...clientOf(after), key: must(after.keys[0], 'a key') };
    expect((await requestTags(old, inputs(1), httpTagTransport(after.url, post)))[0]).toEqual(
      first[0],
    );
    expect(await codeOf(httpTagTransport(after.url, post)(bytes))).toBe('TagRequestReplayed');
    expect(await codeOf(ask(after, 6))).toBe('TagQuota');
    expect(await codeOf(ask(after, 5))).toBe('none');
  });

  it('refuses with problem documents, in Chinese where asked, with the time to wait', async () => {
    const service = await start(await newDir(), { quota: { perMinute: 48, perDay: 48 } });
    await ask(service, 48);
    const { bytes } = await prepareTags(clientOf(service), inputs(1));
    const response = await fetch(service.url + TAG_PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'accept-language': 'zh-CN' },
      body: bytes.slice(),
    });
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem['code']).toBe('HANSE-7106');
    expect(problem['title']).toBe('未计算标签。');
  });

  it('bounds and names bad requests', async () => {
    const service = await start(await newDir());
    const send = async (path: string, init: RequestInit): Promise<readonly [number, unknown]> => {
      const response = await fetch(service.url + path, init);
      return [response.status, ((await response.json()) as Record<string, unknown>)['code']];
    };
    const octets = { 'content-type': 'application/octet-stream' };
    expect(
      await send(TAG_PATH, { method: 'POST', headers: octets, body: new Uint8Array(4_097) }),
    ).toEqual([413, 'HANSE-3002']);
    expect(await send(TAG_PATH, { method: 'POST', headers: octets, body: 'nonsense' })).toEqual([
      400,
      'HANSE-3001',
    ]);
    expect(
      await send(TAG_PATH, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
    ).toEqual([400, 'HANSE-3001']);
    expect(await send('/v1/secrets', { method: 'GET' })).toEqual([404, 'HANSE-1011']);
  });

  it('serves loopback names only, so that no web page reaches it by rebinding a name', async () => {
    const service = await start(await newDir());
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(
        `${service.url}/v1/keys`,
        { headers: { host: 'evil.example' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', reject);
      request.end();
    });
    expect(status).toBe(400);
  });

  it('says so when the chain does not answer, and works again when it does', async () => {
    let isAway = true;
    const service = await start(await newDir(), {
      readIdentity: (did) =>
        isAway ? Promise.reject(new Error('away')) : Promise.resolve(members.get(did)),
    });
    expect(await codeOf(ask(service, 1))).toBe('NotReady');
    isAway = false;
    expect(await codeOf(ask(service, 1))).toBe('none');
  });

  it('does not start twice in one folder, without a key, or on a taken port', async () => {
    const dir = await newDir();
    const service = await start(dir);
    expect(await codeOf(start(dir))).toBe('DataInUse');
    const empty = await mkdtemp(join(tmpdir(), 'hanse-registry-'));
    expect(await codeOf(start(empty))).toBe('FileUnreadable');
    const port = Number(new URL(service.url).port);
    const other = await newDir();
    expect(await codeOf(start(other, { port }))).toBe('PortInUse');
    // Its folder is free again.
    expect(await codeOf(start(other))).toBe('none');
  });
});
