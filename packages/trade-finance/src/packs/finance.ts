import { role, t } from '@hanse/contract';
import { hold, refuse } from '../codes.ts';
import type { contract as claims } from '../claims.ts';
import { lockedFields } from '../claims/locks.ts';
import { checkedType } from '../claims/tables.ts';
import { isEqual, tagged, u64 } from '../title/bytes.ts';
import { sizeOf } from '../title/intervals.ts';
import { HOLDERS_MAX } from '../title/units.ts';
import {
  begin,
  close,
  holdDealing,
  intervalOf,
  needPack,
  needRequest,
  open,
  perform,
} from './acting.ts';
import { holdSlice } from './book.ts';
import { recheckInvoice, useProof } from './caps.ts';
import { advance, endDeal, needDeal } from './deal.ts';
import { cycleGuard, partiesGuard } from './guards.ts';
import { noteTransfer } from './notes.ts';
import { app, tables } from './tables.ts';

const { pack: packId, from, to } = tables.interval.fields;
const { id: dealId, kind } = tables.deal.fields;
const terms = t.hash();
const lock = t.hash();
const proof = t.hash();

/** The holder asks a bank for money against units: for their title, or as a pledge. They wait for the bank. */
export const ask = app.command(
  { args: { pack: packId, from, to, bank: t.party(), kind }, returns: { deal: dealId } },
  (ctx, { pack: id, from, to, bank, kind }) => {
    const begun = begin(ctx, needPack(ctx, id), kind, { from, to });
    const { pack, whole, part } = begun;
    const { holder } = whole;
    hold(partiesGuard(holder, bank, pack.debtor));
    if (kind === 'finance') {
      hold(cycleGuard(whole, bank));
      // Depth limits trades; a bank may still buy at the end of the chain.
      if (whole.path.length >= HOLDERS_MAX) refuse('DEPTH_EXCEEDED');
    } else if (whole.deal !== undefined) {
      refuse('FINANCED_ALREADY');
    }
    holdSlice(ctx, pack, whole, part);
    holdDealing(ctx, begun);
    const deal = ctx.hash(tagged('hanse-deal/1', id, u64(pack.acts)));
    const fresh = { kind, holder, bank, stage: 'asked', open: 0, time: ctx.time } as const;
    ctx.db.deal.insert({ id: deal, pack: id, ...part, ...fresh });
    open(ctx, begun, { signer: bank, deal });
    ctx.emit.Dealt({ deal, pack: id, stage: 'asked', bank, holder });
    return { deal };
  },
);

/**
 * The bank locks the claim, with the tags that it computed itself from the invoice, and commits to its terms. Until
 * they are accepted it may offer better ones.
 */
export const offer = app.command(
  {
    args: { deal: dealId, terms, checked: checkedType },
    returns: lockedFields,
    allow: [role('bank')],
  },
  (ctx, { deal: id, terms, checked }) => {
    const deal = needDeal(ctx, id, 'offer');
    const { bank, pack, from, to } = deal;
    const { document } = needPack(ctx, pack);
    const registry = ctx.call<typeof claims>('claims');
    if (deal.lock !== undefined) registry.endSlice({ lock: deal.lock });
    const locked = registry.lockSlice({ document, bank, checked, pack, from, to });
    recheckInvoice(ctx, document);
    advance(ctx, deal, { stage: 'offered', terms, lock: locked.lock, until: locked.until });
    return locked;
  },
);

/** The holder accepts exactly the terms that were offered. The lock holds from now on. */
export const accept = app.command({ args: { deal: dealId, terms } }, (ctx, { deal: id, terms }) => {
  const deal = needDeal(ctx, id, 'accept');
  const { bank, lock } = deal;
  if (deal.terms === undefined || !isEqual(deal.terms, terms)) refuse('TERMS_CHANGED');
  if (lock === undefined) return refuse('LOCK_MISSING');
  const { until } = ctx.call<typeof claims>('claims').renewSlice({ lock, bank });
  advance(ctx, deal, { stage: 'accepted', until });
});

/** The bank proves that it paid as agreed. It holds the title now, or the pledge. */
export const finance = app.command(
  { args: { deal: dealId, lock, proof }, allow: [role('bank')] },
  (ctx, { deal: id, lock, proof }) => {
    const deal = needDeal(ctx, id, 'finance');
    if (deal.lock === undefined || !isEqual(deal.lock, lock)) refuse('LOCK_MISSING');
    const { bank, kind } = deal;
    useProof(ctx, proof, deal.pack, deal);
    ctx.call<typeof claims>('claims').financeSlice({ lock, bank, proof });
    const request = needRequest(ctx, deal.pack, deal.from);
    const { holder, path, deal: previous } = intervalOf(ctx, request);
    const pack = { ...needPack(ctx, deal.pack), financed: ctx.time };
    const isTitle = kind === 'finance';
    const fields = isTitle
      ? { holder: bank, path: [...path, holder], deal: id }
      : { pledgee: bank, deal: id };
    if (isTitle) noteTransfer(ctx, pack, { source: holder, target: bank, isReturn: false });
    close(ctx, { pack, request, phase: 'sign', by: bank, fields, proof });
    const units = sizeOf(deal);
    advance(ctx, deal, { stage: 'financed', proof, open: units });
    // Sold on by a bank: the one before has its money back.
    if (previous !== undefined) endDeal(ctx, ctx.db.deal.need({ id: previous }), units);
  },
);

/** The pledgee lets units go. */
export const release = app.command(
  { args: { pack: packId, from, to } },
  (ctx, { pack: id, from, to }) => {
    const begun = begin(ctx, needPack(ctx, id), 'release', { from, to });
    const { pack, whole, part } = begun;
    holdSlice(ctx, pack, whole, part);
    perform(ctx, begun, { pledgee: undefined, deal: undefined });
    if (whole.deal !== undefined) {
      endDeal(ctx, ctx.db.deal.need({ id: whole.deal }), sizeOf(part));
    }
  },
);
