import { toHex } from '@hanse/kit';
import { releasePledge, releaseWhole } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { mustArgument, type Input } from '../input.ts';
import { resolveDeal, wholeDocument, withTrade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';

/** The bank lets go what was pledged to it. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const text = mustArgument(input, 0, 'deal');
    const document = await wholeDocument(trade, text);
    if (document !== undefined) {
      const done = await releaseWhole(trade.desk, await context.signer(), document);
      printDone(context, done, { json: { document: toHex(document) } });
      return;
    }
    const deal = await resolveDeal(trade, text, ['financed']);
    const done = await releasePledge(trade.desk, await context.signer(), deal);
    printDone(context, done, { json: { deal: toHex(deal) } });
  });
}
