import { refusal, type ClaimRefusal, type Member, type Members } from '@hanse/claims';
import { err, HanseError, ok, type Clock, type Result } from '@hanse/kit';
import { parseDid, type DidRecord } from '@hanse/model';

/**
 * The record of an identity as the chain has it now, or undefined when it has none. Best read with proof:
 * `async (did) => (await client.identity(did)).value`.
 */
export type ReadIdentity = (did: string) => Promise<DidRecord | undefined>;

type Kept = { readonly untilMs: number; readonly record: Promise<DidRecord | undefined> };

const KEPT_MS = 5_000;
const KEPT_MAX = 4_096;

/** Members by the identity records of the chain (rules *newest record* and *purpose*). */
export function createMembers(readIdentity: ReadIdentity, clock: Clock): Members {
  const read = remember(readIdentity, clock);
  return async (did, kid) => {
    const record = await read(did);
    const key = keyOf(record, did, kid);
    if (!key.ok) return key;
    const organisation = await organisationOf(key.value.record, read);
    if (organisation === undefined) return err(refusal('NotMember', { did }));
    const { alg, publicKey } = key.value;
    return ok({ alg, publicKey, organisation });
  };
}

type ActiveKey = Pick<Member, 'alg' | 'publicKey'> & { readonly record: DidRecord };

function keyOf(
  record: DidRecord | undefined,
  did: string,
  kid: string,
): Result<ActiveKey, ClaimRefusal> {
  if (record === undefined) return err(refusal('DidUnknown', { did }));
  const { deactivatedHeight } = record;
  if (deactivatedHeight !== undefined)
    return err(refusal('DidDeactivated', { did, height: deactivatedHeight }));
  const key = record.keys.find((one) => one.kid === kid);
  if (key === undefined) return err(refusal('KeyUnknown', { did, kid }));
  // A height is named when a key is revoked, and it is the next one at the latest.
  if (key.untilHeight !== undefined)
    return err(refusal('KeyRevoked', { did, kid, height: key.untilHeight - 1 }));
  if (!key.purposes.includes('authenticate'))
    return err(refusal('WrongPurpose', { did, kid, purpose: 'authenticate' }));
  return ok({ alg: key.alg, publicKey: key.publicKey, record });
}

/** The organisation an identity acts for, its first controller or itself, when it is active. */
async function organisationOf(record: DidRecord, read: ReadIdentity): Promise<string | undefined> {
  const did = record.controllers[0];
  const answers = did === undefined ? record : await read(did);
  const isActive = answers?.kind === 'organisation' && answers.deactivatedHeight === undefined;
  return isActive ? answers.did : undefined;
}

/** One question to the chain per identity and moment, answered or not: strangers cannot make it many. */
function remember(readIdentity: ReadIdentity, clock: Clock): ReadIdentity {
  const kept = new Map<string, Kept>();
  return (did) => {
    if (parseDid(did) === undefined) return Promise.resolve(undefined);
    const now = clock.nowMs();
    const known = kept.get(did);
    if (known !== undefined && known.untilMs > now) return known.record;
    kept.delete(did);
    const oldest = kept.keys().next();
    if (kept.size >= KEPT_MAX && oldest.done !== true) kept.delete(oldest.value);
    const record = readIdentity(did).catch((cause: unknown) => {
      // A node that did not answer, or not with a proof that holds, is asked again at once.
      kept.delete(did);
      const why = cause instanceof Error ? cause.message : String(cause);
      const reason = `It cannot read from its node who is a member: ${why}`;
      throw new HanseError('NotReady', { reason }, cause);
    });
    kept.set(did, { untilMs: now + KEPT_MS, record });
    return record;
  };
}
