import { role } from '@hanse/contract';
import { hold, refuse } from '../codes.ts';
import { fourEyesGuard } from '../foureyes.ts';
import { tagged, u64 } from '../title/bytes.ts';
import { begin, close, limitGuard, needPack, needRequest, open, perform } from './acting.ts';
import { ended, needRule, partsOf, record, rulesOf, stateOf, needInterval } from './book.ts';
import { nextPack, recheckInvoice, returnInvoice, useInvoice } from './caps.ts';
import { partiesGuard, reviewGuard, tenorGuard } from './guards.ts';
import { noteIssue } from './notes.ts';
import { app, tables, type Pack } from './tables.ts';

const { id: packId, document, units, due, reason, isTransferable } = tables.pack.fields;

/** All units of a pack. */
function allOf({ units }: Pack) {
  return { from: 1, to: units };
}

/** A supplier makes a pack of so many units over its invoice. Its id is known beforehand: see `packIdBytes`. */
export const issue = app.command(
  { args: { document, units, due, reason }, returns: { pack: packId }, allow: [role('supplier')] },
  (ctx, { document, units, due, reason }) => {
    const issued = ctx.today;
    const supplier = ctx.caller.organisation;
    const rules = rulesOf(ctx);
    hold(limitGuard(ctx, units));
    const invoice = useInvoice(ctx, document, units);
    if (invoice.seller !== supplier) refuse('NOT_YOUR_ACT');
    const debtor = invoice.buyer;
    hold(partiesGuard(debtor, supplier, debtor));
    hold(tenorGuard({ invoiced: invoice.issued, issued, due }, reason !== undefined, rules));
    if (units < rules.sliceUnitsMin) refuse('SLICE_TOO_SMALL');
    const id = ctx.hash(packIdBytes(document, nextPack(ctx, document)));
    const pack: Pack = {
      id,
      document,
      currency: invoice.currency,
      units,
      issued,
      due,
      supplier,
      debtor,
      isTransferable: false,
      reason,
      intervals: 1,
      acts: 0,
      open: units,
      paid: 0,
    };
    const [state = refuse('ILLEGAL_ACT')] = needRule('register', undefined).request.to;
    const whole = { pack: id, ...allOf(pack), holder: supplier, path: [], ...partsOf(state) };
    ctx.db.pack.insert(pack);
    ctx.db.interval.insert(whole);
    noteIssue(ctx, pack);
    const done = { act: 'register', phase: 'request', part: allOf(pack), state } as const;
    record(ctx, pack, { ...done, holder: supplier, by: supplier, document });
    return { pack: id };
  },
);

/** What the id of the n-th pack over an invoice is the hash of. */
export function packIdBytes(document: Uint8Array, ordinal: number): Uint8Array {
  return tagged('hanse-pack/1', document, u64(ordinal));
}

/** A bank reviews a pack whose tenor is longer than usual. */
export const review = app.command(
  { args: { pack: packId }, allow: [role('bank')] },
  (ctx, { pack: id }) => {
    const pack = needPack(ctx, id);
    const by = ctx.caller.organisation;
    const whole = needInterval(ctx, id, allOf(pack));
    if (whole.status !== 'ISSUED' || pack.reason === undefined) refuse('ILLEGAL_ACT');
    if (by === pack.supplier || by === pack.debtor) refuse('SELF_DEALING');
    const done = {
      act: 'review',
      phase: 'sign',
      part: allOf(pack),
      state: stateOf(whole),
    } as const;
    record(ctx, { ...pack, reviewer: by }, { ...done, holder: whole.holder, by });
  },
);

/** The supplier asks the debtor to confirm. */
export const requestConfirm = app.command({ args: { pack: packId } }, (ctx, { pack: id }) => {
  const pack = needPack(ctx, id);
  const begun = begin(ctx, pack, 'confirm', allOf(pack));
  hold(reviewGuard(pack, ctx.today));
  open(ctx, begun, { signer: pack.debtor });
});

/**
 * The debtor confirms that it will pay, and whether the title may circulate: a maker and a checker sign one
 * transaction. It cannot be taken back.
 */
export const confirm = app.command(
  { args: { pack: packId, isTransferable }, allow: [role('core-enterprise')] },
  (ctx, { pack: id, isTransferable }) => {
    const pack = { ...needPack(ctx, id), isTransferable };
    const request = needRequest(ctx, id, 1);
    if (request.act !== 'confirm') refuse('ILLEGAL_ACT');
    const by = ctx.caller.organisation;
    if (by !== pack.debtor) refuse('NOT_YOUR_ACT');
    hold(fourEyesGuard(ctx.signers, by));
    hold(reviewGuard(pack, ctx.today));
    recheckInvoice(ctx, pack.document);
    close(ctx, { pack, request, phase: 'sign', by });
  },
);

/** The supplier voids a pack that it has not received yet. */
export const withdraw = app.command({ args: { pack: packId } }, (ctx, { pack: id }) => {
  const pack = needPack(ctx, id);
  const begun = begin(ctx, pack, 'withdraw', allOf(pack));
  perform(ctx, { ...begun, pack: ended(pack, allOf(pack), false) });
  returnInvoice(ctx, pack.document, pack.units);
});

/** The debtor asks the supplier to receive what it confirmed. */
export const requestReceipt = app.command({ args: { pack: packId } }, (ctx, { pack: id }) => {
  const pack = needPack(ctx, id);
  open(ctx, begin(ctx, pack, 'receive', allOf(pack)), { signer: pack.supplier });
});

/** The supplier receives the title, asked or not. From now on it circulates, if the debtor allowed that. */
export const receive = app.command({ args: { pack: packId } }, (ctx, { pack: id }) => {
  const found = needPack(ctx, id);
  const by = ctx.caller.organisation;
  const isAsked = ctx.db.request.has({ pack: id, from: 1 });
  const pack = isAsked
    ? found
    : open(ctx, begin(ctx, found, 'receive', allOf(found)), { signer: found.supplier });
  const request = needRequest(ctx, id, 1);
  if (request.act !== 'receive') refuse('ILLEGAL_ACT');
  const state = pack.isTransferable ? 'RECEIVED/CIRCULATING' : 'RECEIVED/NON_TRANSFERABLE';
  close(ctx, { pack, request, phase: 'sign', by, state });
});
