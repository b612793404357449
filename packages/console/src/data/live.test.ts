import { describe, expect, it } from 'vitest';
import type { BlockSummary, Head } from '@hanse/model';
import {
  LIVE_ROWS_MAX,
  parseWatchRow,
  reduceLive,
  STALE_AFTER_MS,
  startLive,
  UNREACHABLE_AFTER_MS,
  type Live,
  type LiveEvent,
} from './live.ts';

function block(height: number): BlockSummary {
  return {
    height,
    view: height,
    digest: '00',
    time: 1_000 * height,
    proposer: 0,
    transactions: 0,
    refused: 0,
    sizeBytes: 0,
    executedHeight: height - 1,
  };
}

function head(height: number): Head {
  return {
    chainId: '00',
    network: 'n',
    suite: 'intl',
    height,
    digest: '00',
    time: 1_000 * height,
    executedHeight: height,
    provedHeight: height - 1,
    validators: [],
  };
}

function after(...events: readonly LiveEvent[]): Live {
  return events.reduce(reduceLive, startLive);
}

const rows = (nowMs: number, ...heights: readonly number[]): LiveEvent => ({
  kind: 'rows',
  nowMs,
  rows: heights.map((height) => ({ kind: 'final', ...block(height) })),
});

describe('the live feed', () => {
  it('keeps blocks newest first, each once, and no more than its bound', () => {
    const live = after(
      { kind: 'blocks', blocks: [block(3), block(2), block(1)] },
      rows(1, 3, 4, ...Array.from({ length: 2 * LIVE_ROWS_MAX }, (_, index) => 5 + index)),
    );
    expect(live.blocks).toHaveLength(LIVE_ROWS_MAX);
    expect(live.blocks[0]?.height).toBe(2 * LIVE_ROWS_MAX + 4);
    expect(new Set(live.blocks.map(({ height }) => height)).size).toBe(LIVE_ROWS_MAX);
  });

  it('never lets an overtaken answer take a height back', () => {
    const live = after(rows(1, 9), { kind: 'head', head: head(7), nowMs: 2 });
    expect(live.height).toBe(9);
    expect(live.blockTime).toBe(9_000);
    expect(live.provedHeight).toBe(6);
    const proved = reduceLive(live, {
      kind: 'rows',
      nowMs: 3,
      rows: [{ kind: 'proved', height: 8 }],
    });
    expect(proved.provedHeight).toBe(8);
  });

  it('is stale when nothing is heard, and live again with a sign of life', () => {
    const live = after({ kind: 'opened', nowMs: 0 }, { kind: 'tick', nowMs: STALE_AFTER_MS - 1 });
    expect(live.connection).toBe('live');
    const stale = reduceLive(live, { kind: 'tick', nowMs: STALE_AFTER_MS });
    expect(stale.connection).toBe('stale');
    expect(reduceLive(stale, { kind: 'alive', nowMs: STALE_AFTER_MS + 1 }).connection).toBe('live');
  });

  it('reconnects first and calls a node unreachable only later, from the first loss on', () => {
    const lost = after({ kind: 'opened', nowMs: 0 }, { kind: 'lost', nowMs: 100 });
    expect(lost.connection).toBe('reconnecting');
    const again = reduceLive(lost, { kind: 'lost', nowMs: 5_000 });
    expect(again.lostAtMs).toBe(100);
    const gone = reduceLive(again, { kind: 'tick', nowMs: 100 + UNREACHABLE_AFTER_MS });
    expect(gone.connection).toBe('unreachable');
    expect(reduceLive(gone, { kind: 'lost', nowMs: 20_000 }).connection).toBe('unreachable');
    expect(reduceLive(gone, { kind: 'opened', nowMs: 21_000 })).toMatchObject({
      connection: 'live',
      lostAtMs: undefined,
    });
  });

  it('gives readers the same object when nothing changed', () => {
    const live = after({ kind: 'opened', nowMs: 0 });
    expect(reduceLive(live, { kind: 'tick', nowMs: 1 })).toBe(live);
  });

  it('passes over lines it does not know', () => {
    expect(parseWatchRow('')).toBeUndefined();
    expect(parseWatchRow('{"kind":"later"}')).toBeUndefined();
    expect(parseWatchRow('{"kind":"other","height":1}')).toBeUndefined();
    expect(parseWatchRow('{')).toBeUndefined();
    expect(parseWatchRow('{"kind":"proved","height":4}')).toEqual({ kind: 'proved', height: 4 });
  });
});
