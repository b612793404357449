import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toHex, utf8 } from '@hanse/kit';
import { askClaims, payDeal, payWhole, readDeal, readTitle } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { unreadable } from '../files.ts';
import { mustArgument, textOption, type Input } from '../input.ts';
import { resolveDeal, wholeDocument, withTrade, type Trade } from '../trade/invoices.ts';
import { paymentMessage } from '../trade/payment.ts';
import { printDone } from '../trade/render.ts';

/** The bank proves that it paid as agreed: the hash of its message goes on the chain, and nothing else of it. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const { desk, vault } = trade;
    const text = mustArgument(input, 0, 'deal');
    const document = await wholeDocument(trade, text);
    if (document !== undefined) return payWholeInvoice(trade, input, document);
    const id = await resolveDeal(trade, text, ['accepted']);
    const deal = await readDeal(desk, id);
    const { currency } = (await readTitle(desk, deal.pack)).pack;
    const message = messageOf(context, input, id, { units: deal.to - deal.from + 1, currency });
    const done = await payDeal(desk, await context.signer(), id, utf8(message));
    vault.keepPayment(id, message, done.payment);
    printDone(context, done, {
      json: { deal: toHex(id), proof: toHex(done.payment.proof) },
      next: [`invoice show ${toHex(deal.pack)}`],
    });
  });
}

async function payWholeInvoice(trade: Trade, input: Input, document: Uint8Array): Promise<void> {
  const { context, desk, vault } = trade;
  const { value } = await askClaims(desk).get({ document });
  const { payable: units = 0, currency = '' } = value ?? {};
  const message = messageOf(context, input, document, { units, currency });
  const done = await payWhole(desk, await context.signer(), document, utf8(message));
  vault.keepPayment(document, message, done.payment);
  const json = { document: toHex(document), proof: toHex(done.payment.proof) };
  printDone(context, done, { json });
}

/** The bank's own message, or one that is made for it. */
function messageOf(
  context: Context,
  input: Input,
  deal: Uint8Array,
  money: { readonly units: number; readonly currency: string },
): string {
  const path = textOption(input, 'message');
  if (path !== undefined) return readText(resolve(context.cwd, path));
  return paymentMessage({ deal, ...money, timeMs: context.nowMs() });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}
