import { HanseError } from '@hanse/kit';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ambientPlatform } from './platform.ts';
import { createTransport } from './transport.ts';

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  servers = [];
});

async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const soon = () => Date.now() + 20_000;

describe('transport over real sockets', () => {
  it('posts bytes, reads JSON, and stays with the node that answered', async () => {
    const asked: string[] = [];
    const broken = await serve((request) => {
      asked.push('broken');
      request.socket.destroy();
    });
    const good = await serve((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        asked.push(
          `good ${request.headers['content-type']} ${Buffer.concat(parts).toString('hex')}`,
        );
        response.end('{"a":1}');
      });
    });
    const transport = createTransport([`${broken}/`, good], ambientPlatform);
    const request = {
      method: 'POST',
      path: '/x',
      body: Uint8Array.of(1, 2),
      deadlineMs: soon(),
    } as const;
    expect(await transport.request(request)).toEqual({ value: { a: 1 }, node: 1 });
    await transport.request(request);
    expect(asked.filter((one) => one === 'broken').length).toBe(1);
    expect(asked.at(-1)).toBe('good application/octet-stream 0102');
  });

  it('refuses what is no JSON, and says which node', async () => {
    const url = await serve((_request, response) => response.end('<html>'));
    const transport = createTransport([url], ambientPlatform);
    const failing = transport.request({ method: 'GET', path: '/', deadlineMs: Date.now() + 200 });
    await expect(failing).rejects.toMatchObject({
      codeName: 'NodeUnreachable',
      params: { urls: url },
    });
  });

  it('gives up on a node that does not answer', async () => {
    const url = await serve(() => undefined);
    const transport = createTransport([url], ambientPlatform);
    const failing = transport.request({
      method: 'GET',
      path: '/',
      deadlineMs: Date.now() + 200,
      attemptMs: 100,
    });
    await expect(failing).rejects.toBeInstanceOf(HanseError);
  });

  it('follows no redirect', async () => {
    const target = await serve((_request, response) => response.end('{}'));
    const url = await serve((_request, response) =>
      response.writeHead(302, { location: target }).end(),
    );
    const transport = createTransport([url], ambientPlatform);
    await expect(
      transport.request({ method: 'GET', path: '/', deadlineMs: Date.now() + 200 }),
    ).rejects.toBeInstanceOf(HanseError);
  });

  it('reads lines however they are cut, without empty ones, and ends with the reader', async () => {
    let closed = 0;
    const url = await serve((_request, response) => {
      response.on('close', () => closed++);
      response.write('{"a":"\u4e2d');
      setTimeout(() => response.write(Buffer.from('"}\n\n{"b":2}\n{"c"')), 20);
      setTimeout(() => response.write(':3}\n'), 40);
    });
    const transport = createTransport([url], ambientPlatform);
    const lines: string[] = [];
    for await (const line of transport.lines('/', undefined)) {
      lines.push(line);
      if (lines.length === 3) break;
    }
    expect(lines).toEqual(['{"a":"\u4e2d"}', '{"b":2}', '{"c":3}']);
    await expect.poll(() => closed).toBe(1);
  });

  it('sleeps no longer than the signal allows', async () => {
    const leaving = new AbortController();
    const sleeping = ambientPlatform.sleep(1_000_000, leaving.signal);
    leaving.abort();
    await sleeping;
    await ambientPlatform.sleep(1_000_000, leaving.signal);
    expect(ambientPlatform.randomBytes(16)).not.toEqual(ambientPlatform.randomBytes(16));
  });

  it('needs a node', () => {
    expect(() => createTransport([], ambientPlatform)).toThrow(HanseError);
  });
});
