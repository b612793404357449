import { encode, isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import { HanseError, isHanseError, limits, toHex } from '@hanse/kit';
import { postSchema, type Receipt, type TxProof, type Until } from '@hanse/model';
import { badAnswer, type Connection } from './connection.ts';
import { isCertainlyExpired, provedHeader } from './expiry.ts';
import { judge, type Fate } from './outcome.ts';
import type { Pack, Packed } from './pack.ts';
import { throwIfAborted } from './platform.ts';
import { errorOfProblem } from './problem.ts';
import { backoffMs } from './retry.ts';

/** How a delivery is watched and when it ends. */
export type Delivery = {
  readonly until: Until;
  /** When to stop waiting, in Unix milliseconds, and how long that was from the start. */
  readonly deadlineMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called once when a node has taken the envelope. */
  readonly onTaken: (items: readonly Packed[]) => void;
  readonly onSettled: (item: Packed, settled: Settled) => void;
};

/** The end of a transaction: a receipt (ok or refused), an error, or certain expiry. */
export type Settled =
  | {
      readonly kind: 'executed';
      readonly receipt: Receipt;
      /** What proves the receipt to others; undefined when nobody waited for a proof. */
      readonly proof: TxProof | undefined;
    }
  | { readonly kind: 'failed'; readonly error: HanseError }
  | { readonly kind: 'expired'; readonly error: HanseError };

const WAIT_MS_MAX = 10_000;
const WAIT_SLACK_MS = 5_000;

/** A transaction that is not settled; `saidExpired` when a node called it expired. */
type Open = { readonly item: Packed; readonly saidExpired: boolean };

/**
 * Send an envelope and wait until every transaction in it is settled or time is up. The same bytes
 * are sent again after each wait that left something open: a node may have lost what it took.
 */
export async function deliver(
  connection: Connection,
  pack: Pack,
  delivery: Delivery,
): Promise<void> {
  const { platform } = connection;
  const refusal = await post(connection, pack, delivery);
  if (refusal === undefined) delivery.onTaken(pack.items);
  const saidExpired = refusal?.codeName === 'Expired';
  let open: readonly Open[] = pack.items.map((item) => ({ item, saidExpired }));
  for (let round = 0; ; round++) {
    throwIfAborted(delivery.signal);
    // A refused envelope may have been taken in an earlier life: ask before believing the refusal.
    open =
      refusal === undefined
        ? await waitOnce(connection, open, delivery)
        : await settle(connection, open, delivery, { waitMs: 0 });
    if (open.length > 0 && refusal !== undefined && !saidExpired)
      return fail(open, delivery, () => refusal);
    open = await dropExpired(connection, open, delivery);
    if (open.length === 0) return;
    if (platform.nowMs() >= delivery.deadlineMs)
      return fail(open, delivery, (item) => late(item, delivery));
    await platform.sleep(backoffMs(round, 0.5), delivery.signal);
    // What was taken and is refused now is still in some lane or not: only the outcome tells.
    if (!saidExpired) await post(connection, pack, delivery);
  }
}

function waitFor({ platform }: Connection, { deadlineMs }: Delivery): number {
  return Math.max(0, Math.min(WAIT_MS_MAX, limits.apiWaitMsMax, deadlineMs - platform.nowMs()));
}

/** Post an envelope until a node takes it; the error when one refuses it for good. */
async function post(
  connection: Connection,
  pack: Pack,
  { deadlineMs, signal }: Delivery,
): Promise<HanseError | undefined> {
  const { transport, platform } = connection;
  const body = encode(postSchema, { envelopes: [pack.envelope] });
  for (let attempt = 0; ; attempt++) {
    const { value } = await transport.request({
      method: 'POST',
      path: '/v1/envelopes',
      body,
      deadlineMs,
      signal,
    });
    const results = isJsonObject(value) ? value['results'] : undefined;
    const result = results !== undefined && isJsonArray(results) ? results[0] : undefined;
    if (!isJsonObject(result)) throw badAnswer('a post without results');
    if (result['status'] === 'taken') return undefined;
    const error = errorOfProblem(result['problem']);
    if (error === undefined) throw badAnswer('a refusal without its problem');
    if (error.retry === 'never' || platform.nowMs() >= deadlineMs) return error;
    throwIfAborted(signal);
    const floorMs = Number(error.params['afterMs'] ?? 0) || 0;
    await platform.sleep(backoffMs(attempt, 0.5, floorMs), signal);
  }
}

/**
 * Wait at one node. When it goes away it takes what it had not ordered yet along, so the next thing
 * to do is to send again, not to wait at another node.
 */
async function waitOnce(
  connection: Connection,
  open: readonly Open[],
  delivery: Delivery,
): Promise<readonly Open[]> {
  const waitMs = waitFor(connection, delivery);
  try {
    return await settle(connection, open, delivery, { waitMs, attemptsMax: 1 });
  } catch (error) {
    if (isHanseError(error) && error.codeName === 'NodeUnreachable') return open;
    throw error;
  }
}

/** Ask about open transactions, report what is settled, return what is not. */
async function settle(
  connection: Connection,
  open: readonly Open[],
  delivery: Delivery,
  { waitMs, ...attempts }: { readonly waitMs: number; readonly attemptsMax?: number },
): Promise<readonly Open[]> {
  const { until, signal, deadlineMs } = delivery;
  const nowMs = connection.platform.nowMs();
  const { value } = await connection.transport.request({
    method: 'POST',
    path: '/v1/tx/wait',
    body: {
      txids: open.map(({ item }) => toHex(item.tx.digest)),
      until,
      waitMs,
      proof: until === 'proved',
    },
    deadlineMs: Math.max(deadlineMs, nowMs + waitMs) + WAIT_SLACK_MS,
    attemptMs: waitMs + WAIT_SLACK_MS,
    signal,
    ...attempts,
  });
  const outcomes = isJsonObject(value) ? value['outcomes'] : undefined;
  if (outcomes === undefined || !isJsonArray(outcomes) || outcomes.length !== open.length) {
    throw badAnswer('not one outcome for each transaction');
  }
  const left: Open[] = [];
  for (const [index, { item, saidExpired }] of open.entries()) {
    const fate = await judged(connection, item, until, outcomes[index]);
    if (fate.kind === 'open') left.push({ item, saidExpired });
    else if (fate.kind === 'expired') left.push({ item, saidExpired: true });
    else delivery.onSettled(item, fate);
    if (fate.kind === 'executed') noteHeight(connection, fate.receipt.height);
  }
  return left;
}

/** A proof that does not hold fails its transaction only, with the error that says why. */
async function judged(
  connection: Connection,
  item: Packed,
  until: Until,
  outcome: Json | undefined,
): Promise<Fate> {
  try {
    return await judge(connection, item.tx, until, outcome);
  } catch (error) {
    if (isHanseError(error)) return { kind: 'failed', error };
    throw error;
  }
}

function noteHeight({ seen }: Connection, height: number): void {
  seen.height = Math.max(seen.height, height);
}

/** Take out what can never be executed any more. */
async function dropExpired(
  connection: Connection,
  open: readonly Open[],
  delivery: Delivery,
): Promise<readonly Open[]> {
  const now = connection.platform.nowMs();
  const isLate = ({ item, saidExpired }: Open): boolean =>
    saidExpired || now > item.tx.value.validUntil;
  if (!open.some(isLate)) return open;
  const header = await provedHeader(connection);
  const left: Open[] = [];
  for (const one of open) {
    const { validUntil } = one.item.tx.value;
    if (isLate(one) && (await isCertainlyExpired(connection, header, one.item.tx))) {
      const error = new HanseError('Expired', { validUntil, now: header.time });
      delivery.onSettled(one.item, { kind: 'expired', error });
    } else {
      left.push(one);
    }
  }
  return left;
}

function fail(
  open: readonly Open[],
  delivery: Delivery,
  errorOf: (item: Packed) => HanseError,
): void {
  for (const { item } of open) delivery.onSettled(item, { kind: 'failed', error: errorOf(item) });
}

function late(item: Packed, { until, timeoutMs }: Delivery): HanseError {
  return new HanseError('NotFinalInTime', {
    txid: toHex(item.tx.digest),
    until,
    waitMs: timeoutMs,
  });
}
