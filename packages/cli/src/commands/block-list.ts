import { limits } from '@hanse/kit';
import type { Context } from '../context.ts';
import { integerOption, type Input } from '../input.ts';
import { renderTable } from '../render/table.ts';
import { formatBytes, formatTime, shortId } from '../render/values.ts';

const ROWS = 20;

/** List blocks, newest first, as one node answers. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, signal } = context;
  const { words, style, width } = out;
  const before = integerOption(input, 'before', { min: 1, max: Number.MAX_SAFE_INTEGER });
  const limit = integerOption(input, 'limit', { min: 1, max: limits.pageRowsMax }) ?? ROWS;
  const client = await context.client();
  const blocks = await client.blocks({
    limit,
    signal,
    ...(before === undefined ? {} : { before }),
  });
  out.result({ blocks: blocks.map((block) => ({ ...block })) }, () =>
    renderTable(
      [
        { title: words.height, align: 'right' },
        { title: words.time },
        { title: words.transactions, align: 'right' },
        { title: words.refusedTxs, align: 'right' },
        { title: words.size, align: 'right' },
        { title: words.proposer, align: 'right' },
        { title: words.digest },
      ],
      blocks.map((block) => [
        String(block.height),
        formatTime(block.time),
        String(block.transactions),
        String(block.refused),
        formatBytes(block.sizeBytes),
        String(block.proposer),
        shortId(block.digest),
      ]),
      { style, width },
    ),
  );
}
