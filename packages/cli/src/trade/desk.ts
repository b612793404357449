import type { Client } from '@hanse/client';
import { httpTagTransport } from '@hanse/claims';
import { isJsonObject } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import { randomBytes } from '@hanse/native';
import type { Desk } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { readJsonIfPresent } from '../files.ts';
import type { IdentityStore } from '../identities.ts';
import { textOption, type Input } from '../input.ts';

const ASK_MS = 15_000;
const ORGANISATION = /\.org$/;

/** Address of the registry of claim tags: `--registry`, `HANSE_REGISTRY`, or that of the local network. */
export function registryUrl(
  { env, network }: Pick<Context, 'env' | 'network'>,
  input?: Input,
): string {
  const given = input === undefined ? undefined : textOption(input, 'registry');
  const json = readJsonIfPresent(network.networkFile);
  const local = isJsonObject(json) ? json['registry'] : undefined;
  const url = given ?? env['HANSE_REGISTRY'] ?? (typeof local === 'string' ? local : undefined);
  if (url !== undefined && url !== '') return url;
  throw new HanseError('InputNeeded', { what: 'the address of the registry', flag: '--registry' });
}

/** What steps of trade finance need, from a context. */
export async function deskOf(context: Context, input?: Input): Promise<Desk> {
  const client = await context.client();
  const { identities, signal, nowMs } = context;
  return makeDesk({ client, identities, signal, nowMs, url: () => registryUrl(context, input) });
}

/** A desk over a client; the registry's address is asked for when tags are. */
export function makeDesk(parts: {
  readonly client: Client;
  readonly identities: IdentityStore;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly url: () => string;
  readonly until?: 'final' | 'proved';
}): Desk {
  const { client, identities, signal, nowMs, url, until } = parts;
  return {
    client,
    signal,
    clock: { nowMs },
    random: { bytes: randomBytes },
    registry: (request) => httpTagTransport(url(), post)(request),
    nameOf: (did) => organisationName(identities, did),
    ...(until === undefined ? {} : { until }),
  };
}

/** What people here call an organisation: the local name without its ending. */
export function organisationName(identities: IdentityStore, did: string): string {
  const name = identities.byDid(did)?.name.replace(ORGANISATION, '');
  const id = did.split(':').at(-1) ?? did;
  return name ?? `${id.slice(0, 8)}…`;
}

async function post(url: string, body: Uint8Array) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: body.slice(),
    redirect: 'error',
    signal: AbortSignal.timeout(ASK_MS),
  });
  return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
}
