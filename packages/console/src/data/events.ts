import { isJsonObject, type Json } from '@hanse/codec';
import type { Api } from './http.ts';
import { readLines, sleep } from './lines.ts';

/** An event as a page shows it: one node's word. */
export type EventLine = {
  readonly cursor: string;
  readonly height: number;
  readonly txid: string;
  readonly data: Json;
};

const RETRY_MS = 3_000;
const IDLE_MS = 400;

/**
 * Follow a stream of events until the returned function is called. `onRows` is first called with an
 * empty list when nothing came for a moment, so that a page can say there is nothing.
 */
export function followEvents(
  api: Api,
  path: string,
  onRows: (rows: readonly EventLine[]) => void,
): () => void {
  const controller = new AbortController();
  void follow(api, path, onRows, controller.signal);
  return () => controller.abort();
}

async function follow(
  api: Api,
  path: string,
  onRows: (rows: readonly EventLine[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let from: string | undefined;
  const idle = setTimeout(() => onRows([]), IDLE_MS);
  signal.addEventListener('abort', () => clearTimeout(idle));
  while (!signal.aborted) {
    try {
      const response = await api.stream(from === undefined ? path : resume(path, from), signal);
      for await (const lines of readLines(response)) {
        const rows = lines.map(parseEventLine).filter((row) => row !== undefined);
        from = rows.at(-1)?.cursor ?? from;
        if (rows.length > 0 && !signal.aborted) onRows(rows);
      }
    } catch {
      // The stream of blocks says that the node is away; this one comes back with it.
    }
    await sleep(RETRY_MS, signal);
  }
}

function resume(path: string, from: string): string {
  return path.replace(/from=[\d.]+/, `from=${from}`);
}

/** The event of a line, or undefined for a sign of life. */
export function parseEventLine(line: string): EventLine | undefined {
  if (line.trim() === '') return undefined;
  let row: Json;
  try {
    row = JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
  if (!isJsonObject(row)) return undefined;
  const { cursor, height, txid, data } = row;
  if (typeof cursor !== 'string' || typeof height !== 'number') return undefined;
  if (typeof txid !== 'string' || data === undefined) return undefined;
  return { cursor, height, txid, data };
}
