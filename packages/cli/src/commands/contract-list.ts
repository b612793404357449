import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import { limits } from '@hanse/kit';
import type { Context } from '../context.ts';
import { nameOfDid } from '../identities.ts';
import { integerOption, textOption, type Input } from '../input.ts';
import { renderTable } from '../render/table.ts';
import { formatBytes, shortDid, shortId } from '../render/values.ts';

/** List the contracts of the chain, as one node answers. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, signal } = context;
  const { words, style, width } = out;
  const after = textOption(input, 'after');
  const limit = integerOption(input, 'limit', { min: 1, max: limits.pageRowsMax });
  const client = await context.client();
  const page = await client.contracts({
    signal,
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  });
  const rows = isJsonObject(page) ? page['contracts'] : undefined;
  out.result(page, () =>
    renderTable(
      [
        { title: words.name },
        { title: words.version, align: 'right' },
        { title: words.size, align: 'right' },
        { title: words.owners, shrinks: true },
        { title: words.fieldBlock, align: 'right' },
        { title: words.codeHash },
      ],
      (rows !== undefined && isJsonArray(rows) ? rows : []).map((row) => cells(context, row)),
      { style, width },
    ),
  );
}

function cells(context: Context, row: Json): readonly string[] {
  const { name, kind, version, codeBytes, owners, height, codeHash } = isJsonObject(row) ? row : {};
  if (kind !== 'deployed') return [text(name), context.out.words.native, '', '', '', ''];
  const organisations = isJsonObject(owners) ? owners['organisations'] : undefined;
  const who = organisations !== undefined && isJsonArray(organisations) ? organisations : [];
  return [
    text(name),
    text(version),
    formatBytes(Number(codeBytes)),
    who.map((did) => nameOfDid(context.identities, text(did)) ?? shortDid(text(did))).join(', '),
    text(height),
    shortId(text(codeHash)),
  ];
}

function text(json: Json | undefined): string {
  return typeof json === 'string' ? json : JSON.stringify(json ?? '');
}
