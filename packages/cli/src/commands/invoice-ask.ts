import { toHex } from '@hanse/kit';
import { askBank, askWhole } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { flagOption, mustArgument, type Input } from '../input.ts';
import { organisationDid } from '../trade/directory.ts';
import { resolveDocument, resolveTitle, withTrade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';
import { signersOf, unitsOf } from './invoice-issue.ts';

/** Ask a bank for money against a part of a title, or against a whole invoice. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const { desk } = trade;
    const text = mustArgument(input, 0, 'title');
    const amount = mustArgument(input, 1, 'amount');
    const name = mustArgument(input, 2, 'bank');
    const bank = organisationDid(context, name);
    if (amount === 'whole') {
      const document = await resolveDocument(trade, text);
      const done = await askWhole(desk, await context.signer(), document, [bank]);
      const id = toHex(document);
      printDone(context, done, {
        json: { document: id },
        next: [`invoice offer ${id} --as ${name}`],
      });
      return;
    }
    const title = await resolveTitle(trade, text);
    const units = unitsOf(amount, title.pack.currency);
    const kind = flagOption(input, 'pledge') ? 'pledge' : 'finance';
    const done = await askBank(desk, await signersOf(context, input), title, { units, bank, kind });
    const deal = toHex(done.deal);
    const next = [`invoice offer ${deal} --fee <amount> --as ${name}`];
    printDone(context, done, { json: { deal, title: toHex(title.pack.id), units, kind }, next });
  });
}
