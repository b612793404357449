import { t } from '@hanse/contract';
import { hold, refuse } from '../codes.ts';
import { sizeOf } from '../title/intervals.ts';
import {
  begin,
  close,
  holdDealing,
  intervalOf,
  needPack,
  needRequest,
  open,
  type Begun,
} from './acting.ts';
import { holdSlice, rulesOf } from './book.ts';
import { useInvoice } from './caps.ts';
import { endDeal } from './deal.ts';
import { cycleGuard, depthGuard, partiesGuard, returnGuard, tradeGuard } from './guards.ts';
import { noteTransfer } from './notes.ts';
import { app, tables, type Context, type Pack, type Request } from './tables.ts';

const { pack: packId, from, to } = tables.interval.fields;

/** Guard G5 and its cap: use the invoice of the trade for the units that pay for it. */
function useTrade(ctx: Context, begun: Begun, receiver: string, document: Uint8Array | undefined) {
  if (document === undefined) return refuse('TRADE_MISSING');
  const { pack, whole, part } = begun;
  const trade = useInvoice(ctx, document, sizeOf(part));
  hold(tradeGuard(trade, { holder: whole.holder, receiver, currency: pack.currency }));
  return document;
}

/**
 * The holder passes units on: to pay for a trade with the receiver, or back to the last holder. The receiver signs,
 * in the same transaction or later.
 */
export const transfer = app.command(
  {
    args: {
      pack: packId,
      from,
      to,
      receiver: t.party(),
      purpose: t.oneOf('trade', 'return'),
      document: t.optional(t.hash()),
    },
  },
  (ctx, { pack: id, from, to, receiver, purpose, document }) => {
    const begun = begin(ctx, needPack(ctx, id), 'transfer', { from, to });
    const { pack, whole, part } = begun;
    const isReturn = purpose === 'return';
    hold(partiesGuard(whole.holder, receiver, pack.debtor));
    if (isReturn) {
      hold(returnGuard(whole, receiver));
    } else {
      hold(cycleGuard(whole, receiver));
      hold(depthGuard(whole, rulesOf(ctx)));
    }
    holdSlice(ctx, pack, whole, part);
    holdDealing(ctx, begun);
    const trade = isReturn ? undefined : useTrade(ctx, begun, receiver, document);
    const opened = open(ctx, begun, { signer: receiver, isReturn, document: trade });
    const isSigned = ctx.signers.some(({ organisation }) => organisation === receiver);
    if (isSigned) complete(ctx, opened, needRequest(ctx, id, from), receiver);
  },
);

/** The receiver signs for what somebody passes on to it. */
export const sign = app.command({ args: { pack: packId, from } }, (ctx, { pack: id, from }) => {
  const request = needRequest(ctx, id, from);
  if (request.act !== 'transfer') refuse('ILLEGAL_ACT');
  complete(ctx, needPack(ctx, id), request, ctx.caller.organisation);
});

function complete(ctx: Context, pack: Pack, request: Request, by: string): void {
  const { holder: source, path, deal: id } = intervalOf(ctx, request);
  const { isReturn, signer: target } = request;
  const deal = id === undefined ? undefined : ctx.db.deal.need({ id });
  // Back from the bank that paid for it: that bank has no money in it any more.
  const isUnwound = isReturn && deal?.bank === source;
  const fields = {
    holder: target,
    path: isReturn ? path.slice(0, -1) : [...path, source],
    deal: isUnwound ? undefined : id,
  };
  noteTransfer(ctx, pack, { source, target, isReturn });
  close(ctx, { pack, request, phase: 'sign', by, fields });
  if (isUnwound && deal !== undefined) endDeal(ctx, deal, sizeOf(request));
}
