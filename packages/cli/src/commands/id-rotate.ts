import { callOf } from '@hanse/client';
import { HanseError, toHex } from '@hanse/kit';
import type { DidRecord } from '@hanse/model';
import { randomBytes } from '@hanse/native';
import type { Context } from '../context.ts';
import { argument, type Input } from '../input.ts';
import { submitCall } from '../submit.ts';

const SEED_BYTES = 32;

/**
 * Replace the key of an identity. The new key is on disk before it is registered; a run that was
 * cut off is finished by the next one.
 */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, identities, settings, signal } = context;
  const name = argument(input, 0) ?? settings.as.value;
  const { did, kid } = identities.info(name);
  const client = await context.client();
  const { suite } = await client.chain();
  const { value: record } = await client.identity(did, { signal });
  if (record === undefined) throw new HanseError('DidUnknown', { did });
  const next = await identities.nextKey(suite, name, () => ({
    did,
    kid: nextKid(record),
    key: suite.keyPairFromSeed(suite.defaultAlg, randomBytes(SEED_BYTES)),
  }));
  const old = record.keys.find((key) => key.kid === kid);
  const registered = record.keys.find((key) => key.kid === next.kid);
  let height = registered?.fromHeight ?? 0;
  let txid = '';
  if (registered === undefined) {
    const key = {
      kid: next.kid,
      alg: next.key.alg,
      publicKey: next.key.publicKey,
      purposes: old?.purposes ?? ['invoke'],
    } as const;
    const { call } = callOf('identity', 'rotateKey', { did, kid, key });
    const signer = await context.signer(name);
    const { receipt } = await submitCall(context, call, { until: 'proved', signer });
    height = receipt.height;
    txid = toHex(receipt.txid);
  }
  identities.replace(name);
  const json = { name, did, kid: next.kid, replaced: kid, txid, height };
  out.result(json, () => {
    const text = out.words.keyRotated(name, next.kid, height);
    return `${out.style.green('✓')} ${text}`;
  });
}

/** The first name of the form k<number> that the identity has never used. */
function nextKid({ keys }: DidRecord): string {
  const used = new Set(keys.map((key) => key.kid));
  let number = keys.length + 1;
  while (used.has(`k${number}`)) number += 1;
  return `k${number}`;
}
