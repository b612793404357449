import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { assert, equalBytes, HanseError, limits, silentLog, toHex, type Log } from '@hanse/kit';
import { Dialer } from './dialer.ts';
import { Link, type LinkConfig, type LinkStats } from './link.ts';
import type { Priority, QueueLimits } from './queue.ts';
import { defaultRates, type InboundRates } from './rate.ts';
import { peerSpki, publicKeySpkiOf, secureOptions, type SecureOptions } from './tls.ts';

const TICK_MS = 1_000;
const HANDSHAKE_MS_MAX = 5_000;

/** A validator as others reach it. */
export type Peer = {
  readonly index: number;
  readonly host: string;
  readonly port: number;
  /** DER SubjectPublicKeyInfo from the genesis. */
  readonly tlsPublicKey: Uint8Array;
};

/** How to run the links of one validator. */
export type PeerNetConfig = {
  readonly self: number;
  /** All validators; the entry of this node itself, if there, is compared with its certificate. */
  readonly peers: readonly Peer[];
  readonly listen: { readonly host: string; readonly port: number };
  readonly keyPem: string;
  readonly certPem: string;
  readonly chainId: Uint8Array;
  /** A whole message; the bytes may be kept. */
  readonly onMessage: (from: number, bytes: Uint8Array) => void;
  readonly onLink?: (peer: number, connected: boolean) => void;
  readonly log?: Log;
  readonly queue?: QueueLimits;
  readonly rates?: InboundRates;
  readonly frameBytesMax?: number;
  /** Pace of keep-alive. */
  readonly tickMs?: number;
};

/** What is known about the link to a peer. */
export type PeerStats = LinkStats & {
  readonly peer: number;
  readonly connected: boolean;
  /** Links made so far. */
  readonly links: number;
};

type Entry = {
  readonly peer: Peer;
  readonly dialer: Dialer | undefined;
  link: Link | undefined;
  links: number;
  /** What `onLink` was told last. */
  isConnected: boolean;
  /** The reason logged last, so that a peer that stays wrong is not logged at every attempt. */
  lastReason: string | undefined;
};

const NO_LINK: LinkStats = {
  queuedBytes: 0,
  droppedMessages: 0,
  sentBytes: 0,
  receivedBytes: 0,
  sentMessages: 0,
  receivedMessages: 0,
};

/** The links of one validator to all others. */
export class PeerNet {
  readonly #config: PeerNetConfig;
  readonly #log: Log;
  readonly #entries = new Map<number, Entry>();
  /** Peers by the hex of their TLS key. */
  readonly #byKey = new Map<string, Entry>();
  readonly #server: Server;
  /** Accepted connections, in their handshake or with a link, and dialled ones with a link. */
  readonly #sockets = new Set<Socket>();
  #dirty = new Set<Link>();
  #isFlushing = false;
  #ticker: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Throws ConfigInvalid when the certificate is not the one that the genesis names. */
  constructor(config: PeerNetConfig) {
    this.#config = config;
    this.#log = config.log ?? silentLog;
    const secure = secureOptions(config.keyPem, config.certPem);
    const ownKey = publicKeySpkiOf(config.certPem);
    for (const peer of config.peers) {
      if (peer.index === config.self) checkOwnKey(ownKey, peer.tlsPublicKey);
      else this.#add(peer, secure);
    }
    this.#server = createServer({ ...secure, handshakeTimeout: HANDSHAKE_MS_MAX, noDelay: true });
    // Every peer may reconnect while its old connection is still there; some room for handshakes.
    this.#server.maxConnections = 2 * config.peers.length + 16;
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    this.#server.on('secureConnection', (socket) => this.#accepted(socket));
    this.#server.on('tlsClientError', (error, socket) => {
      this.#log('debug', 'handshake-failed', { reason: error.message });
      socket.destroy();
    });
  }

  /** Listen, and dial the peers with a lower index. Throws PortInUse. */
  async start(): Promise<void> {
    const { host, port } = this.#config.listen;
    await new Promise<void>((done, fail) => {
      const refuse = (error: Error): void => fail(listenError(error, port));
      this.#server.once('error', refuse);
      this.#server.listen(port, host, () => {
        this.#server.off('error', refuse);
        done();
      });
    });
    this.#server.on('error', (error) =>
      this.#log('warn', 'accept-failed', { reason: error.message }),
    );
    for (const { dialer } of this.#entries.values()) dialer?.start();
    this.#ticker = setInterval(() => this.#tick(), this.#config.tickMs ?? TICK_MS);
  }

  /** Port in use, once started. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /**
   * Send a message to a peer; false when there is no link that takes it. Throws OverLimit for a
   * message that no frame holds.
   */
  send(to: number, bytes: Uint8Array, priority: Priority): boolean {
    const limit = limits.frameBytesMax;
    if (bytes.length >= limit)
      throw new HanseError('OverLimit', { name: 'frameBytes', value: bytes.length, limit });
    return this.#entries.get(to)?.link?.send(bytes, priority) ?? false;
  }

  /** Whether messages can be sent to a peer now. */
  isConnected(peer: number): boolean {
    return this.#entries.get(peer)?.link?.isReady ?? false;
  }

  get stats(): readonly PeerStats[] {
    return [...this.#entries.values()].map(({ peer, link, links }) => ({
      ...(link?.stats ?? NO_LINK),
      peer: peer.index,
      connected: link?.isReady ?? false,
      links,
    }));
  }

  /** Close all links and the port. What was not sent is lost. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#ticker);
    for (const { dialer, link } of this.#entries.values()) {
      dialer?.stop();
      link?.flush();
      link?.close();
    }
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  #add(peer: Peer, secure: SecureOptions): void {
    const { self } = this.#config;
    const { index, host, port, tlsPublicKey } = peer;
    const key = toHex(tlsPublicKey);
    assert(
      !this.#byKey.has(key) && !this.#entries.has(index),
      'every peer has its own key and index',
    );
    const dialer = new Dialer({
      host,
      port,
      secure,
      random: Math.random,
      onConnected: (socket) => this.#dialled(entry, socket),
    });
    const entry: Entry = {
      peer,
      // The higher index dials, so that two nodes never make two links at once.
      dialer: self > index ? dialer : undefined,
      link: undefined,
      links: 0,
      isConnected: false,
      lastReason: undefined,
    };
    this.#entries.set(index, entry);
    this.#byKey.set(key, entry);
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #accepted(socket: TLSSocket): void {
    const key = peerSpki(socket);
    const entry = key === undefined ? undefined : this.#byKey.get(toHex(key));
    const isExpected = entry !== undefined && entry.dialer === undefined;
    if (this.#isStopped || !isExpected) {
      socket.on('error', () => undefined);
      socket.destroy();
      const reason =
        key === undefined
          ? 'It shows no certificate.'
          : 'Its key is not in the genesis, or it should not dial.';
      this.#log('warn', 'peer-refused', { from: socket.remoteAddress, reason });
      return;
    }
    this.#open(entry, socket);
  }

  #dialled(entry: Entry, socket: TLSSocket): void {
    const key = peerSpki(socket);
    if (key !== undefined && equalBytes(key, entry.peer.tlsPublicKey)) {
      this.#open(entry, socket);
      return;
    }
    socket.on('error', () => undefined);
    socket.destroy();
    const { index, host, port } = entry.peer;
    const reason = `The node at ${host}:${port} does not have the TLS key of the genesis.`;
    this.#report(entry, new HanseError('PeerRefused', { peer: `validator ${index}`, reason }));
    entry.dialer?.redial();
  }

  #open(entry: Entry, socket: TLSSocket): void {
    const { self, chainId, queue, rates = defaultRates, onMessage } = this.#config;
    const { index } = entry.peer;
    this.#track(socket);
    const config: LinkConfig = {
      peer: index,
      self,
      chainId,
      queue,
      rates,
      frameBytesMax: this.#config.frameBytesMax ?? limits.frameBytesMax,
      onReady: (link) => this.#ready(entry, link),
      onMessage: (bytes) => onMessage(index, bytes),
      onClose: (link, error) => this.#closed(entry, link, error),
      onDirty: (link) => this.#markDirty(link),
      log: this.#log,
    };
    const replaced = entry.link;
    entry.link = new Link(socket, config);
    replaced?.close();
  }

  #ready(entry: Entry, link: Link): void {
    if (entry.link !== link) return;
    entry.links++;
    entry.lastReason = undefined;
    entry.dialer?.succeeded();
    this.#tell(entry, true);
  }

  #closed(entry: Entry, link: Link, error: HanseError | undefined): void {
    this.#dirty.delete(link);
    if (error !== undefined) this.#report(entry, error);
    if (entry.link === link) {
      entry.link = undefined;
      if (!this.#isStopped) entry.dialer?.redial();
    }
    // When a newer link has taken its place, the peer stays connected.
    if (entry.link === undefined) this.#tell(entry, false);
  }

  #tell(entry: Entry, isConnected: boolean): void {
    if (entry.isConnected === isConnected) return;
    entry.isConnected = isConnected;
    const { index } = entry.peer;
    this.#log('info', isConnected ? 'peer-connected' : 'peer-disconnected', { peer: index });
    this.#config.onLink?.(index, isConnected);
  }

  #report(entry: Entry, error: HanseError): void {
    if (entry.lastReason === error.message) return;
    entry.lastReason = error.message;
    this.#log('warn', 'peer-refused', { peer: entry.peer.index, reason: error.message });
  }

  /** One write per peer and turn of the event loop: whatever else this turn sends joins it. */
  #markDirty(link: Link): void {
    this.#dirty.add(link);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      const links = this.#dirty;
      this.#dirty = new Set();
      for (const one of links) one.flush();
    });
  }

  #tick(): void {
    for (const { link } of this.#entries.values()) link?.tick();
  }
}

function checkOwnKey(ownKey: Uint8Array, pinned: Uint8Array): void {
  if (equalBytes(ownKey, pinned)) return;
  throw new HanseError('ConfigInvalid', {
    key: 'tlsCertFile',
    value: toHex(ownKey).slice(-16),
    expected: `the key that the genesis names for this validator, which ends in ${toHex(pinned).slice(-16)}`,
  });
}

function listenError(error: Error, port: number): Error {
  const isTaken = 'code' in error && error.code === 'EADDRINUSE';
  return isTaken ? new HanseError('PortInUse', { port }, error) : error;
}
