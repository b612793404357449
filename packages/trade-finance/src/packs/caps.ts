import { refuse, hold } from '../codes.ts';
import type { contract as claims } from '../claims.ts';
import type { Invoice } from '../claims/facts.ts';
import type { Range } from '../title/intervals.ts';
import { capGuard, invoiceGuard } from './guards.ts';
import { rulesOf } from './book.ts';
import type { Context, Reader } from './tables.ts';

/** Packs over one invoice. A credit note reaches all of them in one transaction. */
const PACKS_MAX = 16;

/** Use so many units of an invoice: guards G1 and G2. Its claim is financed by intervals only from now on. */
export function useInvoice(ctx: Context, document: Uint8Array, units: number): Invoice {
  const invoice = ctx.call<typeof claims>('claims').pack({ document });
  hold(invoiceGuard(invoice, rulesOf(ctx)));
  const cap = ctx.db.cap.get({ document }) ?? { document, used: 0, packs: 0 };
  const used = cap.used + units;
  hold(capGuard(invoice, used));
  ctx.db.cap.put({ ...cap, used });
  return invoice;
}

/** Give units of an invoice back. */
export function returnInvoice(ctx: Context, document: Uint8Array, units: number): void {
  const cap = ctx.db.cap.get({ document }) ?? refuse('DOCUMENT_UNKNOWN');
  const used = cap.used - units;
  ctx.db.cap.update({ ...cap, used });
  if (used === 0) ctx.call<typeof claims>('claims').unpack({ document });
}

/** Look at an invoice again, before more depends on it: guards G1 and G2 as it is now. */
export function recheckInvoice(ctx: Context, document: Uint8Array): void {
  const invoice = ctx.call<typeof claims>('claims').invoice({ document });
  hold(invoiceGuard(invoice, rulesOf(ctx)));
  hold(capGuard(invoice, usedOf(ctx, document)));
}

/** Units of an invoice that are used. */
export function usedOf(ctx: Reader, document: Uint8Array): number {
  return ctx.db.cap.get({ document })?.used ?? 0;
}

/** The number of a new pack over an invoice, from 1. */
export function nextPack(ctx: Context, document: Uint8Array): number {
  const cap = ctx.db.cap.get({ document }) ?? refuse('DOCUMENT_UNKNOWN');
  if (cap.packs >= PACKS_MAX) refuse('TOO_MANY_PACKS');
  ctx.db.cap.update({ ...cap, packs: cap.packs + 1 });
  return cap.packs + 1;
}

/** Rule *proof*: a payment proof pays for one thing. */
export function useProof(ctx: Context, id: Uint8Array, pack: Uint8Array, part: Range): void {
  if (ctx.db.proof.has({ id })) refuse('PROOF_USED');
  ctx.db.proof.insert({ id, pack, from: part.from, to: part.to });
}
