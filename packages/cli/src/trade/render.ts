import type { Json } from '@hanse/codec';
import { money, type Done, type HeldPart, type Title } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { textIn } from '../language.ts';
import { renderFields, renderTable } from '../render/table.ts';
import { formatCount, shortId } from '../render/values.ts';
import { organisationName } from './desk.ts';
import { tradeWords } from './words.ts';

/** Print a step: its sentence, its transactions, and what comes next. */
export function printDone(
  context: Context,
  done: Done,
  more: {
    readonly json?: Readonly<Record<string, Json>>;
    readonly rows?: readonly (readonly [string, string])[];
    /** Commands to go on with, without the leading `hanse`. */
    readonly next?: readonly string[];
  } = {},
): void {
  const { out, command } = context;
  const { txids, height, says } = done;
  const words = tradeWords(out.language);
  const json: Json = { ...more.json, txids: [...txids], height, says: { ...says } };
  out.result(json, () => {
    const { style } = out;
    const rows = [
      ...(more.rows ?? []),
      ...txids.map((txid) => [words.transaction, txid] as const),
      ...(txids.length === 0 ? [] : [[words.block, String(height)] as const]),
      ...(more.next ?? []).map((next) => [words.next, `${command} ${next}`] as const),
    ];
    const head = `${style.green('✓')} ${textIn(says, out.language)}`;
    return rows.length === 0 ? head : `${head}\n${renderFields(rows, { style, indent: 2 })}`;
  });
}

/** Who holds which part, as rows of a table. */
export function partsTable(
  { out, identities }: Pick<Context, 'out' | 'identities'>,
  parts: readonly HeldPart[],
  currency: string,
): string {
  const words = tradeWords(out.language);
  const count = (value: number): string => formatCount(value, out.language);
  return renderTable(
    [
      { title: words.part, align: 'right' },
      { title: words.units, align: 'right' },
      { title: words.holder },
      { title: words.state },
    ],
    parts.map(({ from, to, units, holder, status, flag }) => [
      `${count(from)}–${count(to)}`,
      money(units, currency),
      organisationName(identities, holder),
      `${status}/${flag}`,
    ]),
    { style: out.style, width: out.width },
  );
}

/** The parts of a title. */
export function partsOfTitle({ intervals }: Title): readonly HeldPart[] {
  return intervals.map(({ from, to, holder, status, flag }) => ({
    from,
    to,
    units: to - from + 1,
    holder,
    status,
    flag,
  }));
}

/** Text indented as part of what is above it. */
export function indented(text: string, spaces = 4): string {
  const indent = ' '.repeat(spaces);
  return text
    .split('\n')
    .map((line) => indent + line)
    .join('\n');
}

/** A transaction's id cut short. */
export function shortTxid(txid: string): string {
  return shortId(txid);
}
