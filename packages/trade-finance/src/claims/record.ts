import { role, t } from '@hanse/contract';
import { hold, refuse, type Reason } from '../codes.ts';
import { fourEyesGuard } from '../foureyes.ts';
import { isEqual } from '../title/bytes.ts';
import { duplicateState, holdOf, move, needClaim, recordHit, wholeLock } from './claim.ts';
import { factFields } from './facts.ts';
import {
  app,
  reviewReason,
  TAG_EPOCH,
  tables,
  tagFields,
  type Claim,
  type Context,
  type Reader,
} from './tables.ts';

const { document, root, epoch, ruleSet, result, state, hold: holdType } = tables.claim.fields;

/** Rule *deposited*: the verdict is on a deposit that has this fields root, and is the newest of its kind. */
export function depositGuard(ctx: Reader, id: Uint8Array, root: Uint8Array): Reason | undefined {
  const deposit = ctx.deposit(id);
  if (deposit === undefined) return 'DOCUMENT_UNKNOWN';
  if (!isEqual(deposit.fieldsRoot, root)) return 'ROOT_MISMATCH';
  return deposit.supersededBy === undefined ? undefined : 'DOCUMENT_SUPERSEDED';
}

/**
 * An importer's verdict on an invoice: its signature covers root and tags together. The first document with an
 * exact tag has the claim; others with it are recorded as its duplicates, and nothing can be done with them.
 */
export const recordVerdict = app.command(
  {
    args: { document, root, epoch, ...tagFields, ruleSet, result, ...factFields },
    returns: { state, hold: holdType },
    allow: [role('importer')],
  },
  (ctx, verdict) => {
    const { document, x } = verdict;
    hold(depositGuard(ctx, document, verdict.root));
    if (ctx.db.claim.has({ document })) refuse('VERDICT_EXISTS');
    if (ctx.db.credit.has({ document })) refuse('DOCUMENT_NOT_INVOICE');
    if (verdict.epoch !== TAG_EPOCH) refuse('EPOCH_CLOSED');
    const original = ctx.db.exact.get({ x })?.document;
    const duplicate = duplicateState(ctx, x);
    const isInvalid = verdict.result === 'invalid';
    const state = isInvalid ? 'CANCELLED' : (duplicate ?? 'PENDING');
    const hold_ = state === 'PENDING' ? holdOf(ctx, verdict) : 'none';
    const importer = ctx.caller.organisation;
    const { time, height } = ctx;
    const fresh = { credited: 0, asked: [], isPacked: false, locks: 0, financed: 0, time, height };
    ctx.db.claim.insert({
      ...verdict,
      ...fresh,
      importer,
      state,
      hold: hold_,
      original: isInvalid ? undefined : original,
    });
    if (state === 'PENDING') ctx.db.exact.insert({ x, document });
    else if (!isInvalid) recordHit(ctx, document, 'DUPLICATE', verdict.seller);
    if (!isInvalid) list(ctx, verdict);
    ctx.emit.Recorded({ document, state, hold: hold_ });
    return { state, hold: hold_ };
  },
);

function list(ctx: Context, { document, n, t }: Pick<Claim, 'document' | 'n' | 't'>): void {
  // A list may hold a tag twice.
  for (const tag of n) ctx.db.number.put({ tag, document });
  for (const tag of t) ctx.db.trade.put({ tag, document });
}

/** Look at a duplicate again: when the claim of its original was cancelled, it gets the exact tag itself. */
export const recheck = app.command(
  { args: { document }, returns: { state, hold: holdType } },
  (ctx, { document }) => {
    const claim = needClaim(ctx, document);
    const state = duplicateState(ctx, claim.x) ?? 'PENDING';
    const hold = state === 'PENDING' ? holdOf(ctx, claim) : 'none';
    const original = state === 'PENDING' ? undefined : ctx.db.exact.get({ x: claim.x })?.document;
    move(ctx, claim, 'recheck', state, { hold, original });
    if (state === 'PENDING') ctx.db.exact.insert({ x: claim.x, document });
    ctx.emit.Recorded({ document, state, hold });
    return { state, hold };
  },
);

/** The seller gives its claim up, before any money came of it. The exact tag is free again. */
export const cancel = app.command({ args: { document } }, (ctx, { document }) => {
  const claim = needClaim(ctx, document);
  if (ctx.caller.organisation !== claim.seller) refuse('NOT_YOUR_ACT');
  if (claim.isPacked) refuse('CLAIM_IN_PACKS');
  if (wholeLock(ctx, claim) !== undefined) refuse('CLAIM_LOCKED');
  move(ctx, claim, 'cancel', 'CANCELLED', { lock: undefined });
  ctx.db.exact.remove({ x: claim.x });
  ctx.emit.Cancelled({ document });
});

/** Two persons of the registry judge a claim whose number another live claim has. */
export const review = app.command(
  {
    args: { document, decision: t.oneOf('released', 'refused'), reason: reviewReason },
    allow: [role('registry')],
  },
  (ctx, { document, decision, reason }) => {
    const claim = needClaim(ctx, document);
    const by = ctx.caller.organisation;
    hold(fourEyesGuard(ctx.signers, by));
    if (claim.hold !== 'open') refuse('CLAIM_CLOSED');
    if (decision === 'released') {
      ctx.db.claim.update({ ...claim, hold: decision });
    } else {
      move(ctx, claim, 'cancel', 'CANCELLED', { hold: decision });
      ctx.db.exact.remove({ x: claim.x });
    }
    recordHit(ctx, document, 'REVIEWED', by);
    ctx.emit.Reviewed({ document, hold: decision, reason, by });
  },
);
