import { resolve } from 'node:path';
import { toHex } from '@hanse/kit';
import { acceptTerms, money, nameOf, readDeal, readTerms, readTitle } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { readJsonFile } from '../files.ts';
import { argument, mustArgument, type Input } from '../input.ts';
import { resolveDeal, withTrade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';
import { tradeWords } from '../trade/words.ts';
import { signersOf } from './invoice-issue.ts';

/** The holder opens the terms that the bank handed over, sees the fee, and accepts exactly them. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const { desk, vault } = trade;
    const deal = await resolveDeal(trade, mustArgument(input, 0, 'deal'), ['offered']);
    const path = argument(input, 1);
    const terms =
      path === undefined ? vault.terms(deal) : readTerms(readJsonFile(resolve(context.cwd, path)));
    const { pack, bank } = await readDeal(desk, deal);
    const { currency } = (await readTitle(desk, pack)).pack;
    const done = await acceptTerms(desk, await signersOf(context, input), terms);
    const words = tradeWords(context.out.language);
    const { disbursed, fee, units } = terms;
    printDone(context, done, {
      json: { deal: toHex(deal), units, disbursed, fee },
      rows: [
        [words.disbursed, money(disbursed, currency)],
        [words.fee, money(fee, currency)],
      ],
      next: [`invoice finance ${toHex(deal)} --as ${nameOf(desk, bank)}`],
    });
  });
}
