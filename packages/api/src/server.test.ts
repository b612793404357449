import { encode, isJsonObject, type Json } from '@hanse/codec';
import { codeOf, limits, silentLog } from '@hanse/kit';
import { postSchema } from '@hanse/model';
import { request } from 'node:http';
import { connect } from 'node:net';
import { mkdtempSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { misfit } from '../test/conforms.ts';
import { fakeFacade, TXID } from '../test/fake.ts';
import { openApiDocument, routes } from './openapi.ts';
import { createServer, type ApiServer, type ServerOptions } from './server.ts';

let server: ApiServer;
let facade: ReturnType<typeof fakeFacade>;

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
  await server?.close();
  facade = fakeFacade();
  server = await createServer(facade, { port: 0, log: silentLog, ...options });
}

beforeEach(() => start());
afterEach(() => server.close());

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url + path, { headers });
}

function post(path: string, body: Json): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function postBytes(bytes: Uint8Array): Promise<Response> {
  const headers = { 'content-type': 'application/octet-stream' };
  return fetch(`${server.url}/v1/envelopes`, {
    method: 'POST',
    headers,
    body: new Blob([bytes.slice()]),
  });
}

async function codeIn(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = (await response.json()) as { code: string; status: number };
  expect(problem.status).toBe(response.status);
  return problem.code;
}

/** The raw request line, as no careful client would send it. */
function raw(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, path, headers }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('openapi', () => {
  it('describes every route of the table, each once, with every path parameter', () => {
    const document = openApiDocument();
    const paths =
      isJsonObject(document) && isJsonObject(document['paths']) ? document['paths'] : {};
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(described.sort()).toEqual([...new Set(served)].sort());
    expect(served.length).toBe(new Set(served).size);
    for (const { path, parameters } of routes) {
      const inPath = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]);
      expect(parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath);
    }
    const refs = JSON.stringify(document).match(/#\/components\/schemas\/\w+/g) ?? [];
    for (const ref of refs) expect(misfit({ $ref: ref }, 0)).not.toContain('not a schema');
  });

  it('is what the server serves, and answers conform to it', async () => {
    expect(await (await get('/openapi.json')).json()).toEqual(openApiDocument());
    const asked: Readonly<Record<string, string>> = {
      '/v1/tx/:txid': `/v1/tx/${TXID}?until=final&proof=1`,
      '/v1/blocks/:height': '/v1/blocks/7',
      '/v1/blocks/:height/proof': '/v1/blocks/7/proof',
      '/v1/records/:key': '/v1/records/abcd?proof=1&minHeight=3',
      '/v1/contracts/:name': '/v1/contracts/shop',
      '/v1/contracts/:name/openapi.json': '/v1/contracts/shop/openapi.json',
    };
    const skipped = ['/v1/genesis', '/v1/status', '/v1/events', '/v1/watch'];
    for (const route of routes.filter(
      (one) => one.method === 'GET' && !skipped.includes(one.path),
    )) {
      const response = await get(asked[route.path] ?? route.path);
      expect(response.status, route.path).toBe(route.answer.status);
      const value = (await response.json()) as Json;
      expect(misfit(route.answer.schema, value), route.path).toBeUndefined();
    }
  });
});

describe('transactions', () => {
  it('takes canonical posts and reports each envelope', async () => {
    const body = encode(postSchema, { envelopes: [Uint8Array.of(1), new Uint8Array(0)] });
    const response = await postBytes(body);
    expect(response.status).toBe(202);
    const value = (await response.json()) as Json;
    expect(misfit(routes[0]?.answer.schema ?? false, value)).toBeUndefined();
    expect(value).toMatchObject({ results: [{ status: 'taken' }, { status: 'refused' }] });
    expect(await codeIn(await postBytes(body.slice(0, -1)))).toBe(codeOf('Malformed'));
    expect(await codeIn(await postBytes(new Uint8Array([...body, 0])))).toBe(codeOf('Malformed'));
    expect(await codeIn(await post('/v1/envelopes', { envelopes: [] }))).toBe(codeOf('Malformed'));
  });

  it('refuses bodies over their bound', async () => {
    expect(await codeIn(await postBytes(new Uint8Array(limits.postBytesMax + 1)))).toBe(
      codeOf('OverLimit'),
    );
    const txids = Array.from({ length: 1_001 }, () => TXID);
    expect(await codeIn(await post('/v1/tx/wait', { txids }))).toBe(codeOf('OverLimit'));
    expect(await codeIn(await post('/v1/tx/wait', { txids: ['x'.repeat(300_000)] }))).toBe(
      codeOf('OverLimit'),
    );
  });

  it('answers pending as a problem for one and as an outcome for many', async () => {
    const unknown = '33'.repeat(32);
    const now = await get(`/v1/tx/${unknown}`);
    expect([now.status, await codeIn(now)]).toEqual([404, codeOf('TxUnknown')]);
    const later = await get(`/v1/tx/${unknown}?waitMs=5`);
    expect([later.status, await codeIn(later)]).toEqual([504, codeOf('NotFinalInTime')]);
    const many = await post('/v1/tx/wait', {
      txids: [TXID, unknown],
      until: 'final',
      waitMs: 5,
      proof: true,
    });
    expect(await many.json()).toMatchObject({
      outcomes: [{ state: 'final', proof: {} }, { state: 'pending' }],
    });
  });

  it('refuses what it cannot read, naming it', async () => {
    for (const path of [
      `/v1/tx/${TXID.slice(2)}`,
      `/v1/tx/${TXID}?until=soon`,
      `/v1/tx/${TXID}?waitMs=-1`,
      `/v1/tx/${TXID}?proof=2`,
      `/v1/tx/${TXID}?proof=1&proof=1`,
      '/v1/blocks/one',
      '/v1/blocks?before=1e3',
      '/v1/records/xyz',
      '/v1/events?from=abc',
      '/v1/watch?txids=yes',
    ]) {
      expect(await codeIn(await get(path)), path).toBe(codeOf('UsageError'));
    }
    expect(await codeIn(await get('/v1/blocks?limit=101'))).toBe(codeOf('OverLimit'));
    expect(await codeIn(await get(`/v1/tx/${TXID}?waitMs=30001`))).toBe(codeOf('OverLimit'));
    expect(await codeIn(await get('/v1/blocks/8'))).toBe(codeOf('RecordUnknown'));
    expect(await codeIn(await get('/v1/nothing'))).toBe(codeOf('RouteUnknown'));
    expect(await codeIn(await post('/v1/tx/wait', [1]))).toBe(codeOf('UsageError'));
    const broken = await fetch(`${server.url}/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(await codeIn(broken)).toBe(codeOf('Malformed'));
  });
});

describe('queries', () => {
  it('turns JSON arguments and results by the schema of the contract', async () => {
    const response = await post('/v1/query', {
      contract: 'evidence',
      query: 'list',
      args: { limit: 5 },
    });
    const value = (await response.json()) as { result: { rows: { byteHash: string }[] } };
    expect(value.result.rows[0]?.byteHash).toBe('01'.repeat(32));
  });

  it('refuses unknown names and arguments that do not fit', async () => {
    const ask = async (body: Json) => codeIn(await post('/v1/query', body));
    expect(await ask({ contract: 'nothing', query: 'list', args: {} })).toBe(
      codeOf('UnknownContract'),
    );
    expect(await ask({ contract: 'constructor', query: 'list', args: {} })).toBe(
      codeOf('UnknownContract'),
    );
    expect(await ask({ contract: 'evidence', query: 'toString', args: {} })).toBe(
      codeOf('UnknownQuery'),
    );
    expect(await ask({ contract: 'evidence', query: 'get', args: { id: 'zz' } })).toBe(
      codeOf('BadArguments'),
    );
    expect(
      await ask({ contract: 'evidence', query: 'list', args: { limit: 1 }, minHeight: 8 }),
    ).toBe(codeOf('HeightNotReached'));
    expect(
      await ask({ contract: 'evidence', query: 'list', args: { limit: 1 }, minHeight: -1 }),
    ).toBe(codeOf('UsageError'));
  });
});

describe('deployed contracts', () => {
  it('are listed behind native ones, and shown with their manifest and schemas', async () => {
    const page = (await (await get('/v1/contracts')).json()) as { contracts: { name: string }[] };
    expect(page.contracts.map(({ name }) => name).slice(-2)).toEqual(['roles', 'shop']);
    expect(page.contracts.at(-1)).toMatchObject({ kind: 'deployed', version: 2, codeBytes: 100 });
    const shown = (await (await get('/v1/contracts/shop')).json()) as Json;
    expect(shown).toMatchObject({
      version: 2,
      manifest: { abi: 1, name: 'shop' },
      queries: { total: { args: { required: ['item'] } } },
    });
    expect(await codeIn(await get('/v1/contracts/nothing'))).toBe(codeOf('UnknownContract'));
    expect(await (await get('/v1/contracts/evidence')).json()).toMatchObject({ kind: 'system' });
  });

  it('are queried by JSON of the version that answers, at both paths', async () => {
    const asked = { contract: 'shop', query: 'total', args: { item: 'x' } };
    const answer = (await (await post('/v1/query', asked)).json()) as Json;
    expect(answer).toMatchObject({ result: { total: '12' }, height: 7 });
    // The version known first has no such query.
    expect(facade.seen.queries).toBe(1);
    const path = '/v1/contracts/shop/queries/total?minHeight=3';
    expect(await (await post(path, { item: 'x' })).json()).toEqual(answer);
    expect(await codeIn(await post(path, { item: 1 }))).toBe(codeOf('BadArguments'));
    const none = await post('/v1/query', { ...asked, query: 'buy' });
    expect(await codeIn(none)).toBe(codeOf('UnknownQuery'));
  });

  it('are described by an OpenAPI document', async () => {
    const document = (await (await get('/v1/contracts/shop/openapi.json')).json()) as Json;
    expect(document).toMatchObject({
      info: { title: 'shop', version: '2' },
      paths: { '/v1/contracts/shop/queries/total': { post: { operationId: 'total' } } },
      components: { schemas: { buyArgs: { type: 'object' }, BoughtEvent: { type: 'object' } } },
      'x-commands': { buy: { args: { $ref: '#/components/schemas/buyArgs' } } },
    });
    const refs = JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g);
    const known = isJsonObject(document) ? JSON.stringify(document['components']) : '';
    for (const [, name] of refs) expect(known).toContain(`"${name}":`);
  });
});

describe('problems', () => {
  it('speaks Chinese where it is preferred, in nested problems too', async () => {
    const zh = { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' };
    const one = (await (await get('/v1/blocks/8', zh)).json()) as { title: string };
    expect(one.title).toMatch(/[\u4e00-\u9fff]/);
    const en = (await (
      await get('/v1/blocks/8', { 'accept-language': 'en, zh;q=0.5' })
    ).json()) as { title: string };
    expect(en.title).not.toMatch(/[\u4e00-\u9fff]/);
    const nested = await fetch(`${server.url}/v1/tx/wait`, {
      method: 'POST',
      headers: { ...zh, 'content-type': 'application/json' },
      body: JSON.stringify({ txids: ['44'.repeat(32)] }),
    });
    expect(await nested.text()).toMatch(/[\u4e00-\u9fff]/);
  });

  it('says nothing about the inside of a fault, and logs it', async () => {
    const logged: string[] = [];
    await start({
      log: (_level, event, fields) => logged.push(`${event} ${String(fields?.['reason'])}`),
    });
    const response = await get('/v1/status');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(logged.join()).toContain('a secret of the inside');
  });
});

describe('streams', () => {
  it('sends rows as lines and ends when they end', async () => {
    const response = await get('/v1/events');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const rows = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { cursor: string });
    expect(rows.map((row) => row.cursor)).toEqual(['7.1', '7.2', '7.3']);
  });

  it('asks for no more rows than a stalled reader takes', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.write(`GET /v1/events?follow=1&from=0.0 HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
    let before = -1;
    while (before !== facade.seen.rows || before === 0) {
      before = facade.seen.rows;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // Kernel buffers hold some megabytes; an unbounded writer would never have come to rest.
    expect(before).toBeGreaterThan(0);
    socket.destroy();
    await expect.poll(() => facade.seen.ended).toBe(1);
  });

  it('ends the iterator when the reader leaves', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/v1/watch?txids=1`, { signal: leaving.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    leaving.abort();
    await expect.poll(() => facade.seen.ended).toBe(1);
  });

  it('closes with streams open', async () => {
    const response = await get('/v1/watch');
    const reader = response.body?.getReader();
    await reader?.read();
    await server.close();
    await expect.poll(() => facade.seen.ended).toBe(1);
    const drain = async () => {
      while ((await reader?.read())?.done === false);
    };
    await drain().catch(() => undefined);
  });
});

describe('guards', () => {
  it('serves loopback names only when it listens on loopback', async () => {
    expect((await raw('/healthz', { host: 'evil.example' })).status).toBe(400);
    expect((await raw('/healthz', { host: 'localhost:1234' })).status).toBe(200);
    expect((await raw('/healthz', { host: '127.0.0.1.evil.example' })).status).toBe(400);
  });

  it('gives other origins nothing unless configured', async () => {
    const origin = { origin: 'https://app.example' };
    expect((await get('/healthz', origin)).headers.get('access-control-allow-origin')).toBeNull();
    await start({ origins: ['https://app.example'] });
    expect((await get('/healthz', origin)).headers.get('access-control-allow-origin')).toBe(
      origin.origin,
    );
    expect(
      (await get('/healthz', { origin: 'https://b.example' })).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
    const preflight = await fetch(`${server.url}/v1/envelopes`, {
      method: 'OPTIONS',
      headers: origin,
    });
    expect(preflight.status).toBe(204);
  });

  it('says which process has the port', async () => {
    const port = Number(new URL(server.url).port);
    await expect(createServer(facade, { port, log: silentLog })).rejects.toMatchObject({
      codeName: 'PortInUse',
    });
  });
});

describe('console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hanse-console-'));
  mkdirSync(join(folder, 'pages', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'pages', 'index.html'), '<p>console</p>');
  writeFileSync(join(folder, 'pages', 'assets', 'main-1a2b.js'), 'run()');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'pages', 'link.txt'));

  it('serves its files and its one page for every page path', async () => {
    await start({ consoleDir: join(folder, 'pages') });
    expect(await (await get('/')).text()).toBe('<p>console</p>');
    expect(await (await get('/blocks/7')).text()).toBe('<p>console</p>');
    const script = await get('/assets/main-1a2b.js');
    expect(await script.text()).toBe('run()');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect((await get('/assets/none.js')).status).toBe(404);
    expect((await get('/v1/none')).status).toBe(404);
  });

  it('lets nothing lead out of the folder', async () => {
    await start({ consoleDir: join(folder, 'pages') });
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/link.txt',
      '//secret.txt',
      '/\\..\\secret.txt',
      '/.hidden',
      '/assets/%00.js',
    ]) {
      const answer = await raw(path);
      expect(answer.text, path).not.toContain('secret\n');
      expect(answer.text, path).not.toBe('secret');
      expect([404, 400], path).toContain(answer.status);
    }
  });
});
