import { hold, refuse } from '../codes.ts';
import { daysBetween } from '../title/calendar.ts';
import { sizeOf } from '../title/intervals.ts';
import { close, needPack, needRequest } from './acting.ts';
import { rulesOf } from './book.ts';
import { returnInvoice } from './caps.ts';
import { dropDeal } from './deal.ts';
import { graceGuard } from './guards.ts';
import { app, tables, type Context, type Pack, type Request } from './tables.ts';

const { pack: packId, from } = tables.interval.fields;

/** What an act has taken when it was asked for is given back. */
function giveBack(ctx: Context, request: Request): void {
  if (request.act === 'transfer' && request.document !== undefined) {
    returnInvoice(ctx, request.document, sizeOf(request));
  }
  if (request.deal !== undefined) dropDeal(ctx, ctx.db.deal.need({ id: request.deal }));
}

/** Guard *grace*: who waits for its money says that it was not paid only some days after the due date. */
function holdGrace(ctx: Context, { due, debtor }: Pack, { signer }: Request): void {
  const own = ctx.caller.organisation;
  const isWaiting = own !== debtor && own !== signer;
  if (isWaiting) hold(graceGuard(daysBetween(due, ctx.today), rulesOf(ctx)));
}

/**
 * Refuse what one is asked to sign. Refused payment is dishonour; the beneficiary says so itself when nobody else
 * does.
 */
export const refuseRequest = app.command(
  { args: { pack: packId, from } },
  (ctx, { pack: id, from }) => {
    const pack = needPack(ctx, id);
    const request = needRequest(ctx, id, from);
    close(ctx, { pack, request, phase: 'refuse', by: ctx.caller.organisation });
    if (request.act === 'present') holdGrace(ctx, pack, request);
    giveBack(ctx, request);
  },
);

/** Take back what one has asked for. An accepted offer binds until its lock expires. */
export const recall = app.command({ args: { pack: packId, from } }, (ctx, { pack: id, from }) => {
  const pack = needPack(ctx, id);
  const request = needRequest(ctx, id, from);
  const deal = request.deal === undefined ? undefined : ctx.db.deal.get({ id: request.deal });
  const isBound = deal?.stage === 'accepted' && (deal.until ?? 0) > ctx.time;
  if (isBound) refuse('DEAL_CLOSED');
  close(ctx, { pack, request, phase: 'recall', by: ctx.caller.organisation });
  giveBack(ctx, request);
});
