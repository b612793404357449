import type { BlockSummary, Head, WatchRow, Why } from '@hanse/model';
import type { Api } from './http.ts';
import { readLines, sleep } from './lines.ts';
import { parseWatchRow, reduceLive, startLive, type Live, type LiveEvent } from './live.ts';

const PAINT_MS = 250;
const TICK_MS = 1_000;
const POLL_MS = 3_000;
const RETRY_MS_MAX = 5_000;
const FIRST_BLOCKS = 30;

/**
 * The one subscription of the page: the stream of blocks, and the head and its reasons asked for
 * now and then. Readers are told at most four times a second, however many blocks come.
 */
export class Feed {
  readonly #api: Api;
  readonly #readers = new Set<() => void>();
  readonly #stop = new AbortController();
  #live: Live = startLive;
  #shown: Live = startLive;
  #paintTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Start asking; the returned function ends everything. */
  start(): () => void {
    const tick = setInterval(() => this.#apply({ kind: 'tick', nowMs: Date.now() }), TICK_MS);
    const poll = setInterval(() => void this.#poll(), POLL_MS);
    void this.#poll();
    void this.#follow();
    return () => {
      clearInterval(tick);
      clearInterval(poll);
      clearTimeout(this.#paintTimer);
      this.#stop.abort();
    };
  }

  /** What readers see; changes at most four times a second. */
  readonly snapshot = (): Live => this.#shown;

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  #apply(event: LiveEvent): void {
    const next = reduceLive(this.#live, event);
    if (next === this.#live) return;
    this.#live = next;
    this.#paintTimer ??= setTimeout(() => {
      this.#paintTimer = undefined;
      this.#shown = this.#live;
      for (const reader of this.#readers) reader();
    }, PAINT_MS);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop;
    try {
      const [head, why] = await Promise.all([
        this.#api.get<Head>('/v1/head', signal),
        this.#api.get<Why>('/v1/why', signal),
      ]);
      this.#apply({ kind: 'head', head, nowMs: Date.now() });
      this.#apply({ kind: 'why', why });
    } catch {
      // The stream tells whether the node is there; a missed poll only leaves older figures.
    }
  }

  /** Follow the stream for as long as the page lives. */
  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#stream(() => {
          failures = 0;
        });
      } catch {
        // Lost; said below and tried again.
      }
      if (signal.aborted) return;
      this.#apply({ kind: 'lost', nowMs: Date.now() });
      await sleep(Math.min(RETRY_MS_MAX, 250 * 2 ** Math.min(failures, 6)), signal);
    }
  }

  async #stream(onOpen: () => void): Promise<void> {
    const body = await this.#api.stream('/v1/watch', this.#stop.signal);
    onOpen();
    this.#apply({ kind: 'opened', nowMs: Date.now() });
    void this.#fill();
    for await (const lines of readLines(body)) {
      const rows = lines.map(parseWatchRow).filter((row): row is WatchRow => row !== undefined);
      const nowMs = Date.now();
      this.#apply(rows.length === 0 ? { kind: 'alive', nowMs } : { kind: 'rows', rows, nowMs });
    }
  }

  /** Blocks from before the stream opened, or missed while it was lost. */
  async #fill(): Promise<void> {
    try {
      const path = `/v1/blocks?limit=${FIRST_BLOCKS}`;
      const { blocks } = await this.#api.get<{ blocks: readonly BlockSummary[] }>(
        path,
        this.#stop.signal,
      );
      this.#apply({ kind: 'blocks', blocks });
    } catch {
      // The next opening of the stream asks again.
    }
  }
}
