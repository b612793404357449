import { queryOf } from '@hanse/client';
import { shortDid } from '../i18n/format.ts';
import type { Api } from './http.ts';
import { runQuery } from './load.ts';

const NAMES_MAX = 2_000;
const AT_ONCE = 4;
const JOIN = ' · ';

/** The organisation in the name of a person, or the name as it is. */
export function organisationIn(name: string, did: string): string {
  const own = JOIN + shortDid(did);
  return name.endsWith(own) ? name.slice(0, -own.length) : name;
}

/**
 * Names of identities for lists: those the genesis registers, and what the node says of others. They
 * are a convenience beside a DID, never part of a proof.
 */
export class NameBook {
  readonly #api: Api;
  readonly #readers = new Set<() => void>();
  readonly #asked = new Set<string>();
  #names: ReadonlyMap<string, string> = new Map();
  #waiting: string[] = [];
  #running = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Names that are known without asking. */
  seed(names: ReadonlyMap<string, string>): void {
    this.#names = new Map([...this.#names, ...names]);
    this.#tell();
  }

  /** Ask for the names of these, each once. */
  want(dids: readonly string[]): void {
    for (const did of dids) {
      if (this.#names.has(did) || this.#asked.has(did) || this.#asked.size >= NAMES_MAX) continue;
      this.#asked.add(did);
      this.#waiting.push(did);
    }
    while (this.#running < AT_ONCE && this.#waiting.length > 0) void this.#next();
  }

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  readonly snapshot = (): ReadonlyMap<string, string> => this.#names;

  async #next(): Promise<void> {
    const did = this.#waiting.shift();
    if (did === undefined) return;
    this.#running++;
    try {
      const name = await this.#ask(did);
      this.#names = new Map([...this.#names, [did, name]]);
      this.#tell();
    } catch {
      // Without a name the DID is shown.
    } finally {
      this.#running--;
      this.want([]);
    }
  }

  /** A person has no public name: the organisation's, with the DID that tells its people apart. */
  async #ask(did: string): Promise<string> {
    const { name, controllers } = await this.#record(did);
    const [controller] = controllers;
    if (name !== '' || controller === undefined) return name;
    const organisation = this.#names.get(controller) ?? (await this.#record(controller)).name;
    return organisation === '' ? '' : `${organisation}${JOIN}${shortDid(did)}`;
  }

  #record(did: string) {
    const query = queryOf('identity', 'get', { did });
    return runQuery(this.#api, query, new AbortController().signal);
  }

  #tell(): void {
    for (const reader of this.#readers) reader();
  }
}
