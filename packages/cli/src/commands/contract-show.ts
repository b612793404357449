import { fromUtf8, HanseError, must, toHex } from '@hanse/kit';
import { isJsonObject, type Json } from '@hanse/codec';
import { interfaceOf, type ContractRecord, type DeployedMethod } from '@hanse/model';
import type { Context } from '../context.ts';
import { keepManifest } from '../contracts/kept.ts';
import { nameOfDid } from '../identities.ts';
import { integerOption, mustArgument, type Input } from '../input.ts';
import { describeFields } from '../interfaces.ts';
import { inlineJson } from '../render/json.ts';
import { renderFields } from '../render/table.ts';
import { formatBytes, formatTime, shortDid } from '../render/values.ts';
import { pad } from '../render/width.ts';

/** Show a deployed contract: its proved record, or that of an older version. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, signal, project } = context;
  const name = mustArgument(input, 0, 'contract');
  const version = integerOption(input, 'version', { min: 1, max: 0xffff_ffff });
  const client = await context.client();
  const { record } = await client.deployed(name, { signal });
  keepManifest(project, record);
  const isNewest = version === undefined || version === record.version;
  const shown = isNewest
    ? record
    : (await client.query('contracts', 'get', { name, version }, { signal })).value;
  const manifest: Json = JSON.parse(must(fromUtf8(shown.manifest), 'a manifest is text'));
  const { codeHash, codeBytes, owners, height, time, txid } = shown;
  const json = {
    name,
    version: shown.version,
    newest: record.version,
    codeHash: toHex(codeHash),
    codeBytes,
    owners,
    height,
    time,
    txid: toHex(txid),
    manifest,
    proved: isNewest,
  };
  out.result(json, () => render(context, shown, record.version));
}

function render(context: Context, record: ContractRecord, newest: number): string {
  const { words, style } = context.out;
  const { name, version, owners, codeHash, codeBytes, height, time } = record;
  const offers = interfaceOf(record.manifest);
  if (!offers.ok) throw new HanseError('Malformed', { object: 'manifest', reason: offers.error });
  const who = owners.organisations
    .map((did) => nameOfDid(context.identities, did) ?? shortDid(did))
    .join(', ');
  const fields = renderFields(
    [
      [words.version, version === newest ? `${version}` : `${version} (${words.newestIs(newest)})`],
      [words.owners, words.ownersNeeded(who, owners.threshold, owners.organisations.length)],
      [words.codeHash, toHex(codeHash)],
      [words.size, formatBytes(codeBytes)],
      [words.fieldBlock, `${height}  ${formatTime(time)}`],
    ],
    { style, indent: 2 },
  );
  const { methods, queries, internals, events } = offers.value;
  const shapes = Object.entries(events).map(([key, one]) => [key, describeFields(one)] as const);
  return [
    style.bold(name),
    fields,
    section(context, words.methods, callsOf(methods)),
    section(context, words.queries, callsOf(queries)),
    section(context, words.internals, callsOf(internals)),
    section(context, words.events, shapes),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

type Rows = readonly (readonly [name: string, text: string])[];

function callsOf(methods: Readonly<Record<string, DeployedMethod>>): Rows {
  return Object.entries(methods).map(([name, { args, result, allow }]) => {
    const given = describeFields(result);
    const guards = allow.length === 0 ? '' : `  [${allow.map(guardText).join(' | ')}]`;
    return [name, `${describeFields(args)}${given === '' ? '' : ` → ${given}`}${guards}`];
  });
}

function guardText(guard: Json): string {
  return isJsonObject(guard) ? Object.values(guard).map(inlineJson).join(' ') : '';
}

function section({ out: { style } }: Context, title: string, rows: Rows): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `    ${pad(name, width)}  ${style.dim(text)}`);
  return `  ${title}\n${lines.join('\n')}`;
}
