import { toHex } from '@hanse/kit';
import { capOf, type Rules } from '@hanse/trade-finance';
import type { Trade } from './chain.ts';
import type { Holding } from './holdings.ts';

/** An invoice that an organisation owes, and that a holding can pay for. */
export type Payable = {
  /** Hash of the invoice's file, in hexadecimal. */
  readonly id: string;
  readonly document: Uint8Array;
  readonly seller: string;
  /** Day of the invoice. */
  readonly issued: string;
  readonly currency: string;
  /** Units that it still covers. */
  readonly open: number;
};

/** A part of a holding that pays for an invoice. */
export type Payment = { readonly payable: Payable; readonly from: number; readonly to: number };

const ROLE_PAGE = 100;
const ORGANISATIONS_MAX = 64;

/** Organisations that have a role, as one node lists them. */
export async function organisationsWith(
  { client }: Trade,
  role: string | undefined,
  signal: AbortSignal,
): Promise<readonly { readonly organisation: string; readonly roles: readonly string[] }[]> {
  const { value } = await client.query(
    'roles',
    'list',
    { after: undefined, limit: ROLE_PAGE },
    { signal },
  );
  const rows = value.rows.filter(({ roles }) => role === undefined || roles.includes(role));
  return rows.slice(0, ORGANISATIONS_MAX);
}

/** Invoices that suppliers have written to an organisation and that still cover something, oldest first. */
export async function loadPayables(
  trade: Trade,
  buyer: string,
  signal: AbortSignal,
): Promise<readonly Payable[]> {
  const suppliers = await organisationsWith(trade, 'supplier', signal);
  const lists = await Promise.all(
    suppliers
      .filter(({ organisation }) => organisation !== buyer)
      .map(({ organisation }) => payablesOf(trade, organisation, buyer, signal)),
  );
  return lists.flat().sort((a, b) => (a.issued + a.id < b.issued + b.id ? -1 : 1));
}

async function payablesOf(
  { claims, packs }: Trade,
  seller: string,
  buyer: string,
  signal: AbortSignal,
): Promise<readonly Payable[]> {
  const { value } = await claims.query.bySeller({ seller }, { signal });
  const usable = value.rows.filter(
    (claim) =>
      claim.buyer === buyer &&
      claim.result !== 'invalid' &&
      claim.hold !== 'open' &&
      USABLE.has(claim.state),
  );
  return Promise.all(
    usable.map(async (claim): Promise<Payable> => {
      const { document, issued, currency } = claim;
      const { value: cap } = await packs.query.used({ document }, { signal });
      const open = Math.max(0, capOf(claim) - (cap?.used ?? 0));
      return { id: toHex(document), document, seller, issued, currency, open };
    }),
  );
}

/** States of a claim in which its invoice can be the trade of a transfer. */
const USABLE: ReadonlySet<string> = new Set(['PENDING', 'UNIQUE', 'FINANCED']);

/** Those of them that a holding can pay for: guards G4 and G5, as far as they are known beforehand. */
export function payablesFor(
  holding: Holding,
  payables: readonly Payable[],
  { depthMax, sliceUnitsMin }: Rules,
): readonly Payable[] {
  const { holder, path, debtor, currency, units } = holding;
  if (path.length >= depthMax) return [];
  const least = Math.min(sliceUnitsMin, units);
  return payables.filter(
    ({ seller, open, currency: own }) =>
      own === currency &&
      seller !== debtor &&
      seller !== holder &&
      !path.includes(seller) &&
      open >= least,
  );
}

/** What a payment of so many units cannot be, as a word of the catalogue. */
export type AmountFault = 'none' | 'small' | 'large' | 'invoice' | 'rest';

/** Why an amount cannot be paid out of a holding for an invoice (undefined: to a bank); undefined when it can. */
export function amountFault(
  units: number | undefined,
  holding: Pick<Holding, 'units'>,
  open: number | undefined,
  { sliceUnitsMin }: Pick<Rules, 'sliceUnitsMin'>,
): AmountFault | undefined {
  if (units === undefined || units === 0) return 'none';
  if (units > holding.units) return 'large';
  if (open !== undefined && units > open) return 'invoice';
  const rest = holding.units - units;
  if (rest > 0 && units < sliceUnitsMin) return 'small';
  return rest > 0 && rest < sliceUnitsMin ? 'rest' : undefined;
}

/**
 * Divide a holding over invoices, in their order: each gets what it still covers, until the holding is used up.
 * A part or a rest below the smallest slice is left with the holder.
 */
export function planPayments(
  holding: Holding,
  payables: readonly Payable[],
  { sliceUnitsMin }: Pick<Rules, 'sliceUnitsMin'>,
): readonly Payment[] {
  const payments: Payment[] = [];
  let { from } = holding;
  for (const payable of payables) {
    const left = holding.to - from + 1;
    let units = Math.min(payable.open, left);
    const rest = left - units;
    if (rest > 0 && rest < sliceUnitsMin) units -= sliceUnitsMin - rest;
    const isAll = units === left;
    if (units <= 0 || (units < sliceUnitsMin && !isAll)) continue;
    payments.push({ payable, from, to: from + units - 1 });
    from += units;
    if (from > holding.to) break;
  }
  return payments;
}

/** Units that payments take. */
export function paidUnits(payments: readonly Payment[]): number {
  return payments.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** Units from which on two people must sign to deal with a part. */
export function needsTwo(units: number, { fourEyesUnits }: Pick<Rules, 'fourEyesUnits'>): boolean {
  return units >= fourEyesUnits;
}
