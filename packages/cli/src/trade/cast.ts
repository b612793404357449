import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import type { Signer } from '@hanse/client';
import type { Suite } from '@hanse/crypto';
import { HanseError, must } from '@hanse/kit';
import { inceptionSchema, type Inception } from '@hanse/model';
import type { CastName, Member, OrganisationName } from '@hanse/trade-finance';
import { prettyJson, readJsonIfPresent, writePrivateFile } from '../files.ts';
import { ACTING, FIRST_KID, makeIdentity, NETWORK } from '../dev/make.ts';
import { organisationIdentity, ORGANISATIONS } from '../dev/organisations.ts';
import type { IdentityStore } from '../identities.ts';

/** An organisation of the demo: its roles, and who acts for it with which duties. */
type Casting = {
  readonly name: OrganisationName;
  readonly roles: readonly string[];
  readonly people: readonly {
    readonly name: CastName | 'regulator.checker';
    readonly duties: readonly string[];
  }[];
};

/**
 * Everybody in the trade-finance demo. Organisations of the genesis keep their names; the public names of the others
 * say what they do and not who they are: nothing of an invoice is on the chain.
 */
export const CAST: readonly Casting[] = [
  {
    name: 'buyer',
    roles: ['core-enterprise'],
    people: [
      { name: 'buyer', duties: ['maker'] },
      { name: 'buyer.checker', duties: ['checker'] },
    ],
  },
  { name: 'supplier', roles: ['supplier'], people: [{ name: 'supplier', duties: ['maker'] }] },
  { name: 'supplier2', roles: ['supplier'], people: [{ name: 'supplier2', duties: ['maker'] }] },
  { name: 'supplier3', roles: ['supplier'], people: [{ name: 'supplier3', duties: ['maker'] }] },
  { name: 'bank', roles: ['bank'], people: [{ name: 'bank', duties: ['maker'] }] },
  { name: 'bank2', roles: ['bank'], people: [{ name: 'bank2', duties: ['maker'] }] },
  { name: 'importer', roles: ['importer'], people: [{ name: 'importer', duties: ['maker'] }] },
  {
    name: 'regulator',
    // Until several members share its key, whoever evaluates tags could guess: it is one that may know.
    roles: ['regulator', 'registry'],
    people: [
      { name: 'regulator', duties: ['maker'] },
      { name: 'regulator.checker', duties: ['checker'] },
    ],
  },
];

/** Organisation that holds the key of claim tags. */
export const REGISTRY: OrganisationName = 'regulator';

const FILE = 'cast.json';

/** Inceptions that are made here and registered by transactions, by local name of the identity. */
type Inceptions = ReadonlyMap<string, Inception>;

/** Make the keys of everybody who has none yet: of the organisations named, or of all. Files are for their owner only. */
export async function ensureCast(
  suite: Suite,
  dir: string,
  identities: IdentityStore,
  names: readonly OrganisationName[] = CAST.map(({ name }) => name),
): Promise<void> {
  const known = new Map(readInceptions(dir));
  const before = known.size;
  for (const { name, people } of CAST) {
    if (!names.includes(name)) continue;
    const own = organisationIdentity(name);
    await ensure(known, identities, suite, { name: own, kind: 'organisation', label: name });
    const controller = identities.info(own).did;
    for (const person of people) {
      await ensure(known, identities, suite, {
        name: person.name,
        kind: 'person',
        label: '',
        controller,
      });
    }
  }
  if (known.size > before) writeInceptions(dir, known);
}

async function ensure(
  known: Map<string, Inception>,
  identities: IdentityStore,
  suite: Suite,
  wanted: {
    readonly name: string;
    readonly kind: 'organisation' | 'person';
    readonly label: string;
    readonly controller?: string;
  },
): Promise<void> {
  const { name, kind, label, controller } = wanted;
  if (identities.has(name)) return;
  const controllers = controller === undefined ? [] : [controller];
  const made = makeIdentity(suite, NETWORK, { kind, name: label, controllers, purposes: ACTING });
  await identities.add(name, { did: made.did, kid: FIRST_KID, key: made.key });
  known.set(name, made.inception);
}

/** Everybody as the chain is to know them, with their keys. */
export async function membersOf(
  suite: Suite,
  dir: string,
  identities: IdentityStore,
  names: readonly OrganisationName[] = CAST.map(({ name }) => name),
): Promise<readonly (Member & { readonly name: OrganisationName })[]> {
  const inceptions = readInceptions(dir);
  const wanted = CAST.filter(({ name }) => names.includes(name));
  return Promise.all(
    wanted.map(async ({ name, roles, people }) => ({
      name,
      organisation: await identities.signer(suite, organisationIdentity(name)),
      inception: inceptions.get(organisationIdentity(name)),
      roles,
      people: await Promise.all(
        people.map(async ({ name, duties }) => ({
          signer: await identities.signer(suite, name),
          inception: inceptions.get(name),
          duties,
        })),
      ),
    })),
  );
}

/** Keys of the organisations that founded the network: together they are a majority. */
export async function foundersOf(
  suite: Suite,
  identities: IdentityStore,
): Promise<readonly Signer[]> {
  return Promise.all(
    ORGANISATIONS.map((name) => identities.signer(suite, organisationIdentity(name))),
  );
}

function readInceptions(dir: string): Inceptions {
  const path = join(dir, FILE);
  const json = existsSync(path) ? readJsonIfPresent(path) : [];
  if (json === undefined || !isJsonArray(json)) throw damaged(path, 'it is no list');
  return new Map(
    json.map((one): readonly [string, Inception] => {
      const { name, inception } = isJsonObject(one) ? one : {};
      if (typeof name !== 'string') throw damaged(path, 'an entry has no name');
      return [name, readInception(path, inception)];
    }),
  );
}

function readInception(path: string, json: Json | undefined): Inception {
  try {
    return inceptionSchema.fromJson(must(json, 'an entry has an inception'));
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error));
  }
}

function writeInceptions(dir: string, known: Inceptions): void {
  const list = [...known].map(([name, inception]) => ({
    name,
    inception: inceptionSchema.toJson(inception),
  }));
  writePrivateFile(join(dir, FILE), prettyJson(list));
}

function damaged(path: string, reason: string): HanseError {
  return new HanseError('FileCorrupt', { path, reason });
}
