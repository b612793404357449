import type { Client } from '@hanse/client';
import type { Owners } from '@hanse/model';
import { HanseError } from '@hanse/kit';
import { didOfName, type IdentityStore } from '../identities.ts';
import { integerOption, textOption, usage, type Input } from '../input.ts';

type Who = {
  readonly client: Client;
  readonly identities: IdentityStore;
  readonly signal: AbortSignal;
};

/**
 * Owners from `--owners` and `--threshold`: names or DIDs of organisations, or of people who stand for theirs.
 * Undefined when neither is given. Throws UsageError, NoOrganisation.
 */
export async function ownersOption(who: Who, input: Input): Promise<Owners | undefined> {
  const names = namesIn(textOption(input, 'owners'));
  const threshold = integerOption(input, 'threshold', { min: 1, max: 255 });
  if (names.length === 0 && threshold !== undefined) {
    throw usage(
      '--threshold says how many of --owners must sign.',
      '--threshold 须与 --owners 一同使用。',
    );
  }
  if (names.length === 0) return undefined;
  const dids = names.map((name) => didOfName(who.identities, name));
  const organisations = await Promise.all(dids.map((did) => organisationOf(who, did)));
  return { organisations: [...new Set(organisations)], threshold: threshold ?? 1 };
}

/** The organisation that a DID is or acts for. Throws NoOrganisation. */
export async function organisationOf({ client, signal }: Who, did: string): Promise<string> {
  const { value } = await client.query('roles', 'party', { did }, { signal });
  if (value.organisation === '') throw new HanseError('NoOrganisation', { caller: did });
  return value.organisation;
}

/** Names in a list separated by commas. */
export function namesIn(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((name) => name !== '');
}
