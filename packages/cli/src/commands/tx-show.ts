import type { Json } from '@hanse/codec';
import { formatText, isErrorName, toHex } from '@hanse/kit';
import type { Receipt, Refusal } from '@hanse/model';
import type { VerifiedReceipt } from '@hanse/client';
import type { Context } from '../context.ts';
import { mustArgument, type Input } from '../input.ts';
import { argsJson, eventJson, resultJson } from '../interfaces.ts';
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
  out.result(receiptJson(receipt), () => renderReceipt(context, receipt));
}

type CallView = { readonly contract: string; readonly method: string; readonly args: Json };

function callsOf({ tx }: VerifiedReceipt): readonly CallView[] {
  return (tx?.value.calls ?? []).map(({ contract, method, args }) => ({
    contract,
    method,
    args: argsJson(contract, method, args),
  }));
}

function resultsOf(verified: VerifiedReceipt): readonly Json[] {
  const calls = callsOf(verified);
  return verified.receipt.results.map((bytes, i) =>
    resultJson(calls[i]?.contract ?? '', calls[i]?.method ?? '', bytes),
  );
}

function eventsOf({ events }: Receipt) {
  return events.map(({ contract, name, data }) => ({
    contract,
    name,
    data: eventJson(contract, name, data),
  }));
}

/** The documented shape of a transaction. */
export function receiptJson(verified: VerifiedReceipt): Json {
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
    calls: callsOf(verified).map((call) => ({ ...call })),
    results: resultsOf(verified),
    events: eventsOf(receipt),
    proved: { height: header.height, boundHeight: header.executed.height, time: header.time },
  };
}

function refusalJson({ code, message, params }: Refusal): Json {
  return {
    code,
    message,
    params: Object.fromEntries(params.map(({ name, value }) => [name, value])),
  };
}

/** A transaction as people read it. */
export function renderReceipt(context: Context, verified: VerifiedReceipt): string {
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
  for (const { did, kid } of tx?.value.signers ?? []) {
    rows.push([words.signers, `${partyText(context, did)} ${kid}`]);
  }
  for (const { contract, method, args } of callsOf(verified)) {
    rows.push([words.calls, `${contract}.${method}  ${inlineJson(args)}`]);
  }
  for (const result of resultsOf(verified)) rows.push([words.results, inlineJson(result)]);
  for (const { contract, name, data } of eventsOf(receipt)) {
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
