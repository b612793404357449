import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 10_000;

/** Where rows go: the response, and the signal that ends the stream. */
export type RowSink = { readonly response: ServerResponse; readonly signal: AbortSignal };

/**
 * Write rows as NDJSON until they end, the reader leaves or the signal aborts, which ends the
 * response at once and the iterator by the same signal. The next row is asked for only when the
 * last one fits the socket's buffer, so a slow reader holds one row, not a queue. An empty line
 * while nothing happens keeps proxies and readers from giving up.
 */
export async function writeRows(rows: AsyncIterable<unknown>, sink: RowSink): Promise<void> {
  const { response, signal } = sink;
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write('\n');
  }, HEARTBEAT_MS);
  const end = (): void => {
    clearInterval(heartbeat);
    response.end();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    for await (const row of rows) {
      if (signal.aborted) break;
      if (!response.write(`${JSON.stringify(row)}\n`)) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
