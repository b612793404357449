import type { TLSSocket } from 'node:tls';
import { HanseError, type Log } from '@hanse/kit';
import { encodeFrame, encodeHello, FrameParser, helloError, type Frame } from './frames.ts';
import { SendQueue, type Priority, type QueueLimits } from './queue.ts';
import { InboundMeter, type InboundRates } from './rate.ts';

/** Bytes handed to TLS at once; a vote waits behind no more than these. */
const WRITE_BYTES = 256 * 1024;
/** Bytes in the hands of TLS above which votes wait too. */
const VOTE_WRITE_BYTES = 4 * WRITE_BYTES;
const PING = encodeFrame('ping', new Uint8Array(0));
/** How long a refused peer may take to read what it was sent. */
const CLOSE_MS_MAX = 500;
/** Ticks without a received frame after which a link is dead. */
const SILENT_TICKS_MAX = 5;

/** What a link needs to know and whom it tells. */
export type LinkConfig = {
  readonly peer: number;
  readonly self: number;
  readonly chainId: Uint8Array;
  readonly queue?: QueueLimits | undefined;
  readonly rates: InboundRates;
  readonly frameBytesMax: number;
  readonly onReady: (link: Link) => void;
  readonly onMessage: (bytes: Uint8Array) => void;
  /** Called once; an error of the catalogue when the peer or this node gave cause. */
  readonly onClose: (link: Link, error: HanseError | undefined) => void;
  /** Ask for `flush` at the end of this turn of the event loop. */
  readonly onDirty: (link: Link) => void;
  readonly log: Log;
};

/** Counters of a link. */
export type LinkStats = {
  readonly queuedBytes: number;
  readonly droppedMessages: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly sentMessages: number;
  readonly receivedMessages: number;
};

/** One authenticated connection to a peer: hello, frames, priorities, keep-alive. */
export class Link {
  readonly peer: number;
  readonly #config: LinkConfig;
  readonly #socket: TLSSocket;
  readonly #parser: FrameParser;
  readonly #queue: SendQueue;
  readonly #meter: InboundMeter;
  #isReady = false;
  #isClosed = false;
  #isBlocked = false;
  #resume: NodeJS.Timeout | undefined;
  #silentTicks = 0;
  #hasSent = true;
  #sentBytes = 0;
  #receivedBytes = 0;
  #sentMessages = 0;
  #receivedMessages = 0;

  /** The socket's peer has been checked against its pin. */
  constructor(socket: TLSSocket, config: LinkConfig) {
    this.peer = config.peer;
    this.#config = config;
    this.#socket = socket;
    this.#parser = new FrameParser(config.frameBytesMax);
    this.#queue = new SendQueue(config.queue);
    this.#meter = new InboundMeter(config.rates, performance.now());
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    socket.on('drain', () => this.#unblock());
    socket.on('end', () => this.close());
    // The reason of a broken connection does not matter: it is dialled again.
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
    const { self, chainId } = config;
    this.#write(encodeFrame('hello', encodeHello({ sender: self, chainId })));
  }

  /** Whether the peer has said hello, and messages may be sent. */
  get isReady(): boolean {
    return this.#isReady && !this.#isClosed;
  }

  get stats(): LinkStats {
    return {
      queuedBytes: this.#queue.sizeBytes + this.#socket.writableLength,
      droppedMessages: this.#queue.droppedMessages,
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      sentMessages: this.#sentMessages,
      receivedMessages: this.#receivedMessages,
    };
  }

  /** Queue a message; false when the link does not take it. */
  send(message: Uint8Array, priority: Priority): boolean {
    if (!this.isReady) return false;
    if (!this.#queue.push(message, priority)) {
      const reason = 'It leaves more votes unread than this node keeps.';
      this.close(new HanseError('PeerRefused', { peer: this.#name, reason }));
      return false;
    }
    this.#sentMessages++;
    this.#config.onDirty(this);
    return true;
  }

  /** Hand what waits to TLS: votes always, bulk while the connection takes it. */
  flush(): void {
    while (!this.#isClosed && !this.#queue.isEmpty) {
      const isVoteDue = this.#queue.hasVotes && this.#socket.writableLength < VOTE_WRITE_BYTES;
      if (this.#isBlocked && !isVoteDue) return;
      const bytes = this.#queue.take(this.#isBlocked ? 0 : WRITE_BYTES);
      this.#write(bytes);
    }
  }

  /** Called at a steady pace: ping when nothing was sent, close when nothing was received. */
  tick(): void {
    if (!this.#socket.isPaused()) this.#silentTicks++;
    if (this.#silentTicks > SILENT_TICKS_MAX) {
      const reason = 'Nothing was received for longer than pings take.';
      return this.close(new HanseError('PeerRefused', { peer: this.#name, reason }));
    }
    if (!this.#hasSent && !this.#isBlocked) this.#write(PING);
    this.#hasSent = false;
  }

  /** Close; what was not sent is lost. */
  close(error?: HanseError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#resume);
    if (error === undefined) this.#socket.destroy();
    else this.#closeAfterHello();
    this.#config.onClose(this, error);
  }

  /** A refused peer still gets this node's hello, so that its log too can say what does not fit. */
  #closeAfterHello(): void {
    this.#socket.resume();
    this.#socket.destroySoon();
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_MS_MAX);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  get #name(): string {
    return `validator ${this.peer}`;
  }

  #write(bytes: Uint8Array): void {
    this.#hasSent = true;
    this.#sentBytes += bytes.length;
    if (!this.#socket.write(bytes)) this.#isBlocked = this.#socket.writableLength >= WRITE_BYTES;
  }

  #unblock(): void {
    this.#isBlocked = false;
    this.flush();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    this.#silentTicks = 0;
    this.#receivedBytes += chunk.length;
    let frames = 0;
    for (const frame of this.#parser.feed(chunk)) {
      frames++;
      this.#accept(frame);
      if (this.#isClosed) return;
    }
    const reason = this.#parser.error;
    if (reason !== undefined) return this.#refuseFrame(reason);
    const waitMs = this.#meter.count(chunk.length, frames, performance.now());
    if (waitMs > 0) this.#pause(waitMs);
  }

  #accept(frame: Frame): void {
    if (frame.kind === 'hello') return this.#greet(frame.body);
    if (!this.#isReady) return this.#refuseFrame('It came before the hello.');
    if (frame.kind === 'ping') return;
    this.#receivedMessages++;
    this.#config.onMessage(frame.body);
  }

  #greet(body: Uint8Array): void {
    if (this.#isReady) return this.#refuseFrame('It is a second hello.');
    const { chainId } = this.#config;
    const reason = helloError(body, { sender: this.peer, chainId });
    if (reason !== undefined)
      return this.close(new HanseError('PeerRefused', { peer: this.#name, reason }));
    this.#isReady = true;
    this.#config.onReady(this);
  }

  #refuseFrame(reason: string): void {
    this.close(new HanseError('FrameInvalid', { peer: this.#name, reason }));
  }

  /** The kernel's buffers fill, then the sender's: nobody's memory grows here. */
  #pause(waitMs: number): void {
    this.#config.log('debug', 'peer-slowed', { peer: this.peer, waitMs });
    this.#socket.pause();
    this.#resume = setTimeout(() => this.#socket.resume(), waitMs);
  }
}
