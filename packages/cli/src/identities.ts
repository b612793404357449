import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json } from '@hanse/codec';
import type { Signer } from '@hanse/client';
import type { KeyPair, Suite } from '@hanse/crypto';
import { HanseError } from '@hanse/kit';
import { makePrivateDir, readJsonFile } from './files.ts';
import { usage } from './input.ts';

/** What is known of an identity without opening its secret key. */
export type IdentityInfo = {
  readonly name: string;
  readonly did: string;
  readonly kid: string;
  readonly alg: string;
  readonly path: string;
};

/** A key together with the identity it acts for. */
export type IdentityKey = { readonly did: string; readonly kid: string; readonly key: KeyPair };

const NAME = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const SUFFIX = '.json';
/** Ending of a key that is made but perhaps not registered yet, and of one that was replaced. */
const NEXT = '.next.json';
const OLD = '.old.json';

/** Key files of identities in one folder, each under a local name. Reading needs no chain. */
export class IdentityStore {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** All identities, by name. A file that is none is left out. */
  list(): readonly IdentityInfo[] {
    if (!existsSync(this.dir)) return [];
    return readdirSync(this.dir)
      .filter((file) => file.endsWith(SUFFIX) && !file.endsWith(NEXT) && !file.endsWith(OLD))
      .toSorted()
      .map((file) => infoOf(file.slice(0, -SUFFIX.length), join(this.dir, file)))
      .filter((info) => info !== undefined);
  }

  has(name: string): boolean {
    return existsSync(this.#path(name));
  }

  /** Throws IdentityUnknown with the names that are known. */
  info(name: string): IdentityInfo {
    const info = NAME.test(name) && this.has(name) ? infoOf(name, this.#path(name)) : undefined;
    if (info === undefined) throw this.#unknown(name);
    return info;
  }

  /** The identity with this DID, where there is one. */
  byDid(did: string): IdentityInfo | undefined {
    return this.list().find((info) => info.did === did);
  }

  /** Whoever signs under a name. Throws IdentityUnknown, KeyFileMode, KeyFileInvalid. */
  async signer(suite: Suite, name: string): Promise<Signer> {
    const [{ readKeyFile }, { keySigner }] = await Promise.all([
      import('@hanse/signer'),
      import('@hanse/client'),
    ]);
    const { path } = this.info(name);
    const { did, kid, key } = await readKeyFile(suite, path, 'identity');
    if (did === undefined || kid === undefined) {
      throw new HanseError('KeyFileInvalid', { path, reason: 'It names no identity.' });
    }
    return keySigner(suite, { did, kid, key });
  }

  /** Write the key of a new identity. Throws UsageError for a name that is taken or none. */
  async add(name: string, identity: IdentityKey): Promise<void> {
    checkName(name);
    if (this.has(name)) {
      throw usage(`There is an identity named "${name}" already.`, `已有名为“${name}”的身份。`);
    }
    await this.#create(this.#path(name), identity);
  }

  /** The key that will replace the one of a name: made now, or by an attempt that did not end. */
  async nextKey(suite: Suite, name: string, make: () => IdentityKey): Promise<IdentityKey> {
    const path = join(this.dir, name + NEXT);
    if (!existsSync(path)) {
      const identity = make();
      await this.#create(path, identity);
      return identity;
    }
    const { readKeyFile } = await import('@hanse/signer');
    const { did, kid, key } = await readKeyFile(suite, path, 'identity');
    if (did === undefined || kid === undefined) {
      throw new HanseError('KeyFileInvalid', { path, reason: 'It names no identity.' });
    }
    return { did, kid, key };
  }

  /** Put the next key in the place of the old one, which is kept under another name. */
  replace(name: string): void {
    const { kid } = this.info(name);
    renameSync(this.#path(name), join(this.dir, `${name}.${kid}${OLD}`));
    renameSync(join(this.dir, name + NEXT), this.#path(name));
  }

  #path(name: string): string {
    return join(this.dir, name + SUFFIX);
  }

  async #create(path: string, { did, kid, key }: IdentityKey): Promise<void> {
    const { createKeyFile } = await import('@hanse/signer');
    makePrivateDir(this.dir);
    await createKeyFile(path, { purpose: 'identity', did, kid, key });
  }

  #unknown(name: string): HanseError {
    const known = this.list()
      .map((info) => info.name)
      .join(', ');
    return new HanseError('IdentityUnknown', { name, known: known === '' ? '–' : known });
  }
}

/** Throws UsageError for a name that could not be a file's. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw usage(
    `"${name}" is no name for an identity: use lower-case letters, digits, dot and dash.`,
    `“${name}”不能作为身份名：请使用小写字母、数字、点和连字符。`,
  );
}

function infoOf(name: string, path: string): IdentityInfo | undefined {
  const json = readIfJson(path);
  if (!isJsonObject(json)) return undefined;
  const { did, kid, alg } = json;
  if (typeof did !== 'string' || typeof kid !== 'string' || typeof alg !== 'string') {
    return undefined;
  }
  return { name, did, kid, alg, path };
}

function readIfJson(path: string): Json | undefined {
  try {
    return readJsonFile(path);
  } catch {
    return undefined;
  }
}

/** DID of an identity given as a local name or as a DID. Throws IdentityUnknown. */
export function didOfName(store: IdentityStore, nameOrDid: string): string {
  return nameOrDid.startsWith('did:') ? nameOrDid : store.info(nameOrDid).did;
}

/** Local name of a DID for people, or undefined for one that is not ours. */
export function nameOfDid(store: IdentityStore, did: string): string | undefined {
  return store.byDid(did)?.name;
}
