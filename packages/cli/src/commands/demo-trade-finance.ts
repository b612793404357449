import type { Json } from '@hanse/codec';
import type { Client } from '@hanse/client';
import { reasonText, type ToldStep } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { textIn } from '../language.ts';
import { formatDuration } from '../render/values.ts';
import { installedText, runTradeDemo } from '../trade/demo.ts';
import { indented, partsTable, shortTxid } from '../trade/render.ts';
import { tradeWords } from '../trade/words.ts';

/** A receipt that was proved down from the genesis. */
type Proof = {
  readonly txid: string;
  readonly height: number;
  readonly status: 'ok' | 'refused';
  readonly signers: number;
  readonly validators: number;
};

/** Tell the trade-finance story step by step: who holds which part, what was refused and why, each with its proof. */
export async function run(context: Context): Promise<void> {
  const { out } = context;
  const words = tradeWords(out.language);
  const good = out.noteStyle.green('✓');
  const note = (text: string): void => {
    if (!out.isJson) out.note(`  ${good} ${text}`);
  };
  const { steps, elapsedMs, wasTold } = await runTradeDemo(context, {
    onInstalled: (installed) => note(installedText(context, installed)),
    onTold: (step) => note(textIn(step.title, out.language)),
  });
  const client = await context.client();
  const progress = out.progress(words.proof, steps.length);
  const proved: { readonly step: ToldStep; readonly proofs: readonly Proof[] }[] = [];
  try {
    for (const step of steps) {
      proved.push({ step, proofs: await prove(client, step, context.signal) });
      progress.update(proved.length);
    }
  } finally {
    progress.end();
  }
  const receipts = new Set(proved.flatMap(({ proofs }) => proofs.map(({ txid }) => txid))).size;
  const refused = steps.filter((step) => step.refused !== undefined).length;
  const json = proved.map(({ step, proofs }) => stepJson(step, proofs));
  out.result({ story: 'trade-finance', proved: true, receipts, steps: json }, () => {
    const told = proved.map(({ step, proofs }, index) => {
      // Who holds what is shown where it has changed.
      const before = JSON.stringify(steps.slice(0, index).findLast(({ parts }) => parts)?.parts);
      const isNew = JSON.stringify(step.parts) !== before;
      return stepText(context, step, { proofs, index, isNew });
    });
    const mark = out.style.green('✓');
    const sum = wasTold
      ? words.storyKnown(steps.length)
      : words.storyDone(steps.length, refused, formatDuration(elapsedMs));
    return [...told, `${mark} ${sum}`, `${mark} ${words.storyProved(receipts)}`].join('\n');
  });
}

async function prove(
  client: Client,
  { txids }: ToldStep,
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  const { genesis } = await client.chain();
  return Promise.all(
    txids.map(async (txid): Promise<Proof> => {
      const { receipt, signers } = await client.receipt(txid, { signal });
      const { kind } = receipt.status;
      const validators = genesis.validators.length;
      return { txid, height: receipt.height, status: kind, signers: signers.length, validators };
    }),
  );
}

function stepJson(step: ToldStep, proofs: readonly Proof[]): Json {
  const { id, title, by, says, height, refused, parts, currency } = step;
  return {
    id,
    title: { ...title },
    by,
    says: { ...says },
    height,
    refused: refused === undefined ? null : { reason: refused.reason, says: { ...refused.says } },
    parts: (parts ?? []).map((part): Json => ({ ...part })),
    currency: currency ?? null,
    proofs: proofs.map((proof): Json => ({ ...proof })),
  };
}

function stepText(
  context: Context,
  step: ToldStep,
  told: { readonly proofs: readonly Proof[]; readonly index: number; readonly isNew: boolean },
): string {
  const { proofs, index, isNew } = told;
  const { out } = context;
  const { style, language } = out;
  const words = tradeWords(language);
  const { title, by, says, refused, parts, currency } = step;
  const number = String(index + 1).padStart(2);
  const mark = refused === undefined ? style.green('✓') : style.yellow('✗');
  const lines = [
    `${mark} ${style.bold(`${number}  ${textIn(title, language)}`)}  ${style.dim(by)}`,
  ];
  if (refused === undefined) lines.push(`      ${textIn(says, language)}`);
  else {
    const text = textIn(reasonText(refused.reason), language);
    lines.push(`      ${style.yellow(words.refusedBecause(refused.reason, text))}`);
  }
  if (isNew && parts !== undefined && currency !== undefined) {
    lines.push(indented(partsTable(context, parts, currency), 6));
  }
  for (const { txid, height, signers, validators } of proofs) {
    const proof = words.provedBy(shortTxid(txid), height, `${signers}/${validators}`);
    lines.push(`      ${style.dim(`${words.receiptProved}: ${proof}`)}`);
  }
  return `${lines.join('\n')}\n`;
}
