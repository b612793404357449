import { isJsonObject, type Json } from '@hanse/codec';
import { unreachable } from '@hanse/kit';
import type { BlockSummary, Head, WatchRow, Why } from '@hanse/model';

/** How this page hears of the chain. */
export type Connection = 'connecting' | 'live' | 'stale' | 'reconnecting' | 'unreachable';

/** What the page shows as it happens. Times are Unix milliseconds of this browser. */
export type Live = {
  readonly connection: Connection;
  readonly head: Head | undefined;
  readonly why: Why | undefined;
  /** Newest first, at most `LIVE_ROWS_MAX`. */
  readonly blocks: readonly BlockSummary[];
  /** Whether the first page of blocks has come. */
  readonly hasBlocks: boolean;
  /** Newest final height, and the newest one bound by a final header. */
  readonly height: number;
  readonly provedHeight: number;
  /** Block time of the newest final height; 0 while none is known. */
  readonly blockTime: number;
  /** When something was last heard. */
  readonly heardAtMs: number;
  /** When the connection was lost; undefined while it is not. */
  readonly lostAtMs: number | undefined;
};

/** What happens to the feed. */
export type LiveEvent =
  | { readonly kind: 'head'; readonly head: Head; readonly nowMs: number }
  | { readonly kind: 'why'; readonly why: Why }
  | { readonly kind: 'blocks'; readonly blocks: readonly BlockSummary[] }
  | { readonly kind: 'rows'; readonly rows: readonly WatchRow[]; readonly nowMs: number }
  | { readonly kind: 'opened' | 'alive' | 'lost' | 'tick'; readonly nowMs: number };

/** Rows of the live list: what a screen can hold, not what a chain can. */
export const LIVE_ROWS_MAX = 100;
/** The node says something at least every 10 seconds. */
export const STALE_AFTER_MS = 15_000;
/** A connection lost for longer is called unreachable. */
export const UNREACHABLE_AFTER_MS = 10_000;

/** Before anything is known. */
export const startLive: Live = {
  connection: 'connecting',
  head: undefined,
  why: undefined,
  blocks: [],
  hasBlocks: false,
  height: 0,
  provedHeight: 0,
  blockTime: 0,
  heardAtMs: 0,
  lostAtMs: undefined,
};

/** The state after an event. Heights only grow: an answer that was overtaken changes nothing. */
export function reduceLive(live: Live, event: LiveEvent): Live {
  switch (event.kind) {
    case 'head':
      return withHead(live, event.head, event.nowMs);
    case 'why':
      return { ...live, why: event.why };
    case 'blocks':
      return { ...live, hasBlocks: true, blocks: mergeBlocks(live.blocks, event.blocks) };
    case 'rows':
      return withRows(heard(live, event.nowMs), event.rows);
    case 'opened':
    case 'alive':
      return heard(live, event.nowMs);
    case 'lost':
      return {
        ...live,
        connection: live.connection === 'unreachable' ? 'unreachable' : 'reconnecting',
        lostAtMs: live.lostAtMs ?? event.nowMs,
      };
    case 'tick':
      return atTime(live, event.nowMs);
    default:
      return unreachable(event);
  }
}

function heard(live: Live, nowMs: number): Live {
  return { ...live, connection: 'live', heardAtMs: nowMs, lostAtMs: undefined };
}

function withHead(live: Live, head: Head, nowMs: number): Live {
  const isNewer = head.height >= live.height;
  return {
    ...live,
    head,
    height: Math.max(live.height, head.height),
    provedHeight: Math.max(live.provedHeight, head.provedHeight),
    blockTime: isNewer ? head.time : live.blockTime,
    heardAtMs: live.connection === 'live' ? nowMs : live.heardAtMs,
  };
}

function withRows(live: Live, rows: readonly WatchRow[]): Live {
  const added: BlockSummary[] = [];
  let { height, provedHeight, blockTime } = live;
  for (const row of rows) {
    if (row.kind === 'proved') {
      provedHeight = Math.max(provedHeight, row.height);
      continue;
    }
    added.push(row);
    if (row.height >= height) {
      ({ height } = row);
      blockTime = row.time;
    }
  }
  const blocks = added.length === 0 ? live.blocks : mergeBlocks(live.blocks, added);
  return { ...live, blocks, height, provedHeight, blockTime };
}

function atTime(live: Live, nowMs: number): Live {
  const { connection, lostAtMs, heardAtMs } = live;
  if (lostAtMs !== undefined && nowMs - lostAtMs >= UNREACHABLE_AFTER_MS) {
    return connection === 'unreachable' ? live : { ...live, connection: 'unreachable' };
  }
  if (connection === 'live' && nowMs - heardAtMs >= STALE_AFTER_MS) {
    return { ...live, connection: 'stale' };
  }
  return live;
}

/** Both lists, newest first, each height once, bounded. */
export function mergeBlocks(
  known: readonly BlockSummary[],
  added: readonly BlockSummary[],
): readonly BlockSummary[] {
  const byHeight = new Map(known.map((block) => [block.height, block]));
  for (const block of added) byHeight.set(block.height, block);
  return [...byHeight.values()].sort((a, b) => b.height - a.height).slice(0, LIVE_ROWS_MAX);
}

/** The row of a line of the stream, or undefined for a sign of life or a line of a later version. */
export function parseWatchRow(line: string): WatchRow | undefined {
  if (line.trim() === '') return undefined;
  let row: Json;
  try {
    row = JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
  if (!isJsonObject(row) || typeof row['height'] !== 'number') return undefined;
  const { kind } = row;
  return kind === 'final' || kind === 'proved' ? (row as unknown as WatchRow) : undefined;
}
