import { callOf } from '@hanse/client';
import { toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { resolveDeposit } from '../deposits/reference.ts';
import { choiceOption, mustArgument, type Input } from '../input.ts';
import { formatDuration } from '../render/values.ts';
import { submitCall, untilOption } from '../submit.ts';

const RELATIONS = ['attachment-of', 'derived-from', 'refers-to', 'same-content'] as const;

/** Link one deposit to another. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out } = context;
  const relation = choiceOption(input, 'relation', RELATIONS) ?? 'refers-to';
  const signer = await context.signer();
  const from = await resolveDeposit(context, mustArgument(input, 0, 'from'));
  const to = await resolveDeposit(context, mustArgument(input, 1, 'to'));
  const { call } = callOf('evidence', 'link', { from: from.id, to: to.id, relation });
  const done = await submitCall(context, call, { until: untilOption(input), signer });
  const { height, txid } = done.receipt;
  const ids = { from: from.idHex, to: to.idHex, relation };
  out.result({ ...ids, txid: toHex(txid), height, state: done.until }, () => {
    const text = out.words.linked(height, formatDuration(done.elapsedMs));
    return `${out.style.green('✓')} ${text}`;
  });
}
