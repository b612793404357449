import { toHex } from '@hanse/kit';
import { lockWhole, nameOf, offerTerms, readDeal, readTitle } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { mustArgument, textOption, type Input } from '../input.ts';
import { mustOption } from '../trade/directory.ts';
import {
  fileOfDeal,
  near,
  readInvoiceFile,
  resolveDeal,
  wholeDocument,
  withTrade,
  type Trade,
} from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';
import { tradeWords } from '../trade/words.ts';
import { unitsOf } from './invoice-issue.ts';

/** The bank recomputes the verdict from the document, locks the claim and commits to its terms. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const text = mustArgument(input, 0, 'deal');
    const document = await wholeDocument(trade, text);
    if (document === undefined) await offer(trade, input, text);
    else await lock(trade, input, document);
  });
}

async function offer(trade: Trade, input: Input, text: string): Promise<void> {
  const { context, desk, vault } = trade;
  const deal = await resolveDeal(trade, text, ['asked', 'offered']);
  const { pack: id, holder } = await readDeal(desk, deal);
  const { pack } = await readTitle(desk, id);
  const fee = unitsOf(mustOption(input, 'fee'), pack.currency);
  const file = await fileOfDeal(trade, deal, textOption(input, 'file'));
  const done = await offerTerms(desk, await context.signer(), { ...file, deal, fee });
  const path = near(context, vault.keepTerms(done.terms));
  const words = tradeWords(context.out.language);
  const { disbursed } = done.terms;
  printDone(context, done, {
    json: { deal: toHex(deal), disbursed, fee, terms: path, until: done.until ?? null },
    rows: [[words.terms, path]],
    next: [`invoice accept ${toHex(deal)} --as ${nameOf(desk, holder)}`],
  });
}

async function lock(trade: Trade, input: Input, document: Uint8Array): Promise<void> {
  const { context, desk, vault } = trade;
  const id = toHex(document);
  const path = textOption(input, 'file') ?? vault.document(id)?.path ?? mustOption(input, 'file');
  const file = await readInvoiceFile(trade, path);
  const done = await lockWhole(desk, await context.signer(), file);
  printDone(context, done, { json: { document: id }, next: [`invoice finance ${id}`] });
}
