import { callOf } from '@hanse/client';
import { toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { resolveDeposit } from '../deposits/reference.ts';
import { mustArgument, type Input } from '../input.ts';
import { formatDuration } from '../render/values.ts';
import { submitCall, untilOption } from '../submit.ts';

/** Say that a newer deposit stands in the place of an older one. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out } = context;
  const signer = await context.signer();
  const old = await resolveDeposit(context, mustArgument(input, 0, 'old'));
  const newer = await resolveDeposit(context, mustArgument(input, 1, 'new'));
  const { call } = callOf('evidence', 'supersede', { id: old.id, by: newer.id });
  const done = await submitCall(context, call, { until: untilOption(input), signer });
  const { height, txid } = done.receipt;
  const ids = { id: old.idHex, by: newer.idHex };
  out.result({ ...ids, txid: toHex(txid), height, state: done.until }, () => {
    const text = out.words.superseded(height, formatDuration(done.elapsedMs));
    return `${out.style.green('✓')} ${text}`;
  });
}
