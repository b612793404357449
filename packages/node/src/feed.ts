/** Something that happened, for everybody who listens; a slow listener loses the oldest, never memory. */
export class Feed<T> {
  readonly #bufferMax: number;
  readonly #listeners = new Set<(item: T) => void>();

  constructor(options: { readonly bufferMax: number }) {
    this.#bufferMax = options.bufferMax;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(item: T): void {
    for (const listener of this.#listeners) listener(item);
  }

  /** Items from now on, until `signal` aborts. */
  async *listen(signal: AbortSignal): AsyncGenerator<T> {
    const buffer: T[] = [];
    let wake: (() => void) | undefined;
    const listener = (item: T): void => {
      if (buffer.length >= this.#bufferMax) buffer.shift();
      buffer.push(item);
      wake?.();
    };
    const abort = (): void => wake?.();
    this.#listeners.add(listener);
    signal.addEventListener('abort', abort);
    try {
      while (!signal.aborted) {
        const item = buffer.shift();
        if (item !== undefined) {
          yield item;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', abort);
    }
  }
}
