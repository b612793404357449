import { limits } from '@hanse/kit';

/** What one peer may send in a second; a burst of one second is allowed. */
export type InboundRates = {
  readonly bytesPerSecondMax: number;
  readonly framesPerSecondMax: number;
};

/** The rates of production. */
export const defaultRates: InboundRates = {
  bytesPerSecondMax: limits.peerInboundBytesPerSecondMax,
  framesPerSecondMax: limits.peerInboundFramesPerSecondMax,
};

/** Token buckets for the bytes and frames of one peer. Pure: the time is passed in. */
export class InboundMeter {
  readonly #rates: InboundRates;
  #bytes: number;
  #frames: number;
  #atMs: number;

  constructor(rates: InboundRates, nowMs: number) {
    this.#rates = rates;
    this.#bytes = rates.bytesPerSecondMax;
    this.#frames = rates.framesPerSecondMax;
    this.#atMs = nowMs;
  }

  /** Count what was read; returns for how long to read no more, 0 for not at all. */
  count(sizeBytes: number, frames: number, nowMs: number): number {
    const seconds = Math.max(0, nowMs - this.#atMs) / 1_000;
    const { bytesPerSecondMax, framesPerSecondMax } = this.#rates;
    this.#bytes = Math.min(bytesPerSecondMax, this.#bytes + seconds * bytesPerSecondMax);
    this.#frames = Math.min(framesPerSecondMax, this.#frames + seconds * framesPerSecondMax);
    this.#bytes -= sizeBytes;
    this.#frames -= frames;
    this.#atMs = nowMs;
    const waitSeconds = Math.max(
      -this.#bytes / bytesPerSecondMax,
      -this.#frames / framesPerSecondMax,
      0,
    );
    return Math.ceil(waitSeconds * 1_000);
  }
}
