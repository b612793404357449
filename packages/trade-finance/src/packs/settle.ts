import { role, t } from '@hanse/contract';
import { refuse } from '../codes.ts';
import { contains, sizeOf } from '../title/intervals.ts';
import { begin, close, intervalOf, needPack, needRequest, open, perform } from './acting.ts';
import { ended, needInterval } from './book.ts';
import { useProof } from './caps.ts';
import { endDeal } from './deal.ts';
import { app, tables, type Context, type Interval, type Pack } from './tables.ts';

const { pack: packId, from, to } = tables.interval.fields;

/** Guard *due*: nothing matures before its day. */
function matureInterval(ctx: Context, pack: Pack, whole: Interval): Pack {
  if (ctx.today < pack.due) refuse('NOT_DUE');
  return perform(ctx, begin(ctx, pack, 'mature', whole));
}

/** An interval of a pack that is due matures: it changes hands no more and is presented for payment. */
export const mature = app.command({ args: { pack: packId, from } }, (ctx, { pack: id, from }) => {
  matureInterval(ctx, needPack(ctx, id), needInterval(ctx, id, { from, to: from }));
});

/**
 * The holder, or the pledgee, presents an interval for payment and names the bank that will say when the money has
 * come. Also after dishonour.
 */
export const present = app.command(
  { args: { pack: packId, from, collector: t.party() } },
  (ctx, { pack: id, from, collector }) => {
    const found = needPack(ctx, id);
    const due = needInterval(ctx, id, { from, to: from });
    const pack = due.status === 'RECEIVED' ? matureInterval(ctx, found, due) : found;
    // Maturing may have joined it with what was mature beside it.
    const whole = needInterval(ctx, id, { from, to: from });
    open(ctx, begin(ctx, pack, 'present', whole), { signer: collector });
  },
);

/** The bank that was named proves that the money for the first units presented has come: for all, or for a part. */
export const settle = app.command(
  { args: { pack: packId, from, to, proof: t.hash() }, allow: [role('bank')] },
  (ctx, { pack: id, from, to, proof }) => {
    const request = needRequest(ctx, id, from);
    const part = { from, to };
    if (request.act !== 'present') refuse('ILLEGAL_ACT');
    if (!contains(request, part)) refuse('INTERVAL_UNKNOWN');
    const { deal } = intervalOf(ctx, request);
    useProof(ctx, proof, id, part);
    const pack = ended(needPack(ctx, id), part, true);
    const fields = { pledgee: undefined, deal: undefined };
    close(ctx, { pack, request, phase: 'sign', by: ctx.caller.organisation, part, fields, proof });
    if (deal !== undefined) endDeal(ctx, ctx.db.deal.need({ id: deal }), sizeOf(part));
  },
);
