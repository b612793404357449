import { toHex } from '@hanse/kit';
import { confirmTitle } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { isOff, mustArgument, type Input } from '../input.ts';
import { resolveTitle, withTrade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';
import { signersOf } from './invoice-issue.ts';

/** The debtor confirms a title: its maker signs, and its checker with it. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const { pack } = await resolveTitle(trade, mustArgument(input, 0, 'title'));
    const signers = await signersOf(context, input);
    const done = await confirmTitle(trade.desk, signers, pack, !isOff(input, 'transfer'));
    const title = toHex(pack.id);
    const next = [`invoice receive ${title} --as supplier`];
    printDone(context, done, { json: { title }, next });
  });
}
