/** What only the contract `packs` may ask of claims, in the same transaction. */
import { t } from '@hanse/contract';
import { hold, refuse } from '../codes.ts';
import {
  claimGuard,
  endLock,
  financeClaim,
  lockClaim,
  lockUntil,
  needClaim,
  needLock,
  tagGuard,
  wholeLock,
} from './claim.ts';
import { currentGuard } from './epochs.ts';
import { invoiceFields, type Invoice } from './facts.ts';
import { lockedFields } from './locks.ts';
import { depositGuard } from './record.ts';
import { app, checkedType, tables, tagFields, type Claim, type Context } from './tables.ts';
import { originalOf, verdictsOf } from './verdicts.ts';

const { document, root, currency, result } = tables.claim.fields;
const { id: lock, bank, until } = tables.lock.fields;
const { epoch } = tables.verdict.fields;
const unit = t.int(1, 999_999_999_999);
const proof = t.hash();

/** Rule *packs alone*: intervals are the business of packs, which sees to it that they do not overlap. */
function onlyPacks({ via }: Context): void {
  if (via !== 'packs') refuse('NOT_FROM_PACKS');
}

function invoiceOf(claim: Claim): Invoice {
  const { seller, buyer, currency, issued, payable, deductions, received, result, credited } =
    claim;
  return { seller, buyer, currency, issued, payable, deductions, received, result, credited };
}

/** Facts of an invoice. */
export const invoice = app.query({ args: { document }, returns: invoiceFields }, (ctx, a) =>
  invoiceOf(needClaim(ctx, a.document)),
);

/** Let title packs hold the claim: from now on it is financed by intervals only. */
export const pack = app.internal({ args: { document }, returns: invoiceFields }, (ctx, a) => {
  onlyPacks(ctx);
  const claim = needClaim(ctx, a.document);
  hold(claimGuard(ctx, claim));
  if (!claim.isPacked) {
    const whole = wholeLock(ctx, claim);
    if (claim.state === 'RELEASED' || whole?.state === 'financed') refuse('DUPLICATE_FINANCED');
    if (whole !== undefined) refuse('CLAIM_LOCKED');
    ctx.db.claim.update({ ...claim, isPacked: true });
  }
  return invoiceOf(claim);
});

/** No title pack holds the claim any more. */
export const unpack = app.internal({ args: { document } }, (ctx, a) => {
  onlyPacks(ctx);
  const claim = needClaim(ctx, a.document);
  ctx.db.claim.update({ ...claim, isPacked: false });
});

/** Lock the claim for a bank and an interval. */
export const lockSlice = app.internal(
  {
    args: { document, bank, checked: checkedType, pack: t.hash(), from: unit, to: unit },
    returns: lockedFields,
  },
  (ctx, { document, bank, pack, from, to, checked }) => {
    onlyPacks(ctx);
    const claim = needClaim(ctx, document);
    hold(tagGuard(ctx, document, checked));
    hold(claimGuard(ctx, claim));
    return lockClaim(ctx, claim, bank, { pack, from, to });
  },
);

/** Let a live lock hold from now on for as long as a new one. */
export const renewSlice = app.internal(
  { args: { lock, bank }, returns: { until } },
  (ctx, { lock: id, bank }) => {
    onlyPacks(ctx);
    const until = lockUntil(ctx);
    ctx.db.lock.update({ ...needLock(ctx, id, bank), until });
    return { until };
  },
);

/** Note that a bank has paid for its interval. */
export const financeSlice = app.internal({ args: { lock, bank, proof } }, (ctx, a) => {
  onlyPacks(ctx);
  financeClaim(ctx, needLock(ctx, a.lock, a.bank), a.proof);
});

/** End the lock of an interval, used or not. */
export const endSlice = app.internal({ args: { lock } }, (ctx, a) => {
  onlyPacks(ctx);
  const lock = ctx.db.lock.get({ id: a.lock });
  if (lock === undefined || lock.state === 'ended') return refuse('LOCK_UNKNOWN');
  endLock(ctx, lock);
});

/**
 * Take a credit note off an invoice. It comes by way of packs, which alerts whoever holds or financed some of the
 * invoice in the same transaction.
 */
export const credit = app.internal(
  {
    args: {
      document,
      root,
      epoch,
      x: tagFields.x,
      invoice: t.hash(),
      result,
      seller: t.party(),
      currency,
      units: unit,
      importer: t.party(),
    },
    returns: { invoice: t.hash(), facts: t.struct(invoiceFields) },
  },
  (ctx, note) => {
    onlyPacks(ctx);
    const { document, epoch, x, units, importer } = note;
    hold(depositGuard(ctx, document, note.root));
    hold(currentGuard(ctx, epoch));
    if (note.result === 'invalid') refuse('DOCUMENT_INVALID');
    if (ctx.db.credit.has({ document }) || ctx.db.claim.has({ document })) refuse('VERDICT_EXISTS');
    if (ctx.db.credit.byExact.get({ x }) !== undefined) refuse('DUPLICATE_REGISTERED');
    const named = ctx.db.claim.get({ document: note.invoice }) ?? refuse('INVOICE_UNKNOWN');
    // A note on a duplicate is a note on the invoice that both are.
    const original = originalOf(ctx, verdictsOf(ctx, named.document));
    const claim = original === undefined ? named : needClaim(ctx, original);
    if (note.seller !== claim.seller || note.currency !== claim.currency) refuse('CREDIT_MISMATCH');
    const credited = claim.credited + units;
    const { document: invoice } = claim;
    ctx.db.credit.insert({ document, invoice, epoch, x, units, importer, time: ctx.time });
    ctx.db.claim.update({ ...claim, credited });
    ctx.emit.Credited({ document: invoice, note: document, units });
    return { invoice, facts: invoiceOf({ ...claim, credited }) };
  },
);
