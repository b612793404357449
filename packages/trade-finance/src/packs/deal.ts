import { refuse } from '../codes.ts';
import type { contract as claims } from '../claims.ts';
import { DEAL_STEPS, type DealStep } from './acts.ts';
import type { Context, Deal, Reader } from './tables.ts';

/** A deal at a stage that allows a step, taken by the one whose turn it is. */
export function needDeal(ctx: Reader, id: Uint8Array, step: DealStep['step']): Deal {
  const deal = ctx.db.deal.get({ id }) ?? refuse('REQUEST_UNKNOWN');
  const rule = DEAL_STEPS.find((one) => one.step === step) ?? refuse('DEAL_CLOSED');
  if (ctx.caller.organisation !== deal[rule.by]) refuse('NOT_YOUR_ACT');
  return rule.from.includes(deal.stage) ? deal : refuse('DEAL_CLOSED');
}

/** Write a deal that has come to another stage. */
export function advance(ctx: Context, deal: Deal, changes: Partial<Deal>): Deal {
  const next = { ...deal, ...changes };
  ctx.db.deal.update(next);
  if (next.stage !== deal.stage) {
    const { id, pack, stage, bank, holder } = next;
    ctx.emit.Dealt({ deal: id, pack, stage, bank, holder });
  }
  return next;
}

/** So many units of a financed deal are paid, released or returned. The last ones release the claim. */
export function endDeal(ctx: Context, deal: Deal, units: number): void {
  const open = deal.open - units;
  if (open > 0) {
    advance(ctx, deal, { open });
    return;
  }
  advance(ctx, deal, { open, stage: 'closed' });
  endLock(ctx, deal);
}

/** A deal that came to nothing. */
export function dropDeal(ctx: Context, deal: Deal): void {
  advance(ctx, deal, { stage: 'closed' });
  endLock(ctx, deal);
}

function endLock(ctx: Context, { lock }: Deal): void {
  if (lock !== undefined) ctx.call<typeof claims>('claims').endSlice({ lock });
}
