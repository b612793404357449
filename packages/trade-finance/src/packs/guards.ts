/**
 * The guards of receivables, each in one place and by its name. A guard is pure: it gets what it judges by and
 * gives the reason to refuse, or nothing. G6 is in `foureyes.ts`, because claims need it as well; the order of G7 is
 * data, `DEAL_STEPS`.
 */
import type { Reason } from '../codes.ts';
import { capOf, type Invoice } from '../claims/facts.ts';
import { daysBetween } from '../title/calendar.ts';
import { sizeOf, type Range } from '../title/intervals.ts';
import type { Rules } from './rules.ts';
import type { Interval, Pack } from './tables.ts';

/**
 * Guard *G1 cap*: all units used of an invoice, by packs over it and by transfers that it is the trade of, are
 * covered by it: payable less deductions and credit notes, and no more than the goods received.
 */
export function capGuard(invoice: Invoice, usedUnits: number): Reason | undefined {
  return usedUnits > capOf(invoice) ? 'CAP_EXCEEDED' : undefined;
}

/**
 * Guard *G2 sound invoice*: valid, positive, no credit note, not credited as a whole. That it is no duplicate and
 * not under review is the claim's own business.
 */
export function invoiceGuard(invoice: Invoice, { allowsUnchecked }: Rules): Reason | undefined {
  if (invoice.result === 'invalid') return 'DOCUMENT_INVALID';
  if (invoice.result === 'unchecked' && !allowsUnchecked) return 'DOCUMENT_UNCHECKED';
  if (invoice.payable === 0) return 'DOCUMENT_NOT_PAYABLE';
  return invoice.credited >= invoice.payable ? 'DOCUMENT_CREDITED' : undefined;
}

/** Guard *G3 tenor*: due after the invoice and in the future; long tenors need a reason, and none is endless. */
export function tenorGuard(
  days: { readonly invoiced: string; readonly issued: string; readonly due: string },
  hasReason: boolean,
  { tenorDays, tenorDaysMax }: Rules,
): Reason | undefined {
  const { invoiced, issued, due } = days;
  if (due < invoiced || due <= issued) return 'DUE_BEFORE_ISSUE';
  const tenor = daysBetween(issued, due);
  if (tenor > tenorDaysMax) return 'TENOR_TOO_LONG';
  return tenor > tenorDays && !hasReason ? 'TENOR_NEEDS_REVIEW' : undefined;
}

/** Guard *G3 review*: no debtor is asked to confirm a long tenor before a bank has reviewed it. */
export function reviewGuard({ reason, reviewer, due }: Pack, today: string): Reason | undefined {
  if (due <= today) return 'DUE_BEFORE_ISSUE';
  return reason !== undefined && reviewer === undefined ? 'TENOR_NEEDS_REVIEW' : undefined;
}

/** Guard *G4 parties*: nobody deals with itself, and the debtor never holds its own debt. */
export function partiesGuard(giver: string, receiver: string, debtor: string): Reason | undefined {
  return giver === receiver || receiver === debtor ? 'SELF_DEALING' : undefined;
}

/** Guard *G4 cycle*: units never come back to who held them before. */
export function cycleGuard({ holder, path }: Interval, receiver: string): Reason | undefined {
  return holder === receiver || path.includes(receiver) ? 'CYCLE' : undefined;
}

/** Guard *G4 return*: but for going back to the last holder. */
export function returnGuard({ path }: Interval, receiver: string): Reason | undefined {
  return path.at(-1) === receiver ? undefined : 'CYCLE';
}

/** Guard *G4 depth*: units change hands so often, and no more. */
export function depthGuard({ path }: Interval, { depthMax }: Rules): Reason | undefined {
  return path.length >= depthMax ? 'DEPTH_EXCEEDED' : undefined;
}

/** Guard *G4 slice*: neither the part nor what is left on its sides is smaller than the smallest slice. */
export function sliceGuard(
  whole: Range,
  part: Range,
  { sliceUnitsMin }: Rules,
): Reason | undefined {
  // An interval that is too small already, because the rule has changed since, may be dealt with as a whole.
  const sizes = [part.from - whole.from, sizeOf(part), whole.to - part.to];
  const isWhole = sizeOf(part) === sizeOf(whole);
  return !isWhole && sizes.some((size) => size > 0 && size < sliceUnitsMin)
    ? 'SLICE_TOO_SMALL'
    : undefined;
}

/** Guard *G4 splits*: a pack has so many intervals, and no more. */
export function splitsGuard(intervals: number, { splitsMax }: Rules): Reason | undefined {
  return intervals > splitsMax + 1 ? 'SPLITS_EXCEEDED' : undefined;
}

/** Guard *G5 trade*: a transfer pays for a trade between the two: the receiver's own invoice to the holder. */
export function tradeGuard(
  trade: Invoice,
  between: { readonly holder: string; readonly receiver: string; readonly currency: string },
): Reason | undefined {
  const { holder, receiver, currency } = between;
  const fits = trade.seller === receiver && trade.buyer === holder && trade.currency === currency;
  return fits ? undefined : 'TRADE_PARTIES';
}

/** Guard *grace*: so many days after the due date. */
export function graceGuard(daysAfterDue: number, { graceDays }: Rules): Reason | undefined {
  return daysAfterDue < graceDays ? 'NOT_DUE' : undefined;
}
