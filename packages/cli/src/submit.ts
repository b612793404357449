import type { Signer } from '@hanse/client';
import type { Call, Receipt, Until } from '@hanse/model';
import type { Context } from './context.ts';
import { choiceOption, type Input } from './input.ts';

/** What a person is told of an executed transaction. */
export type Done = {
  readonly receipt: Receipt;
  readonly until: Until;
  readonly elapsedMs: number;
};

/** How far to wait, from `--until`. */
export function untilOption(input: Input): Until {
  return choiceOption(input, 'until', ['proved', 'final']) ?? 'proved';
}

/** Send one call in a transaction of its own and wait for it. Throws its refusal. */
export async function submitCall(
  context: Context,
  call: Call,
  options: {
    readonly until: Until;
    readonly signer: Signer;
    readonly idempotencyKey?: string;
    readonly gasLimit?: number;
    readonly timeoutMs?: number;
  },
): Promise<Done> {
  const client = await context.client();
  const { signer, until, ...rest } = options;
  const startedMs = context.nowMs();
  const receipt = await client.transact([call], {
    ...rest,
    until,
    signers: [signer],
    signal: context.signal,
  });
  return { receipt, until, elapsedMs: context.nowMs() - startedMs };
}
