import { toHex } from '@hanse/kit';
import { passOn, type Share } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { argumentList, mustArgument, usage, type Input } from '../input.ts';
import { mustOption, organisationDid } from '../trade/directory.ts';
import { resolveDocument, resolveTitle, withTrade, type Trade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';
import { signersOf, unitsOf } from './invoice-issue.ts';

/** Pass a part of a title on to one receiver, to pay for its invoice. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const title = mustArgument(input, 0, 'title');
    const amount = mustArgument(input, 1, 'amount');
    const receiver = mustArgument(input, 2, 'receiver');
    await pass(trade, input, title, [{ amount, receiver, trade: mustOption(input, 'trade') }]);
  });
}

/** A share as it is typed. */
export type TypedShare = {
  readonly amount: string;
  readonly receiver: string;
  readonly trade: string;
};

/** Pass shares on in one transaction, and say what comes next. */
export async function pass(
  trade: Trade,
  input: Input,
  text: string,
  typed: readonly TypedShare[],
): Promise<void> {
  const { context, desk } = trade;
  const title = await resolveTitle(trade, text);
  const { currency } = title.pack;
  const shares = await Promise.all(
    typed.map(async (one): Promise<Share> => ({
      units: unitsOf(one.amount, currency),
      receiver: organisationDid(context, one.receiver),
      trade: await resolveDocument(trade, one.trade),
    })),
  );
  const done = await passOn(desk, await signersOf(context, input), title, shares);
  const id = toHex(title.pack.id);
  const parts = done.parts.map(({ from, to, units, receiver }) => ({ from, to, units, receiver }));
  const receivers = [...new Set(typed.map(({ receiver }) => receiver))];
  const next = receivers.map((name) => `invoice sign ${id} --as ${name}`);
  printDone(context, done, { json: { title: id, parts }, next });
}

/** Shares in arguments such as `102081.60:supplier2:KS-88213`. Throws UsageError. */
export function typedShares(input: Input, index: number): readonly TypedShare[] {
  const texts = argumentList(input, index);
  if (texts.length === 0) throw usage('Name at least one share.', '请至少指定一份。');
  return texts.map((text) => {
    const [amount = '', receiver = '', ...rest] = text.split(':');
    const trade = rest.join(':');
    if (amount !== '' && receiver !== '' && trade !== '') return { amount, receiver, trade };
    throw usage(
      `"${text}" must be written amount:receiver:invoice, such as 102081.60:supplier2:KS-88213.`,
      `“${text}”应写作 金额:接收方:发票，例如 102081.60:supplier2:KS-88213。`,
    );
  });
}
