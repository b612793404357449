import type { Json } from '@hanse/codec';
import { limits, toHex } from '@hanse/kit';
import type { Receipt } from '@hanse/model';
import type { Context } from '../context.ts';
import { argument, integerOption, mustArgument, textOption, type Input } from '../input.ts';
import {
  encodeArgs,
  findMethod,
  readArgs,
  viewsOf,
  type Target,
  type Views,
} from '../interfaces.ts';
import { readJsonArgument } from '../jsonarg.ts';
import { inlineJson } from '../render/json.ts';
import { renderFields } from '../render/table.ts';
import { formatDuration } from '../render/values.ts';
import { submitCall, untilOption, type Done } from '../submit.ts';

const TIMEOUT_S_MAX = 3_600;

/** Call a method of a contract in a transaction of its own. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out } = context;
  const target = await findMethod(context, mustArgument(input, 0, 'contract.method'));
  const json = await readJsonArgument(context, target, argument(input, 1));
  const args = encodeArgs(target, readArgs(target, json));
  const gasLimit = integerOption(input, 'gas', { min: 1, max: limits.gasPerTxMax });
  const timeout = integerOption(input, 'timeout', { min: 1, max: TIMEOUT_S_MAX });
  const idempotencyKey = textOption(input, 'key');
  // A key must give the same transaction tomorrow, too.
  await context.client(idempotencyKey === undefined ? 'plain' : 'durable');
  const signer = await context.signer();
  const call = { contract: target.contract, method: target.name, args };
  const done = await submitCall(context, call, {
    until: untilOption(input),
    signer,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(gasLimit === undefined ? {} : { gasLimit }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1_000 }),
  });
  const views = await viewsOf(context, [
    target.contract,
    ...done.receipt.events.map((event) => event.contract),
  ]);
  const view = receiptJson(views, target, done.receipt);
  out.result({ ...view, state: done.until }, () => renderCall(context, views, target, done));
}

function receiptJson(views: Views, { contract, name }: Target, receipt: Receipt) {
  return {
    txid: toHex(receipt.txid),
    height: receipt.height,
    gas: receipt.gas,
    results: receipt.results.map((bytes): Json => views.result(contract, name, bytes)),
    events: receipt.events.map((event): Json => ({
      contract: event.contract,
      name: event.name,
      data: views.event(event.contract, event.name, event.data),
    })),
  };
}

function renderCall(
  { out }: Context,
  views: Views,
  target: Target,
  { receipt, until, elapsedMs }: Done,
): string {
  const { words, style } = out;
  const told = until === 'proved' ? words.called : words.calledFinal;
  const rows: (readonly [string, string])[] = [
    [words.fieldTransaction, toHex(receipt.txid)],
    [words.gas, String(receipt.gas)],
  ];
  for (const bytes of receipt.results) {
    const text = inlineJson(views.result(target.contract, target.name, bytes));
    if (text !== '') rows.push([words.results, text]);
  }
  for (const event of receipt.events) {
    const data = inlineJson(views.event(event.contract, event.name, event.data));
    rows.push([words.events, `${event.contract}.${event.name}  ${data}`]);
  }
  const head = `${style.green('✓')} ${told(receipt.height, formatDuration(elapsedMs))}`;
  return `${head}\n${renderFields(rows, { style, indent: 2 })}`;
}
