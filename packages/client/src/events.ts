import { isJsonObject, type Json } from '@hanse/codec';
import { fromBase64Url, HanseError, isHanseError } from '@hanse/kit';
import { parseCursor, type EventCursor, type WatchRow } from '@hanse/model';
import type { Connection } from './connection.ts';
import { throwIfAborted } from './platform.ts';
import { backoffMs } from './retry.ts';

/** An event as one node reports it. `cursor` resumes after it. */
export type ChainEvent = {
  readonly cursor: string;
  readonly height: number;
  readonly txid: string;
  readonly contract: string;
  readonly name: string;
  readonly data: Json;
  /** Canonical bytes by the schema of the event. */
  readonly dataBytes: Uint8Array;
};

/** Which events, from where. */
export type EventOptions = {
  /** Cursor of the last event that was dealt with; from the first event when absent. */
  readonly from?: string;
  readonly contract?: string;
  readonly name?: string;
  /** Go on with new events instead of ending at the newest. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
};

/**
 * Events in order, each once, over lost connections and other nodes. Throws ProofMismatch when a
 * node leaves a gap or goes back, so that nothing is skipped in silence.
 */
export async function* readEvents(
  connection: Connection,
  options: EventOptions,
): AsyncGenerator<ChainEvent> {
  const { signal, follow, contract, name } = options;
  const kind = contract === undefined && name === undefined ? 'every' : 'some';
  let from = options.from;
  for (let failures = 0; ;) {
    try {
      for await (const line of connection.transport.lines(pathOf(options, from), signal)) {
        failures = 0;
        const row = rowOf(line);
        checkOrder(from, row.cursor, 'txid' in row ? kind : 'life');
        from = row.cursor;
        if ('txid' in row) yield row;
      }
      if (follow !== true) return;
    } catch (error) {
      throwIfAborted(signal);
      if (isHanseError(error) && error.retry === 'never') throw error;
      if (follow !== true && failures >= connection.transport.urls.length) throw error;
      failures += 1;
    }
    throwIfAborted(signal);
    await connection.platform.sleep(backoffMs(failures, 0.5), signal);
  }
}

/** Blocks as they become final and proved, from now on; starts again after a lost connection. */
export async function* watchBlocks(
  connection: Connection,
  options: { readonly txids?: boolean; readonly signal?: AbortSignal },
): AsyncGenerator<WatchRow> {
  const { signal, txids } = options;
  for (let failures = 0; ; failures++) {
    try {
      const path = `/v1/watch?txids=${txids === true ? 1 : 0}`;
      for await (const line of connection.transport.lines(path, signal)) {
        failures = 0;
        // One node's word; drawn, never relied on.
        yield JSON.parse(line) as WatchRow;
      }
    } catch (error) {
      throwIfAborted(signal);
      if (isHanseError(error) && error.retry === 'never') throw error;
    }
    throwIfAborted(signal);
    await connection.platform.sleep(backoffMs(failures, 0.5), signal);
  }
}

function pathOf({ contract, name, follow }: EventOptions, from: string | undefined): string {
  const query = new URLSearchParams();
  if (from !== undefined) query.set('from', from);
  if (contract !== undefined) query.set('contract', contract);
  if (name !== undefined) query.set('name', name);
  if (follow === true) query.set('follow', '1');
  return `/v1/events?${query.toString()}`;
}

function rowOf(line: string): ChainEvent | { readonly cursor: string } {
  const row = JSON.parse(line) as Json;
  if (!isJsonObject(row)) throw badRow('is no object');
  const { cursor, height, txid, contract, name, data, dataBytes } = row;
  if (typeof cursor !== 'string') throw badRow('has no cursor');
  if (txid === undefined) return { cursor };
  const bytes = typeof dataBytes === 'string' ? fromBase64Url(dataBytes) : undefined;
  const isWhole =
    typeof height === 'number' &&
    typeof txid === 'string' &&
    typeof contract === 'string' &&
    typeof name === 'string';
  if (!isWhole || bytes === undefined || data === undefined) throw badRow('lacks a part');
  return { cursor, height, txid, contract, name, data, dataBytes: bytes };
}

function badRow(reason: string): HanseError {
  return new HanseError('Malformed', { object: 'event row', reason });
}

/** What a row is: every event, some of them (filtered), or a sign of life without one. */
type RowKind = 'every' | 'some' | 'life';

/** Rows go forward; without a filter the events of a block follow each other without a gap. */
export function checkOrder(before: string | undefined, after: string, kind: RowKind): void {
  const next = parseCursor(after);
  if (next === undefined) throw badRow('has an unreadable cursor');
  const last = before === undefined ? undefined : parseCursor(before);
  if (last !== undefined && !isForward(last, next, kind)) throw gap();
  if (kind !== 'every') return;
  if (next.index !== (last?.height === next.height ? last.index + 1 : 0)) throw gap();
}

function isForward(last: EventCursor, next: EventCursor, kind: RowKind): boolean {
  if (next.height !== last.height) return next.height > last.height;
  // A sign of life repeats where the stream is.
  return kind === 'life' ? next.index >= last.index : next.index > last.index;
}

function gap(): HanseError {
  return new HanseError('ProofMismatch', { object: 'event stream', root: 'order of its cursors' });
}
