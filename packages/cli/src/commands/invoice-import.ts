import type { Json } from '@hanse/codec';
import type { ImportResult } from '@hanse/einvoice';
import { HanseError, toHex } from '@hanse/kit';
import { factsOf, money, vouch } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { exitCodeOf, exitCodes } from '../exit.ts';
import { argumentList, textOption, usage, type Input } from '../input.ts';
import { textIn } from '../language.ts';
import { viewError } from '../render/error.ts';
import { renderFields } from '../render/table.ts';
import { organisationName } from '../trade/desk.ts';
import { partyOf } from '../trade/directory.ts';
import { depositAs, keepFacts } from '../trade/importing.ts';
import { near, readInvoiceFile, withTrade, type ReadFile, type Trade } from '../trade/invoices.ts';
import { tradeWords } from '../trade/words.ts';

type Imported = {
  readonly file: ReadFile;
  readonly json: Json;
  readonly text: string;
  readonly error: HanseError | undefined;
};

/** Read invoices, deposit them, and let the importer vouch for them. */
export async function run(context: Context, input: Input): Promise<number> {
  const { out } = context;
  const paths = argumentList(input, 0);
  if (paths.length === 0) throw usage('Name at least one file.', '请至少指定一个文件。');
  return withTrade(context, input, async (trade) => {
    const progress = out.progress(tradeWords(out.language).storyReading, paths.length);
    const all: Imported[] = [];
    try {
      for (const path of paths) {
        all.push(await importOne(trade, input, path));
        progress.update(all.length);
      }
    } finally {
      progress.end();
    }
    const [only] = all;
    if (all.length === 1 && only?.error !== undefined && !out.isJson) throw only.error;
    out.result({ documents: all.map(({ json }) => json) }, () =>
      all.map(({ text }) => text).join('\n'),
    );
    const failed = all.find(({ error }) => error !== undefined);
    return failed === undefined ? exitCodes.ok : exitCodeOf(failed.error);
  });
}

async function importOne(trade: Trade, input: Input, path: string): Promise<Imported> {
  const file = await readInvoiceFile(trade, path);
  try {
    return await record(trade, input, file);
  } catch (error) {
    if (!(error instanceof HanseError)) throw error;
    const { out } = trade.context;
    const { code, what, why } = viewError(error, out.language);
    const text = `${out.style.red('✗')} ${near(trade.context, file.path)}  ${code} ${what} ${why}`;
    const { name } = viewError(error, 'en');
    const json = { ...readJson(file), error: { code, name, why: viewError(error, 'en').why } };
    return { file, json, text, error };
  }
}

async function record(trade: Trade, input: Input, file: ReadFile): Promise<Imported> {
  const { context, desk } = trade;
  const { out, settings } = context;
  // What cannot be vouched for is said before anything is deposited.
  const { invoice, currency, units, ruleSet } = factsOf(file.result, 'invoice');
  const seller = partyOf(context, input, 'seller', invoice);
  const buyer = partyOf(context, input, 'buyer', invoice);
  const importer = textOption(input, 'importer') ?? 'importer';
  const deposited = await depositAs(trade, file, settings.as.value);
  const { document, root } = deposited;
  keepFacts(trade, input, file, document, 'invoice');
  const signer = await context.signer(importer);
  const vouched = await vouch(desk, signer, { document, root, result: file.result, seller, buyer });
  const txids = [...deposited.txids, ...vouched.txids];
  const { state, hold, says } = vouched;
  const id = toHex(document);
  const json: Json = {
    ...readJson(file),
    document: id,
    state,
    hold,
    seller,
    buyer,
    currency,
    units,
    ruleSet,
    txids,
    height: vouched.height,
    says: { ...says },
  };
  const words = tradeWords(out.language);
  const rows: (readonly [string, string])[] = [
    [words.document, id],
    [words.number, invoice.number ?? '–'],
    [words.seller, organisationName(context.identities, seller)],
    [words.buyer, organisationName(context.identities, buyer)],
    [words.amount, money(units, currency)],
    [words.rules, ruleSet],
    [words.claim, hold === 'none' ? state : `${state} · ${hold}`],
    ...txids.map((txid) => [words.transaction, txid] as const),
  ];
  if (state === 'PENDING') {
    rows.push([words.next, `${context.command} invoice issue ${near(context, file.path)}`]);
  }
  const mark = state.startsWith('DUPLICATE') ? out.style.yellow('!') : out.style.green('✓');
  const head = `${mark} ${textIn(says, out.language)}`;
  const text = `${head}\n${renderFields(rows, { style: out.style, indent: 2 })}`;
  return { file, json, text, error: undefined };
}

/** What the importer read, whatever became of it. */
function readJson({ name, result }: { readonly name: string; readonly result: ImportResult }) {
  const { verdict, code, kind, syntax, isFinanceable, findings } = result;
  return {
    file: name,
    verdict,
    code,
    kind,
    syntax: syntax ?? null,
    isFinanceable,
    findings: findings.map((one) => ({
      severity: one.severity,
      code: one.code,
      path: one.path,
      en: one.en,
      zh: one.zh,
    })),
  };
}
