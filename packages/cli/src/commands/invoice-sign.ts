import { toHex } from '@hanse/kit';
import { signFor } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { mustArgument, type Input } from '../input.ts';
import { resolveTitle, withTrade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';

/** Sign for the parts of a title that somebody passes on to one's organisation. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const { pack } = await resolveTitle(trade, mustArgument(input, 0, 'title'));
    const done = await signFor(trade.desk, await context.signer(), pack.id);
    const title = toHex(pack.id);
    printDone(context, done, { json: { title }, next: [`invoice show ${title}`] });
  });
}
