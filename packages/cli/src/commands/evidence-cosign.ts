import { callOf } from '@hanse/client';
import { toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { resolveDeposit } from '../deposits/reference.ts';
import { mustArgument, type Input } from '../input.ts';
import { formatDuration } from '../render/values.ts';
import { submitCall, untilOption } from '../submit.ts';

/** Put a statement of the signer under a deposit. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out } = context;
  const signer = await context.signer();
  const { id, idHex } = await resolveDeposit(context, mustArgument(input, 0, 'id|file'));
  const statement = mustArgument(input, 1, 'statement');
  const { call } = callOf('evidence', 'coSign', { id, statement });
  const done = await submitCall(context, call, { until: untilOption(input), signer });
  const { height, txid } = done.receipt;
  out.result({ id: idHex, txid: toHex(txid), height, state: done.until }, () => {
    const text = out.words.coSigned(height, formatDuration(done.elapsedMs));
    return `${out.style.green('✓')} ${text}`;
  });
}
