import { once } from 'node:events';
import { connect as connectPlain, createServer as createPlain, type AddressInfo } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { isHanseError, type Log } from '@hanse/kit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame, encodeHello, FrameParser } from './frames.ts';
import { PeerNet, type Peer, type PeerNetConfig } from './peers.ts';
import { createTlsIdentity, publicKeySpkiOf, type TlsIdentity } from './tls.ts';

const chainId = new Uint8Array(32).fill(1);
const host = '127.0.0.1';
let identities: TlsIdentity[] = [];
let stranger: TlsIdentity;
const running: PeerNet[] = [];

beforeAll(async () => {
  identities = await Promise.all(Array.from({ length: 4 }, () => createTlsIdentity()));
  stranger = await createTlsIdentity();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((net) => net.stop()));
});

async function freePort(): Promise<number> {
  const server = createPlain().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function makePeers(count: number): Promise<Peer[]> {
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  return ports.map((port, index) => ({
    index,
    host,
    port,
    tlsPublicKey: identities[index]!.publicKeySpki,
  }));
}

type Node = {
  readonly net: PeerNet;
  readonly inbox: { from: number; bytes: Uint8Array }[];
  readonly links: string[];
  readonly logged: string[];
};

async function startNode(
  peers: readonly Peer[],
  self: number,
  changes: Partial<PeerNetConfig> = {},
): Promise<Node> {
  const inbox: Node['inbox'] = [];
  const links: string[] = [];
  const logged: string[] = [];
  const log: Log = (_, event, fields) =>
    void logged.push(`${event} ${String(fields?.['reason'] ?? '')}`);
  const net = new PeerNet({
    self,
    peers,
    listen: { host, port: peers[self]!.port },
    keyPem: identities[self]!.keyPem,
    certPem: identities[self]!.certPem,
    chainId,
    onMessage: (from, bytes) => void inbox.push({ from, bytes }),
    onLink: (peer, connected) => void links.push(`${connected ? '+' : '-'}${peer}`),
    log,
    ...changes,
  });
  running.push(net);
  await net.start();
  return { net, inbox, links, logged };
}

/** Wait until something holds; the test's own time limit is the bound. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (message: string): Uint8Array => new TextEncoder().encode(message);

describe('four nodes', () => {
  it('exchange messages of every size in order', async () => {
    const peers = await makePeers(4);
    const nodes = await Promise.all(peers.map(({ index }) => startNode(peers, index)));
    await until(() => nodes.every(({ net }) => net.stats.every(({ connected }) => connected)));
    const sizes = [0, 1, 70_000, 3_000_000, 17];
    for (const [self, { net }] of nodes.entries())
      for (const { index } of peers)
        if (index !== self)
          for (const [i, size] of sizes.entries())
            expect(
              net.send(index, new Uint8Array(size).fill(i), i % 2 === 0 ? 'vote' : 'bulk'),
            ).toBe(true);
    await until(() => nodes.every(({ inbox }) => inbox.length === 3 * sizes.length));
    for (const [self, { inbox }] of nodes.entries()) {
      for (const { index } of peers.filter((peer) => peer.index !== self)) {
        const got = inbox.filter(({ from }) => from === index).map(({ bytes }) => bytes);
        expect(got.map(({ length }) => length).sort((a, b) => a - b)).toEqual(
          [...sizes].sort((a, b) => a - b),
        );
        expect(got.filter(({ length }) => length === 17)[0]?.every((byte) => byte === 4)).toBe(
          true,
        );
        expect(got.every(({ constructor }) => constructor === Uint8Array)).toBe(true);
      }
    }
    expect(nodes[0]!.links.sort()).toEqual(['+1', '+2', '+3']);
    expect(() => nodes[0]!.net.send(1, new Uint8Array(5 * 1024 * 1024), 'bulk')).toThrowError(
      /frameBytes/,
    );
    expect(nodes[0]!.net.send(0, bytes('to itself'), 'vote')).toBe(false);
  });

  it('find each other again after one is gone and returns', async () => {
    const peers = await makePeers(2);
    const low = await startNode(peers, 0);
    for (let life = 1; life <= 3; life++) {
      const high = await startNode(peers, 1);
      await until(() => high.net.isConnected(0) && low.net.isConnected(1));
      high.net.send(0, bytes(`life ${life}`), 'vote');
      await until(() => low.inbox.length === life);
      await high.net.stop();
      await until(() => !low.net.isConnected(1));
      expect(low.net.send(1, bytes('lost'), 'vote')).toBe(false);
    }
    expect(low.links).toEqual(['+1', '-1', '+1', '-1', '+1', '-1']);
    await low.net.stop();
    const high = await startNode(peers, 1);
    const back = await startNode(peers, 0);
    await until(() => high.net.isConnected(0) && back.net.isConnected(1));
  });

  it('notice a peer that hangs without closing, and dial again', async () => {
    const [low, high] = await makePeers(2);
    // A relay that stops passing bytes on: both ends see an open connection.
    let isCut = false;
    const relay = createPlain((inbound) => {
      const outbound = connectPlain(low!.port, host);
      inbound.on('data', (chunk) => isCut || outbound.write(chunk)).on('error', () => undefined);
      outbound.on('data', (chunk) => isCut || inbound.write(chunk)).on('error', () => undefined);
    }).listen(0, host);
    await once(relay, 'listening');
    const viaRelay = { ...low!, port: (relay.address() as AddressInfo).port };
    const first = await startNode([low!, high!], 0, { tickMs: 20 });
    const second = await startNode([viaRelay, high!], 1, {
      tickMs: 20,
      listen: { host, port: high!.port },
    });
    await until(() => first.net.isConnected(1) && second.net.isConnected(0));
    await new Promise((done) => setTimeout(done, 300));
    expect([first.links, second.links]).toEqual([['+1'], ['+0']]);
    isCut = true;
    await until(() => first.links.length > 1 && second.links.length > 1);
    isCut = false;
    await until(() => first.net.isConnected(1) && second.net.isConnected(0));
    relay.close();
  });
});

describe('refusals', () => {
  async function dial(
    port: number,
    identity: TlsIdentity | undefined,
    options: ConnectionOptions = {},
  ): Promise<{ socket: TLSSocket; received: () => number; closed: Promise<unknown> }> {
    let count = 0;
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(identity === undefined ? {} : { key: identity.keyPem, cert: identity.certPem }),
      ...options,
    });
    const closed = new Promise((done) => socket.on('close', done));
    socket.on('error', () => undefined).on('data', (chunk: Uint8Array) => (count += chunk.length));
    await Promise.race([once(socket, 'secureConnect').catch(() => undefined), closed]);
    return { socket, received: () => count, closed };
  }

  it('meet strangers, nameless ones and peers that should not dial, before they hear a byte', async () => {
    const peers = await makePeers(3);
    const node = await startNode(peers, 1);
    for (const identity of [stranger, undefined, identities[0]]) {
      const { received, closed } = await dial(node.net.port, identity);
      await closed;
      expect(received()).toBe(0);
    }
    expect(node.logged.filter((line) => line.startsWith('peer-refused')).length).toBe(3);
    expect(node.inbox).toEqual([]);
  });

  it('meet TLS 1.2 and plain text', async () => {
    const peers = await makePeers(2);
    const node = await startNode(peers, 0);
    const old = await dial(node.net.port, identities[1], { maxVersion: 'TLSv1.2' });
    await old.closed;
    expect(old.socket.getProtocol()).not.toBe('TLSv1.2');
    const plain = connectPlain(node.net.port, host);
    const answer: Uint8Array[] = [];
    plain.on('data', (chunk) => answer.push(chunk)).on('error', () => undefined);
    plain.write(encodeFrame('hello', encodeHello({ sender: 1, chainId })));
    await once(plain, 'close');
    expect(node.links).toEqual([]);
    const good = await dial(node.net.port, identities[1]);
    expect(good.socket.getProtocol()).toBe('TLSv1.3');
    good.socket.destroy();
  });

  it('meet a server that is not the peer of the genesis', async () => {
    const peers = await makePeers(2);
    const impostor = await startNode(peers, 0, {
      keyPem: stranger.keyPem,
      certPem: stranger.certPem,
      peers: peers.slice(1),
    });
    const node = await startNode(peers, 1);
    await until(() => node.logged.some((line) => line.includes('does not have the TLS key')));
    expect(node.links).toEqual([]);
    await impostor.net.stop();
    await startNode(peers, 0);
    await until(() => node.net.isConnected(0));
  });

  it('meet another chain, another index and another version', async () => {
    const peers = await makePeers(2);
    const node = await startNode(peers, 0);
    const other = await startNode(peers, 1, { chainId: new Uint8Array(32).fill(2) });
    await until(() =>
      [node, other].every(({ logged }) => logged.some((line) => line.includes('another chain'))),
    );
    await other.net.stop();
    const hellos = [encodeHello({ sender: 0, chainId }), Uint8Array.of(0, 9), new Uint8Array(0)];
    for (const hello of hellos) {
      const { socket, closed } = await dial(node.net.port, identities[1]);
      socket.write(encodeFrame('hello', hello));
      await closed;
    }
    expect(node.links).toEqual([]);
  });

  it('meet invalid frames: oversized, unknown, before and instead of a hello', async () => {
    const peers = await makePeers(2);
    const node = await startNode(peers, 0, { frameBytesMax: 1_000 });
    const hello = encodeFrame('hello', encodeHello({ sender: 1, chainId }));
    const streams = [
      [hello, encodeFrame('message', new Uint8Array(2_000))],
      [hello, Uint8Array.of(0, 0, 0, 1, 77)],
      [hello, Uint8Array.of(0, 0, 0, 0, 0)],
      [hello, hello],
      [encodeFrame('message', bytes('too early'))],
      [encodeFrame('ping', new Uint8Array(0))],
    ];
    for (const stream of streams) {
      const { socket, closed } = await dial(node.net.port, identities[1]);
      for (const part of stream) socket.write(part);
      await closed;
    }
    expect(node.inbox).toEqual([]);
    expect(node.logged.filter((line) => line.includes('HANSE-5005')).length).toBeGreaterThan(3);
    const { socket } = await dial(node.net.port, identities[1]);
    socket.write(hello);
    socket.write(encodeFrame('message', bytes('fine')));
    await until(() => node.inbox.length === 1);
    socket.destroy();
  });

  it('meet this node itself, when its certificate is not the one of the genesis', async () => {
    const peers = await makePeers(2);
    expect(
      () =>
        new PeerNet({
          self: 0,
          peers,
          listen: { host, port: 0 },
          keyPem: stranger.keyPem,
          certPem: stranger.certPem,
          chainId,
          onMessage: () => undefined,
        }),
    ).toThrowError(/HANSE-1006/);
    const node = await startNode(peers, 0);
    const second = startNode([{ ...peers[0]!, port: node.net.port }, peers[1]!], 0);
    await expect(second).rejects.toSatisfy(
      (error) => isHanseError(error) && error.codeName === 'PortInUse',
    );
  });
});

describe('a peer that does not read', () => {
  /** Node 0, and a raw connection of peer 1 that has said hello and reads nothing. */
  async function slowPeer(
    changes: Partial<PeerNetConfig>,
  ): Promise<{ node: Node; socket: TLSSocket }> {
    const peers = await makePeers(2);
    const node = await startNode(peers, 0, changes);
    const { keyPem, certPem } = identities[1]!;
    const socket = connect({
      host,
      port: node.net.port,
      rejectUnauthorized: false,
      key: keyPem,
      cert: certPem,
    });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.pause();
    socket.write(encodeFrame('hello', encodeHello({ sender: 1, chainId })));
    await until(() => node.net.isConnected(1));
    return { node, socket };
  }

  it('costs bounded memory: the oldest bulk is dropped, and a vote overtakes what waits', async () => {
    const queue = { voteBytesMax: 1_000_000, bulkBytesMax: 2_000_000 };
    const { node, socket } = await slowPeer({ queue });
    let mark = 0;
    const most = (): number => node.net.stats[0]!.queuedBytes;
    // Until the kernel takes no more and our own queue overflows.
    while (node.net.stats[0]!.droppedMessages < 20) {
      node.net.send(1, new Uint8Array(100_000).fill(++mark % 251), 'bulk');
      await new Promise(setImmediate);
      expect(most()).toBeLessThan(4_000_000);
    }
    const dropped = node.net.stats[0]!.droppedMessages;
    node.net.send(1, bytes('vote'), 'vote');
    const kinds: string[] = [];
    let received = 0;
    const parser = new FrameParser();
    socket.on('data', (chunk: Uint8Array) => {
      received += chunk.length;
      for (const frame of parser.feed(chunk))
        if (frame.kind === 'message') kinds.push(frame.body.length === 4 ? 'vote' : 'bulk');
    });
    socket.resume();
    await until(() => kinds.length === mark - dropped + 1);
    const behind = kinds.length - 1 - kinds.indexOf('vote');
    // Everything in this node's own queue, 2 MB in messages of 100 kB, came after the vote.
    expect(behind).toBeGreaterThan(12);
    expect(received).toBeGreaterThan(1_000_000);
    socket.destroy();
  });

  it('is cut off when it leaves too many votes unread', async () => {
    const { node, socket } = await slowPeer({
      queue: { voteBytesMax: 500_000, bulkBytesMax: 500_000 },
    });
    let taken = true;
    while (taken) {
      taken = node.net.send(1, new Uint8Array(50_000), 'vote');
      await new Promise(setImmediate);
    }
    expect(node.links).toEqual(['+1', '-1']);
    socket.destroy();
  });
});

describe('a peer that floods', () => {
  it('is read at the rate allowed and loses nothing', async () => {
    const peers = await makePeers(2);
    const low = await startNode(peers, 0, {
      rates: { bytesPerSecondMax: 1e9, framesPerSecondMax: 1_000 },
    });
    const high = await startNode(peers, 1);
    await until(() => high.net.isConnected(0));
    for (let i = 0; i < 1_500; i++) high.net.send(0, bytes(`message ${i}`), 'vote');
    await until(() => low.inbox.length === 1_500);
    expect(text(low.inbox[1_499]!.bytes)).toBe('message 1499');
    expect(low.logged.some((line) => line.startsWith('peer-slowed'))).toBe(true);
  });
});

describe('stop', () => {
  it('closes links and port at once, twice without harm', async () => {
    const peers = await makePeers(2);
    const [low, high] = [await startNode(peers, 0), await startNode(peers, 1)];
    await until(() => high.net.isConnected(0));
    // A connection that never begins its handshake must not hold the port.
    const silent = connectPlain(peers[0]!.port, host);
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    await Promise.all([low.net.stop(), low.net.stop()]);
    await until(() => !high.net.isConnected(0));
    const socket = connectPlain(peers[0]!.port, host);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('ECONNREFUSED');
    expect(low.net.send(1, bytes('late'), 'vote')).toBe(false);
  });
});

describe('identity', () => {
  it('carries its key in its certificate', () => {
    for (const { certPem, publicKeySpki } of identities)
      expect(publicKeySpkiOf(certPem)).toEqual(publicKeySpki);
    expect(() => publicKeySpkiOf('-----BEGIN CERTIFICATE-----')).toThrowError(/HANSE-6009/);
  });
});
