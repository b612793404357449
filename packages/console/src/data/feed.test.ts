import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Feed } from './feed.ts';
import type { Api } from './http.ts';

/** An api whose stream the test feeds line by line. */
function startFeed() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const encoder = new TextEncoder();
  let opened = 0;
  const never = <T>(): Promise<T> => new Promise(() => undefined);
  const api: Api = {
    get: never,
    post: never,
    stream: async () => {
      opened++;
      return new ReadableStream<Uint8Array>({ start: (one) => void (controller = one) });
    },
  };
  const feed = new Feed(api);
  let paints = 0;
  feed.subscribe(() => paints++);
  return {
    feed,
    stop: feed.start(),
    paints: () => paints,
    opened: () => opened,
    send: (text: string) => controller?.enqueue(encoder.encode(text)),
    lose: () => controller?.error(new Error('lost')),
  };
}

const line = (height: number): string =>
  `${JSON.stringify({ kind: 'final', height, time: height, digest: '', transactions: 0 })}\n`;

describe('the feed', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tells its readers at most four times a second, however many blocks come', async () => {
    const { feed, send, paints, stop } = startFeed();
    await vi.advanceTimersByTimeAsync(300);
    const before = paints();
    for (let height = 1; height <= 100; height++) {
      send(line(height));
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(paints() - before).toBeLessThanOrEqual(4);
    expect(paints() - before).toBeGreaterThanOrEqual(3);
    await vi.advanceTimersByTimeAsync(250);
    expect(feed.snapshot().height).toBe(100);
    stop();
  });

  it('puts lines together that come in pieces', async () => {
    const { feed, send, stop } = startFeed();
    await vi.advanceTimersByTimeAsync(1);
    const text = line(7) + line(8);
    send(text.slice(0, 20));
    send(text.slice(20, 90));
    send(text.slice(90));
    await vi.advanceTimersByTimeAsync(260);
    expect(feed.snapshot().blocks.map(({ height }) => height)).toEqual([8, 7]);
    stop();
  });

  it('opens the stream again when it is lost, and ends when it is told to', async () => {
    const { feed, lose, opened, stop } = startFeed();
    await vi.advanceTimersByTimeAsync(300);
    lose();
    await vi.advanceTimersByTimeAsync(260);
    expect(feed.snapshot().connection).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(opened()).toBe(2);
    expect(feed.snapshot().connection).toBe('live');
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened()).toBe(2);
  });
});
