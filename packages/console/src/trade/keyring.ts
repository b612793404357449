import { HanseError, equalBytes } from '@hanse/kit';
import type { DidRecord } from '@hanse/model';
import type { Client } from '@hanse/client';
import {
  KEY_FILE_BYTES_MAX,
  keyFileError,
  openKeyFile,
  type KeyCrypto,
  type OpenedKey,
} from './keyfile.ts';

/** A key that was opened, and for whom it acts on the chain. */
export type Acting = OpenedKey & {
  /** The organisation that contracts see behind its signatures. */
  readonly organisation: string;
  /** When the page forgets it unless it signs before, in Unix milliseconds. */
  readonly untilMs: number;
};

/** A key that is not used for so long is forgotten. */
export const KEY_IDLE_MS = 15 * 60_000;

/**
 * Rule `own key`: the one key of this page. It is in memory only, forgotten with the page, on demand and when it
 * is idle. Nothing here writes it anywhere or sends it.
 */
export class Keyring {
  readonly #readers = new Set<() => void>();
  #acting: Acting | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  readonly snapshot = (): Acting | undefined => this.#acting;

  /** Keep a key from now on, instead of the one before. */
  open(key: OpenedKey, organisation: string, nowMs: number): void {
    this.#set({ ...key, organisation, untilMs: nowMs + KEY_IDLE_MS });
  }

  /** Note that the key was used. */
  touch(nowMs: number): void {
    if (this.#acting !== undefined) this.#set({ ...this.#acting, untilMs: nowMs + KEY_IDLE_MS });
  }

  /** Forget the key. */
  close(): void {
    this.#set(undefined);
  }

  #set(acting: Acting | undefined): void {
    clearTimeout(this.#timer);
    this.#acting = acting;
    if (acting !== undefined) this.#timer = setTimeout(() => this.close(), KEY_IDLE_MS);
    for (const reader of this.#readers) reader();
  }
}

/** The page's keyring. */
export const keyring = new Keyring();

/** What opening a key file needs. */
export type Opening = {
  readonly client: Client;
  readonly subtle: KeyCrypto | undefined;
  readonly signal: AbortSignal;
};

/**
 * Open a key file and see on the chain, by proved records, that its key may act, and for whom. Throws
 * KeyFileInvalid, DidUnknown, KeyUnknown, KeyRevoked, KeyMismatch, WrongPurpose, NoOrganisation.
 */
export async function openKey(
  { client, subtle, signal }: Opening,
  file: Pick<File, 'name' | 'size' | 'text'>,
): Promise<{ readonly key: OpenedKey; readonly organisation: string }> {
  if (file.size > KEY_FILE_BYTES_MAX) throw keyFileError(file.name, 'size');
  const { suite } = await client.chain();
  const key = await openKeyFile(suite, file.name, await file.text(), subtle);
  const record = await recordOf(client, key.signer.did, signal);
  checkKey(record, key);
  return { key, organisation: await organisationOf(client, record, signal) };
}

function checkKey({ keys, deactivatedHeight }: DidRecord, { signer }: OpenedKey): void {
  const { did, kid } = signer;
  const own = keys.find((one) => one.kid === kid);
  if (own === undefined) throw new HanseError('KeyUnknown', { did, kid });
  const height = own.untilHeight ?? deactivatedHeight;
  if (height !== undefined) throw new HanseError('KeyRevoked', { did, kid, height });
  if (!equalBytes(own.publicKey, signer.publicKey)) {
    throw new HanseError('KeyMismatch', { did, kid });
  }
  if (!own.purposes.includes('invoke')) {
    throw new HanseError('WrongPurpose', { did, kid, purpose: 'invoke' });
  }
}

async function recordOf(client: Client, did: string, signal: AbortSignal): Promise<DidRecord> {
  const { value } = await client.identity(did, { signal });
  if (value === undefined) throw new HanseError('DidUnknown', { did });
  return value;
}

/** An organisation answers for itself, and for those whose first controller it is. */
async function organisationOf(
  client: Client,
  record: DidRecord,
  signal: AbortSignal,
): Promise<string> {
  if (record.kind === 'organisation') return record.did;
  for (const controller of record.controllers) {
    const one = await recordOf(client, controller, signal);
    if (one.kind === 'organisation' && one.deactivatedHeight === undefined) return one.did;
  }
  throw new HanseError('NoOrganisation', { caller: record.did });
}
