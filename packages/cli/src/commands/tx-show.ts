import type { Json } from '@hanse/codec';
import { formatText, isErrorName, toHex } from '@hanse/kit';
import type { Receipt, Refusal } from '@hanse/model';
import type { VerifiedReceipt } from '@hanse/client';
import type { Context } from '../context.ts';
import { describePlaces } from '../contracts/places.ts';
import { mustArgument, type Input } from '../input.ts';
import { viewsOf, type Views } from '../interfaces.ts';
import { partyText } from '../render/evidence.ts';
import { inlineJson } from '../render/json.ts';
import { renderFields } from '../render/table.ts';
import { formatTime } from '../render/values.ts';

/** Show a transaction with its proved receipt. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, signal } = context;
  const txid = mustArgument(input, 0, 'id');
  const client = await context.client();
  const receipt = await client.receipt(txid, { signal });
  const views = await viewsOf(context, contractsOf(receipt));
  const { status } = receipt.receipt;
  const frames = status.kind === 'refused' ? status.value.frames : [];
  const places = await describePlaces(context, frames);
  out.result(receiptJson(views, receipt), () => renderReceipt(context, views, receipt, places));
}

function contractsOf({ receipt, tx }: VerifiedReceipt): readonly string[] {
  return [...(tx?.value.calls ?? []), ...receipt.events].map(({ contract }) => contract);
}

type CallView = { readonly contract: string; readonly method: string; readonly args: Json };

function callsOf(views: Views, { tx }: VerifiedReceipt): readonly CallView[] {
  return (tx?.value.calls ?? []).map(({ contract, method, args }) => ({
    contract,
    method,
    args: views.args(contract, method, args),
  }));
}

function resultsOf(views: Views, verified: VerifiedReceipt): readonly Json[] {
  const calls = callsOf(views, verified);
  return verified.receipt.results.map((bytes, i) =>
    views.result(calls[i]?.contract ?? '', calls[i]?.method ?? '', bytes),
  );
}

function eventsOf(views: Views, { events }: Receipt) {
  return events.map(({ contract, name, data }) => ({
    contract,
    name,
    data: views.event(contract, name, data),
  }));
}

/** The documented shape of a transaction. */
export function receiptJson(views: Views, verified: VerifiedReceipt): Json {
  const { receipt, tx, header } = verified;
  const { status } = receipt;
  return {
    txid: toHex(receipt.txid),
    height: receipt.height,
    index: receipt.index,
    status: status.kind,
    ...(status.kind === 'refused' ? { refusal: refusalJson(status.value) } : {}),
    gas: receipt.gas,
    signers: (tx?.value.signers ?? []).map(({ did, kid }) => ({ did, kid })),
    validUntil: tx?.value.validUntil ?? null,
    calls: callsOf(views, verified).map((call) => ({ ...call })),
    results: resultsOf(views, verified),
    events: eventsOf(views, receipt),
    proved: { height: header.height, boundHeight: header.executed.height, time: header.time },
  };
}

function refusalJson({ code, message, params, frames }: Refusal): Json {
  return {
    code,
    message,
    frames,
    params: Object.fromEntries(params.map(({ name, value }) => [name, value])),
  };
}

/** A transaction as people read it. */
export function renderReceipt(
  context: Context,
  views: Views,
  verified: VerifiedReceipt,
  places: readonly string[] = [],
): string {
  const { out } = context;
  const { words, style } = out;
  const { receipt, tx, header } = verified;
  const { status } = receipt;
  const isOk = status.kind === 'ok';
  const rows: (readonly [string, string])[] = [
    [words.fieldBlock, `${receipt.height}  #${receipt.index}`],
    [
      words.fieldState,
      `${words.proved} (${words.provedAt(header.height)}, ${formatTime(header.time)})`,
    ],
    [words.gas, String(receipt.gas)],
  ];
  if (status.kind === 'refused') rows.push([words.status, refusalText(context, status.value)]);
  for (const place of places) rows.push([words.fieldAt, place]);
  for (const { did, kid } of tx?.value.signers ?? []) {
    rows.push([words.signers, `${partyText(context, did)} ${kid}`]);
  }
  for (const { contract, method, args } of callsOf(views, verified)) {
    rows.push([words.calls, `${contract}.${method}  ${inlineJson(args)}`]);
  }
  for (const result of resultsOf(views, verified)) rows.push([words.results, inlineJson(result)]);
  for (const { contract, name, data } of eventsOf(views, receipt)) {
    rows.push([words.events, `${contract}.${name}  ${inlineJson(data)}`]);
  }
  const mark = isOk ? style.green('✓') : style.red('✗');
  const title = `${mark} ${isOk ? words.statusOk : words.statusRefused}  ${toHex(receipt.txid)}`;
  return `${title}\n${renderFields(rows, { style, indent: 2 })}`;
}

function refusalText({ out }: Context, { code, message, params }: Refusal): string {
  if (!isErrorName(code)) return `${code} ${message}`;
  const values = Object.fromEntries(params.map(({ name, value }) => [name, value]));
  const { what, why } = formatText(code, values, out.language);
  return `${code}: ${what} ${why}`;
}
