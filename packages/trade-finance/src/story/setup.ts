import { callOf, type Client, type Signer } from '@hanse/client';
import { isHanseError, limits } from '@hanse/kit';
import type { Call, Inception, Party } from '@hanse/model';
import { send, type Sent } from '../flow/desk.ts';

/** Somebody who acts for an organisation. */
export type Person = {
  readonly signer: Signer;
  readonly inception: Inception | undefined;
  readonly duties: readonly string[];
};

/** An organisation of a network, its roles and its people. Those of the genesis come without an inception. */
export type Member = {
  readonly organisation: Signer;
  readonly inception: Inception | undefined;
  readonly roles: readonly string[];
  readonly people: readonly Person[];
};

type Signed = { readonly call: Call; readonly signer: Signer };

/**
 * Register organisations and people and give them their roles and duties, as far as the chain lacks them. The founders
 * together are a majority; each organisation signs for its own people. Repeating it changes nothing.
 */
export async function setUpMembers(
  parts: { readonly client: Client; readonly signal?: AbortSignal },
  founders: readonly Signer[],
  members: readonly Member[],
): Promise<readonly Sent[]> {
  const { client } = parts;
  const desk = { ...parts, until: 'final' } as const;
  const sent: Sent[] = [];
  const parties = await partiesOf(client, members);
  const isKnown = (did: string): boolean => parties.has(did);
  const [sponsor] = founders;
  if (sponsor === undefined) return sent;
  const organisations = members.flatMap(({ organisation, inception }) =>
    inception === undefined || isKnown(organisation.did)
      ? []
      : [{ call: register(inception), signer: sponsor }],
  );
  const people = members.flatMap(({ organisation, people }) =>
    people.flatMap(({ signer, inception }) =>
      inception === undefined || isKnown(signer.did)
        ? []
        : [{ call: register(inception), signer: organisation }],
    ),
  );
  // Whoever signs must be registered in the state before the block.
  for (const group of [organisations, people]) {
    for (const part of grouped(group)) sent.push(await send(desk, part.signers, part.calls));
  }
  const roles = members.flatMap(({ organisation: { did }, roles }) =>
    roles
      .filter((role) => parties.get(did)?.roles.includes(role) !== true)
      .map((role) => callOf('roles', 'grant', { organisation: did, role }).call),
  );
  for (let at = 0; at < roles.length; at += limits.callsPerTxMax) {
    const calls = roles.slice(at, at + limits.callsPerTxMax);
    sent.push(await send(desk, founders.slice(0, limits.signersPerTxMax), calls));
  }
  const duties = members.flatMap(({ organisation, people }) =>
    people.flatMap(({ signer: { did }, duties }) =>
      duties
        .filter((duty) => parties.get(did)?.duties.includes(duty) !== true)
        .map((duty) => ({
          call: callOf('roles', 'grantDuty', { did, duty }).call,
          signer: organisation,
        })),
    ),
  );
  for (const part of grouped(duties)) sent.push(await send(desk, part.signers, part.calls));
  return sent;
}

function register(inception: Inception): Call {
  return callOf('identity', 'register', { inception }).call;
}

/** As many calls in one transaction as fit with all their signers. */
function grouped(all: readonly Signed[]) {
  const groups: { readonly calls: Call[]; readonly signers: Signer[] }[] = [];
  for (const { call, signer } of all) {
    const last = groups.at(-1);
    const isIn = last?.signers.some(({ did }) => did === signer.did) === true;
    const hasRoom =
      last !== undefined &&
      last.calls.length < limits.callsPerTxMax &&
      (isIn || last.signers.length < limits.signersPerTxMax);
    if (!hasRoom) {
      groups.push({ calls: [call], signers: [signer] });
      continue;
    }
    last.calls.push(call);
    if (!isIn) last.signers.push(signer);
  }
  return groups;
}

/** The parties that the chain knows, with roles and duties. */
async function partiesOf(
  client: Client,
  members: readonly Member[],
): Promise<ReadonlyMap<string, Party>> {
  const dids = members.flatMap(({ organisation, people }) => [
    organisation.did,
    ...people.map(({ signer }) => signer.did),
  ]);
  const known = new Map<string, Party>();
  await Promise.all(
    dids.map(async (did) => {
      try {
        known.set(did, (await client.query('roles', 'party', { did })).value);
      } catch (error) {
        if (!isHanseError(error) || error.codeName !== 'RecordUnknown') throw error;
      }
    }),
  );
  return known;
}
