import { evidenceSchema } from '@hanse/model';
import { fromHex, limits, toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { integerOption, textOption, usage, type Input } from '../input.ts';
import { nameOfDid } from '../identities.ts';
import { renderTable } from '../render/table.ts';
import { formatBytes, formatTime, shortDid, shortId } from '../render/values.ts';

const ROWS = 20;

/** List deposits in the order of their ids, as one node answers. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, identities, signal } = context;
  const { words } = out;
  const afterText = textOption(input, 'after');
  const after = afterText === undefined ? undefined : fromHex(afterText);
  if (afterText !== undefined && after?.length !== 32) {
    throw usage(
      `--after is "${afterText}" but must be the id of a deposit.`,
      `--after 应为存证标识。`,
    );
  }
  const limit = integerOption(input, 'limit', { min: 1, max: limits.pageRowsMax }) ?? ROWS;
  const client = await context.client();
  const { value, height } = await client.query('evidence', 'list', { after, limit }, { signal });
  const next = value.next === undefined ? null : toHex(value.next);
  out.result({ rows: value.rows.map((row) => evidenceSchema.toJson(row)), next, height }, () => {
    const table = renderTable(
      [
        { title: words.fieldId },
        { title: words.fieldMediaType, shrinks: true },
        { title: words.fieldSize, align: 'right' },
        { title: words.fieldDepositor },
        { title: words.fieldBlock, align: 'right' },
        { title: words.fieldTime },
      ],
      value.rows.map((row) => [
        shortId(toHex(row.byteHash)),
        row.mediaType,
        formatBytes(row.sizeBytes),
        nameOfDid(identities, row.depositor) ?? shortDid(row.depositor),
        String(row.height),
        formatTime(row.time),
      ]),
      { style: out.style, width: out.width },
    );
    const more = next === null ? '' : `\n  … hanse evidence list --after ${next}`;
    return `${table}${more}`;
  });
}
