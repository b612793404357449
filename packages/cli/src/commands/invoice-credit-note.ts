import { HanseError, toHex } from '@hanse/kit';
import { factsOf, recordCreditNote } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { mustArgument, textOption, type Input } from '../input.ts';
import { partyOf } from '../trade/directory.ts';
import { creditedDocument, depositAs, keepFacts } from '../trade/importing.ts';
import { readInvoiceFile, resolveDocument, withTrade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';

/** Deposit a credit note and let the importer record it: the cap shrinks, and holders and banks are told. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const file = await readInvoiceFile(trade, mustArgument(input, 0, 'file'));
    const { invoice: note } = factsOf(file.result, 'credit-note');
    const seller = partyOf(context, input, 'seller', note);
    const named = textOption(input, 'invoice');
    const invoice =
      named === undefined ? creditedDocument(trade, file) : await resolveDocument(trade, named);
    if (invoice === undefined) {
      throw new HanseError('InputNeeded', {
        what: 'the invoice that the credit note is on',
        flag: '--invoice',
      });
    }
    const importer = await context.signer(textOption(input, 'importer') ?? 'importer');
    const deposited = await depositAs(trade, file, context.settings.as.value);
    const { document, root } = deposited;
    keepFacts(trade, input, file, document, 'credit-note');
    const crediting = { document, root, result: file.result, invoice, seller };
    const recorded = await recordCreditNote(trade.desk, importer, crediting);
    const done = { ...recorded, txids: [...deposited.txids, ...recorded.txids] };
    const ids = { document: toHex(document), invoice: toHex(invoice) };
    printDone(context, done, { json: ids, next: [`invoice show ${ids.invoice}`] });
  });
}
