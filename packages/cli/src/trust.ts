import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isJsonObject, type Json } from '@hanse/codec';
import type { Newest, Outbox, OutboxEntry, TrustStore } from '@hanse/client';
import { fromHex, toHex } from '@hanse/kit';
import { makePrivateDir, prettyJson, readJsonIfPresent, writePrivateFile } from './files.ts';

/**
 * The newest verified block of each chain, kept over runs: a node that shows an older epoch, or
 * another block at a known height, is refused also tomorrow.
 */
export function fileTrustStore(dir: string): TrustStore {
  const pathOf = (chainId: string): string => join(dir, `${chainId}.json`);
  return {
    load: async (chainId) => newestOf(readJsonIfPresent(pathOf(chainId))),
    save: async (chainId, newest) => {
      makePrivateDir(dir);
      writePrivateFile(pathOf(chainId), prettyJson({ ...newest }));
    },
  };
}

function newestOf(json: Json | undefined): Newest | undefined {
  if (!isJsonObject(json)) return undefined;
  const { epoch, height, digest } = json;
  if (typeof epoch !== 'number' || typeof height !== 'number') return undefined;
  return typeof digest === 'string' ? { epoch, height, digest } : undefined;
}

/** Signed bytes by idempotency key, on disk before they are sent, so that a repeat sends the same. */
export function fileOutbox(dir: string): Outbox {
  // Keys are free text; a file name is not.
  const pathOf = (key: string): string =>
    join(dir, `${createHash('sha256').update(key).digest('hex')}.json`);
  return {
    get: async (key) => entryOf(readJsonIfPresent(pathOf(key))),
    put: async (entries) => {
      makePrivateDir(dir);
      for (const entry of entries) writePrivateFile(pathOf(entry.key), prettyJson(jsonOf(entry)));
    },
  };
}

function jsonOf({ key, attempt, envelope, txid, validUntil }: OutboxEntry): Json {
  return { key, attempt, envelope: toHex(envelope), txid: toHex(txid), validUntil };
}

function entryOf(json: Json | undefined): OutboxEntry | undefined {
  if (!isJsonObject(json)) return undefined;
  const { key, attempt, validUntil } = json;
  const envelope = bytesOf(json['envelope']);
  const txid = bytesOf(json['txid']);
  if (envelope === undefined || txid === undefined || typeof key !== 'string') return undefined;
  if (typeof attempt !== 'number' || typeof validUntil !== 'number') return undefined;
  return { key, attempt, envelope, txid, validUntil };
}

function bytesOf(json: Json | undefined): Uint8Array | undefined {
  return typeof json === 'string' ? fromHex(json) : undefined;
}
