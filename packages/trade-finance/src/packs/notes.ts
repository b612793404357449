/** What regulators look at, written down when it happens. A hit names the act of the history that it belongs to. */
import { tagged } from '../title/bytes.ts';
import { daysBetween } from '../title/calendar.ts';
import { rulesOf } from './book.ts';
import type { Context, Pack, Reader } from './tables.ts';

const DAY_MS = 86_400_000;

type HitRule = 'CYCLE' | 'LONG_TENOR' | 'SPLIT_STORM' | 'CREDIT_AFTER_FINANCE';

function hit(ctx: Context, rule: HitRule, pack: Pack, party: string): void {
  const { time, height, txid } = ctx;
  const seq = pack.acts;
  // One act can split twice and pass the limit once: the same hit again is no news.
  ctx.db.hit.put({ rule, pack: pack.id, seq, party, time, height, txid });
  ctx.emit.Hit({ rule, pack: pack.id, seq, party });
}

/** Rule hit *long tenor*, and the share of long tenors of an issuer. */
export function noteIssue(ctx: Context, pack: Pack): void {
  const isLong = daysBetween(pack.issued, pack.due) > rulesOf(ctx).tenorDays;
  const organisation = pack.supplier;
  const counts = ctx.db.issuer.get({ organisation }) ?? { organisation, packs: 0, long: 0 };
  ctx.db.issuer.put({
    organisation,
    packs: counts.packs + 1,
    long: counts.long + (isLong ? 1 : 0),
  });
  if (isLong) hit(ctx, 'LONG_TENOR', pack, organisation);
}

/** Rule hit *split storm*: an organisation has cut intervals so many times on one day. */
export function noteSplits(ctx: Context, pack: Pack, organisation: string, splits: number): void {
  if (splits <= 0) return;
  const date = ctx.today;
  const { splits: before } = ctx.db.day.get({ organisation, date }) ?? { splits: 0 };
  const after = before + splits;
  ctx.db.day.put({ organisation, date, splits: after });
  const limit = rulesOf(ctx).stormSplits;
  if (before <= limit && after > limit) hit(ctx, 'SPLIT_STORM', pack, organisation);
}

/**
 * Rule hit *cycle*: title goes from one to another that has passed title, in any pack, to the first before. Within
 * one pack guard G4 refuses it, but for a return, which is noted here.
 */
export function noteTransfer(
  ctx: Context,
  pack: Pack,
  {
    source,
    target,
    isReturn,
  }: { readonly source: string; readonly target: string; readonly isReturn: boolean },
): void {
  const isBack = ctx.db.edge.has({ id: edgeId(ctx, target, source) });
  if (isReturn || isBack) hit(ctx, 'CYCLE', pack, target);
  if (isReturn) return;
  const id = edgeId(ctx, source, target);
  const { transfers } = ctx.db.edge.get({ id }) ?? { transfers: 0 };
  ctx.db.edge.put({ id, source, target, transfers: transfers + 1, time: ctx.time });
}

// A DID has no space in it.
function edgeId(ctx: Reader, source: string, target: string): Uint8Array {
  return ctx.hash(tagged(`hanse-edge/1 ${source} ${target}`));
}

/** Rule hit *credit note after financing*: within so many days of a bank's payment. */
export function noteCredit(ctx: Context, pack: Pack, party: string): void {
  const { financed } = pack;
  if (financed === undefined) return;
  const isEarly = ctx.time - financed <= rulesOf(ctx).earlyCreditDays * DAY_MS;
  if (isEarly) hit(ctx, 'CREDIT_AFTER_FINANCE', pack, party);
}
