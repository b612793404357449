import { callOf } from '@hanse/client';
import { HanseError, toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { didOfName } from '../identities.ts';
import { flagOption, mustArgument, type Input } from '../input.ts';
import { submitCall } from '../submit.ts';

/** Revoke a key of an identity, for ever. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, identities } = context;
  const { words, style } = out;
  const did = didOfName(identities, mustArgument(input, 0, 'name|did'));
  const kid = mustArgument(input, 1, 'kid');
  if (!flagOption(input, 'yes')) {
    throw new HanseError('InputNeeded', { what: words.confirmRevoke, flag: '--yes' });
  }
  const signer = await context.signer();
  const { call } = callOf('identity', 'revokeKey', { did, kid });
  const { receipt } = await submitCall(context, call, { until: 'proved', signer });
  const { height, txid } = receipt;
  out.result({ did, kid, txid: toHex(txid), height }, () => {
    return `${style.green('✓')} ${words.keyRevoked(kid, height)}`;
  });
}
