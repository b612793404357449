import { role, t } from '@hanse/contract';
import type { contract as claims } from '../claims.ts';
import { capOf } from '../claims/facts.ts';
import { tables as claimTables, tagFields } from '../claims/tables.ts';
import { stateOf, intervalsOf, record } from './book.ts';
import { usedOf } from './caps.ts';
import { noteCredit } from './notes.ts';
import { app, tables, type Context, type Interval, type Pack } from './tables.ts';

const { root, result, currency } = claimTables.claim.fields;

/** Everybody who has something to lose in these intervals: holders, and banks that paid for them or took a pledge. */
function alertedOf(ctx: Context, intervals: readonly Interval[]): readonly string[] {
  const parties = new Set<string>();
  const deals = new Map<string, Uint8Array>();
  for (const { holder, deal } of intervals) {
    parties.add(holder);
    if (deal !== undefined) deals.set(deal.join(), deal);
  }
  for (const id of deals.values()) parties.add(ctx.db.deal.need({ id }).bank);
  return [...parties];
}

/**
 * Guard *G9 credit note*: whoever holds or financed some of the invoice, and the regulator, is told in the transaction
 * that records the credit note. The debtor stays bound by what it confirmed; what the invoice covers shrinks.
 */
export const creditNote = app.command(
  {
    args: {
      document: t.hash(),
      root,
      /** The current epoch, and the note's exact tag in it. */
      epoch: claimTables.verdict.fields.epoch,
      x: tagFields.x,
      invoice: t.hash(),
      result,
      seller: t.party(),
      currency,
      units: tables.pack.fields.units,
    },
    allow: [role('importer')],
  },
  (ctx, note) => {
    const importer = ctx.caller.organisation;
    const credited = ctx.call<typeof claims>('claims').credit({ ...note, importer });
    const document = credited.invoice;
    const isOverCap = usedOf(ctx, document) > capOf(credited.facts);
    const { rows: packs } = ctx.db.pack.byDocument.list({ document });
    for (const pack of packs) {
      if (pack.open > 0) alert(ctx, pack, { document, note: note.document, isOverCap, importer });
    }
  },
);

type Note = {
  readonly document: Uint8Array;
  readonly note: Uint8Array;
  readonly isOverCap: boolean;
  readonly importer: string;
};

function alert(ctx: Context, pack: Pack, { document, note, isOverCap, importer }: Note): void {
  const intervals = intervalsOf(ctx, pack.id).filter(({ flag }) => flag !== 'ENDED');
  const [first] = intervals;
  if (first === undefined) return;
  ctx.emit.CreditNote({
    pack: pack.id,
    document,
    note,
    isOverCap,
    alerted: alertedOf(ctx, intervals),
  });
  noteCredit(ctx, pack, pack.supplier);
  const part = { from: 1, to: pack.units };
  const done = { act: 'credit', phase: 'request', part, state: stateOf(first) } as const;
  record(ctx, pack, { ...done, holder: first.holder, by: importer, document: note });
}
