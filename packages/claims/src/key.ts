import { t, type Infer } from '@hanse/codec';
import { createVoprf, type Voprf } from '@hanse/crypto';
import { err, limits, ok, type Result } from '@hanse/kit';
import { refusal, type ClaimRefusal } from './refusal.ts';

/** The functions a registry's key can be of: cipher suites of RFC 9497, the same on chains of either suite. */
export const groupSchema = t.oneOf('ristretto255-SHA512', 'P256-SHA256');

/** An element of either group: 32 or 33 bytes. */
export const elementSchema = t.bytes(33);

/**
 * A registry's public key of one epoch, as it stands on the chain. Read it with proof: whoever can forge it
 * can give every asker tags of their own.
 */
export const registryKeySchema = t.struct({
  registry: t.text(limits.didBytesMax),
  /** Counts from 1. */
  epoch: t.u32,
  group: groupSchema,
  publicKey: elementSchema,
});
export type RegistryKey = Infer<typeof registryKeySchema>;

/** The function of a published key, or why the key is none (rule published key). */
export function functionOf(key: RegistryKey): Result<Voprf, ClaimRefusal> {
  const voprf = createVoprf(key.group);
  if (key.epoch > 0 && voprf.isElement(key.publicKey)) return ok(voprf);
  return err(refusal('RegistryKeyInvalid', { epoch: key.epoch, group: key.group }));
}
