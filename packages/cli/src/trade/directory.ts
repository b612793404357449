import { join } from 'node:path';
import { isJsonArray, isJsonObject } from '@hanse/codec';
import type { Invoice, Party } from '@hanse/einvoice';
import { HanseError } from '@hanse/kit';
import { checkoutRoot } from '../checkout.ts';
import type { Context } from '../context.ts';
import { organisationIdentity } from '../dev/organisations.ts';
import { readJsonIfPresent } from '../files.ts';
import { textOption, usage, type Input } from '../input.ts';

/** Identifiers of a party, such as `vat:ATU00004173`, and the organisation that has them. */
type Entry = { readonly ids: readonly string[]; readonly organisation: string };

/**
 * Which organisation a party of an invoice is: what was named on the command line, or whoever the directory gives its
 * identifiers. The directory is the importer's own knowledge: `parties.json` of the project, then that of the demo.
 * Throws PartyUnknown.
 */
export function partyOf(
  context: Context,
  input: Input,
  side: 'seller' | 'buyer',
  invoice: Invoice,
): string {
  const named = textOption(input, side);
  if (named !== undefined) return organisationDid(context, named);
  const party = invoice[side];
  const ids = idsOf(party);
  const found = directoryOf(context).find((entry) => entry.ids.some((id) => ids.includes(id)));
  if (found !== undefined) return organisationDid(context, found.organisation);
  throw new HanseError('PartyUnknown', { side, ids: ids.join(', ') || party.name || '–' });
}

/** Identifiers of a party as the directory writes them. */
export function idsOf({ ids }: Party): readonly string[] {
  return ids
    .filter(({ scheme }) => scheme !== 'address')
    .map(({ scheme, value }) => `${scheme}:${value}`);
}

/** The DID of an organisation given by DID, by its local name, or by that of somebody who acts for it. */
export function organisationDid({ identities }: Pick<Context, 'identities'>, name: string): string {
  if (name.startsWith('did:')) return name;
  const own = organisationIdentity(name);
  return identities.info(identities.has(own) ? own : name).did;
}

function directoryOf({ project, env, cwd }: Context): readonly Entry[] {
  const root = checkoutRoot(env) ?? cwd;
  return [join(project.dir, 'parties.json'), join(root, 'demo', 'parties.json')].flatMap(
    readDirectory,
  );
}

function readDirectory(path: string): readonly Entry[] {
  const json = readJsonIfPresent(path);
  if (json === undefined) return [];
  if (!isJsonArray(json)) throw damaged(path);
  return json.map((one) => {
    const { ids, organisation } = isJsonObject(one) ? one : {};
    if (typeof organisation !== 'string' || ids === undefined || !isJsonArray(ids)) {
      throw damaged(path);
    }
    return { organisation, ids: ids.filter((id) => typeof id === 'string') };
  });
}

function damaged(path: string): HanseError {
  return new HanseError('FileCorrupt', { path, reason: 'an entry lacks ids or organisation' });
}

/** Names in an option that has to be there. */
export function mustOption(input: Input, name: string): string {
  const value = textOption(input, name);
  if (value !== undefined) return value;
  throw usage(`--${name} is missing.`, `缺少 --${name}。`);
}
