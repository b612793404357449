import type { Client, Signer } from '@hanse/client';
import type { TagTransport } from '@hanse/claims';
import type { ArgsOf, NamesOf } from '@hanse/contract';
import { minorDigitsOf, fromMinor } from '@hanse/einvoice';
import { HanseError, must, type Clock, type Random } from '@hanse/kit';
import type { Call, Until } from '@hanse/model';
import type { contract as claimsContract } from '../claims.ts';
import type { contract as packsContract } from '../packs.ts';

/** The contract `claims`, for the types of its methods only. */
export type Claims = typeof claimsContract;
/** The contract `packs`, for the types of its methods only. */
export type Packs = typeof packsContract;

/** What every step needs: the chain, a way to the registry, time and randomness. Nothing of it is a secret. */
export type Desk = {
  readonly client: Client;
  readonly registry: TagTransport;
  readonly clock: Clock;
  readonly random: Random;
  /** How far to wait; `proved` when absent. */
  readonly until?: Until;
  readonly signal?: AbortSignal;
  /** What people call an organisation; a piece of its DID when absent. */
  readonly nameOf?: (did: string) => string;
};

/** A sentence in both languages. */
export type Text = { readonly en: string; readonly zh: string };

/** What every step gives back: its transactions on the chain, and what it did in a sentence. */
export type Done = {
  /** Hexadecimal, in the order in which they were executed. Empty when the chain had it all already. */
  readonly txids: readonly string[];
  /** Height of the last one; 0 when there is none. */
  readonly height: number;
  readonly says: Text;
};

/** A transaction that was executed. */
export type Sent = {
  readonly txid: string;
  readonly height: number;
  /** Canonical bytes of the result of each call. */
  readonly results: readonly Uint8Array[];
};

const refusals = new WeakMap<HanseError, { readonly txid: string; readonly height: number }>();

/** The refused receipt behind an error that a step has thrown: a refusal has a proof, too. */
export function refusedReceipt(
  error: unknown,
): { readonly txid: string; readonly height: number } | undefined {
  return error instanceof HanseError ? refusals.get(error) : undefined;
}

/** Send calls as one transaction: all are written or none is. Throws its refusal. */
export async function send(
  desk: Pick<Desk, 'client' | 'until' | 'signal'>,
  signers: readonly Signer[],
  calls: readonly Call[],
  idempotencyKey?: string,
): Promise<Sent> {
  const submission = idempotencyKey === undefined ? { calls } : { calls, idempotencyKey };
  const { client, until = 'proved', signal } = desk;
  const options = { signers, until, ...(signal === undefined ? {} : { signal }) };
  const [result] = await client.submitMany([submission], options);
  const settled = must(result, 'one result for one transaction');
  if (settled.kind === 'failed') throw settled.error;
  const { txid, receipt, refused } = settled;
  if (refused !== undefined) {
    refusals.set(refused, { txid, height: receipt.height });
    throw refused;
  }
  return { txid, height: receipt.height, results: receipt.results };
}

/** A call of the contract `claims`. */
export function claimsCall<N extends NamesOf<Claims, 'command'>>(
  { client }: Desk,
  method: N,
  args: ArgsOf<Claims['methods'][N]>,
): Promise<Call> {
  return client.contractCall<Claims, N>('claims', method, args);
}

/** A call of the contract `packs`. */
export function packsCall<N extends NamesOf<Packs, 'command'>>(
  { client }: Desk,
  method: N,
  args: ArgsOf<Packs['methods'][N]>,
): Promise<Call> {
  return client.contractCall<Packs, N>('packs', method, args);
}

/** Queries of the contract `claims`: the word of one node. */
export function askClaims({ client }: Desk) {
  return client.contract<Claims>('claims').query;
}

/** Queries of the contract `packs`: the word of one node. */
export function askPacks({ client }: Desk) {
  return client.contract<Packs>('packs').query;
}

/** The organisation that a signer acts for. Throws NoOrganisation. */
export async function organisationOf({ client }: Desk, { did }: Pick<Signer, 'did'>) {
  const { value } = await client.query('roles', 'party', { did });
  if (value.organisation === '') throw new HanseError('NoOrganisation', { caller: did });
  return value.organisation;
}

/** What people call an organisation. */
export function nameOf({ nameOf }: Desk, did: string): string {
  const id = did.split(':').at(-1) ?? did;
  return nameOf?.(did) ?? `${id.slice(0, 8)}…`;
}

/** Units of a currency as people write them: `EUR 282,585.89`. */
export function money(units: number, currency: string): string {
  const text = fromMinor(BigInt(units), minorDigitsOf(currency) ?? 2);
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${currency} ${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** A step that was one transaction. */
export function doneBy({ txid, height }: Sent, says: Text): Done {
  return { txids: [txid], height, says };
}
