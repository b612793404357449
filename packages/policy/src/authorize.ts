import type { SignatureAlg } from '@hanse/crypto';
import { equalBytes } from '@hanse/kit';
import type { Signer } from '@hanse/model';
import { readDid } from './dids.ts';
import type { ErrorRefusal, StateRead } from './ports.ts';
import { refusal } from './refuse.ts';

/** Rules acting key and its block: whether a key may sign in the block after this state. */
export function authorize(
  before: StateRead,
  { did, kid }: Signer,
  alg: SignatureAlg,
  publicKey: Uint8Array,
): ErrorRefusal | undefined {
  const record = readDid(before, did);
  if (record === undefined) return refusal('DidUnknown', { did });
  if (record.deactivatedHeight !== undefined) {
    return refusal('DidDeactivated', { did, height: record.deactivatedHeight });
  }
  const key = record.keys.find((one) => one.kid === kid);
  if (key === undefined) return refusal('KeyUnknown', { did, kid });
  const { untilHeight } = key;
  if (untilHeight !== undefined && untilHeight <= before.height + 1) {
    return refusal('KeyRevoked', { did, kid, height: untilHeight - 1 });
  }
  if (!key.purposes.includes('invoke')) {
    return refusal('WrongPurpose', { did, kid, purpose: 'invoke' });
  }
  const isRegistered = key.alg === alg && equalBytes(key.publicKey, publicKey);
  return isRegistered ? undefined : refusal('KeyMismatch', { did, kid });
}
