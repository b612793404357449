import { join } from 'node:path';
import { fromJson, isJsonObject, type Json } from '@hanse/codec';
import { fromHex, HanseError, toHex } from '@hanse/kit';
import { depositSchema, type Deposit } from '@hanse/model';
import { makePrivateDir, prettyJson, readJsonIfPresent, writePrivateFile } from '../files.ts';

/** What a depositor keeps of a deposit: with the file, it is all that disclosing a field takes. */
export type Kept = {
  readonly chainId: string;
  readonly depositor: string;
  /** The deposited file when it was deposited. */
  readonly path: string;
  readonly name: string;
  /** Whether the fields of the document were committed, or the file as a whole. */
  readonly hasFields: boolean;
  readonly secret: Uint8Array;
  readonly deposit: Deposit;
};

/** Kept deposits, one file each, readable by their owner only. */
export class KeptDeposits {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** The kept part of a deposit. Throws FileCorrupt for a damaged file. */
  read(id: string): Kept | undefined {
    const path = this.#path(id);
    const json = readJsonIfPresent(path);
    if (json === undefined) return undefined;
    const kept = keptOf(json);
    if (kept === undefined) {
      throw new HanseError('FileCorrupt', { path, reason: 'it is no kept deposit' });
    }
    return kept;
  }

  /** Keep a deposit, before its transaction is sent (rule keep first). */
  write(kept: Kept): void {
    makePrivateDir(this.dir);
    const { deposit, secret, ...rest } = kept;
    const json = { version: 1, ...rest, secret: toHex(secret), deposit: depositJson(deposit) };
    writePrivateFile(this.#path(toHex(deposit.byteHash)), prettyJson(json));
  }

  #path(id: string): string {
    return join(this.dir, `${id}.json`);
  }
}

function depositJson(deposit: Deposit): Json {
  return depositSchema.toJson(deposit);
}

function keptOf(json: Json): Kept | undefined {
  if (!isJsonObject(json) || json['version'] !== 1) return undefined;
  const { chainId, depositor, path, name, hasFields } = json;
  const secret = typeof json['secret'] === 'string' ? fromHex(json['secret']) : undefined;
  const deposit = fromJson(depositSchema, json['deposit'] ?? null);
  const isWhole =
    typeof chainId === 'string' &&
    typeof depositor === 'string' &&
    typeof path === 'string' &&
    typeof name === 'string' &&
    typeof hasFields === 'boolean';
  if (!isWhole || secret?.length !== 32 || !deposit.ok) return undefined;
  return { chainId, depositor, path, name, hasFields, secret, deposit: deposit.value };
}
