import type { Context } from '../context.ts';
import { mustArgument, type Input } from '../input.ts';
import { withTrade } from '../trade/invoices.ts';
import { pass, typedShares } from './invoice-transfer.ts';

/** Divide what one holds of a title among several receivers, in one transaction. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    await pass(trade, input, mustArgument(input, 0, 'title'), typedShares(input, 1));
  });
}
