import { connect, type TLSSocket } from 'node:tls';
import { redialDelayMs } from './backoff.ts';
import type { SecureOptions } from './tls.ts';

const HANDSHAKE_MS_MAX = 5_000;

/** What a dialer needs to know and whom it tells. */
export type DialerConfig = {
  readonly host: string;
  readonly port: number;
  readonly secure: SecureOptions;
  /** A connection with its TLS handshake done; the pin is still to be checked. */
  readonly onConnected: (socket: TLSSocket) => void;
  readonly random: () => number;
};

/** Keeps trying to reach one peer: one attempt at a time, with a growing delay between them. */
export class Dialer {
  readonly #config: DialerConfig;
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #socket: TLSSocket | undefined;
  #isStopped = false;

  constructor(config: DialerConfig) {
    this.#config = config;
  }

  /** Dial now. */
  start(): void {
    if (this.#isStopped || this.#socket !== undefined) return;
    const { host, port, secure } = this.#config;
    const socket = connect({ ...secure, host, port });
    this.#socket = socket;
    const fail = (): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.destroy();
      this.redial();
    };
    socket.setTimeout(HANDSHAKE_MS_MAX, fail);
    socket.on('error', fail);
    socket.on('close', fail);
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      socket.off('close', fail);
      this.#socket = undefined;
      if (this.#isStopped) socket.destroy();
      else this.#config.onConnected(socket);
    });
  }

  /** Dial again after a while. */
  redial(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const delayMs = redialDelayMs(this.#attempt, this.#config.random());
    this.#attempt++;
    this.#timer = setTimeout(() => this.start(), delayMs);
  }

  /** The peer was reached and said hello. */
  succeeded(): void {
    this.#attempt = 0;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
