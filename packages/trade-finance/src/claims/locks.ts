import { role, t } from '@hanse/contract';
import { hold, refuse } from '../codes.ts';
import { fourEyesGuard } from '../foureyes.ts';
import {
  claimGuard,
  endLock,
  financeClaim,
  lockClaim,
  needClaim,
  needLock,
  tagGuard,
  wholeLock,
} from './claim.ts';
import { app, checkedType, tables } from './tables.ts';

const { document, asked } = tables.claim.fields;
const { id: lock, until } = tables.lock.fields;
const proof = t.hash();

/** What a bank gets with its lock. */
export const lockedFields = { lock, until, isSameTrade: t.bool() };

/** The seller asks banks about its whole invoice: only they may lock the claim. */
export const ask = app.command({ args: { document, banks: asked } }, (ctx, { document, banks }) => {
  const claim = needClaim(ctx, document);
  if (ctx.caller.organisation !== claim.seller) refuse('NOT_YOUR_ACT');
  hold(claimGuard(ctx, claim));
  if (claim.isPacked) refuse('CLAIM_IN_PACKS');
  ctx.db.claim.update({ ...claim, asked: banks });
});

/**
 * A bank locks the claim on a whole invoice, with the tags it computed itself from the document. The first lock in
 * the order of blocks wins; it holds for some days.
 */
export const lockWhole = app.command(
  { args: { document, checked: checkedType }, returns: lockedFields, allow: [role('bank')] },
  (ctx, { document, checked }) => {
    const claim = needClaim(ctx, document);
    const bank = ctx.caller.organisation;
    hold(tagGuard(ctx, document, checked));
    hold(claimGuard(ctx, claim));
    if (claim.isPacked) refuse('CLAIM_IN_PACKS');
    if (claim.state === 'FINANCED' || claim.state === 'RELEASED') refuse('DUPLICATE_FINANCED');
    if (wholeLock(ctx, claim) !== undefined) refuse('CLAIM_LOCKED');
    if (!claim.asked.includes(bank)) refuse('NOT_ASKED');
    return lockClaim(ctx, claim, bank);
  },
);

/** A bank that has locked the whole invoice proves that it paid. */
export const finance = app.command(
  { args: { lock, proof }, allow: [role('bank')] },
  (ctx, { lock: id, proof }) => {
    const lock = needLock(ctx, id, ctx.caller.organisation);
    // Guard *G7*, for intervals: the deal in packs goes first.
    if (lock.pack !== undefined) refuse('CLAIM_IN_PACKS');
    financeClaim(ctx, lock, proof);
  },
);

/** A bank gives its lock on a whole invoice up, or says that what it financed has ended. */
export const release = app.command(
  { args: { lock }, allow: [role('bank')] },
  (ctx, { lock: id }) => {
    const lock = ctx.db.lock.get({ id });
    if (lock === undefined || lock.bank !== ctx.caller.organisation || lock.state === 'ended') {
      return refuse('LOCK_UNKNOWN');
    }
    if (lock.pack !== undefined) refuse('CLAIM_IN_PACKS');
    endLock(ctx, lock);
  },
);

/** Set how long locks hold. Two persons of a regulator. */
export const setRules = app.command(
  { args: { lockHours: tables.rules.fields.lockHours }, allow: [role('regulator')] },
  (ctx, { lockHours }) => {
    hold(fourEyesGuard(ctx.signers, ctx.caller.organisation));
    ctx.db.rules.put({ id: 'current', lockHours });
    ctx.emit.RulesSet({ lockHours });
  },
);
