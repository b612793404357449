import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { integerOption, type Input } from '../input.ts';
import { formatBytes, formatTime, shortId } from '../render/values.ts';

/** Print each block as it becomes final, until interrupted or so many were seen. */
export async function run(context: Context, input: Input): Promise<number> {
  const { out, signal } = context;
  const { words, style } = out;
  const count = integerOption(input, 'count', { min: 1, max: Number.MAX_SAFE_INTEGER });
  const client = await context.client();
  let seen = 0;
  for await (const row of client.watch({ signal })) {
    if (row.kind === 'final') {
      const { kind, txids, ...block } = row;
      out.row({ kind, ...block, ...(txids === undefined ? {} : { txids: [...txids] }) }, () => {
        const text = `${formatTime(row.time)}  ${row.transactions} tx  ${formatBytes(row.sizeBytes)}`;
        return `${style.bold(String(row.height).padStart(8))}  ${text}  ${shortId(row.digest)}`;
      });
      seen += 1;
      if (seen === count) return exitCodes.ok;
    } else if (out.isJson) {
      out.row({ ...row }, () => '');
    } else {
      out.note(out.noteStyle.dim(`${String(row.height).padStart(8)}  ${words.proved}`));
    }
  }
  return signal.aborted ? exitCodes.interrupted : exitCodes.ok;
}
