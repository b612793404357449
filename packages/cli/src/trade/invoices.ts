import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import type { ImportResult } from '@hanse/einvoice';
import { fromHex, HanseError, isHanseError, must, toHex } from '@hanse/kit';
import {
  askClaims,
  askPacks,
  readDeal,
  readTitle,
  titleOf,
  tradeRejection,
  type Desk,
  type Title,
} from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { unreadable } from '../files.ts';
import type { Input } from '../input.ts';
import { deskOf } from './desk.ts';
import { Importer } from './importer.ts';
import { installedRules } from './rules.ts';
import { Vault, type KeptDocument } from './vault.ts';

/** A document in memory, as the importer read it. */
export type ReadFile = {
  readonly path: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly result: ImportResult;
};

/** What commands about invoices share. */
export type Trade = {
  readonly context: Context;
  readonly desk: Desk;
  readonly vault: Vault;
  readonly importer: Importer;
};

/** Run a command about invoices, and let its worker go afterwards. */
export async function withTrade<T>(
  context: Context,
  input: Input,
  work: (trade: Trade) => Promise<T>,
): Promise<T> {
  const importer = new Importer(installedRules(context));
  try {
    const vault = new Vault(context.network.dir);
    return await work({ context, desk: await deskOf(context, input), vault, importer });
  } catch (error) {
    throw inBothLanguages(error);
  } finally {
    await importer.close();
  }
}

/** A rejection by the contracts of trade finance: its sentence is on the chain in English only. */
function inBothLanguages(error: unknown): unknown {
  const rejection = tradeRejection(error);
  if (rejection === undefined || !isHanseError(error)) return error;
  const params = { ...error.params, message: rejection.says.en, messageZh: rejection.says.zh };
  return new HanseError(error.codeName, params, error, error.frames);
}

const ID = /^[0-9a-f]{64}$/;
const PREFIX_MIN = 6;
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** Read a file and import it off the event loop. Throws FileUnreadable. */
export async function readInvoiceFile(trade: Trade, path: string): Promise<ReadFile> {
  const absolute = resolve(trade.context.cwd, path);
  let bytes: Uint8Array;
  try {
    const { size } = statSync(absolute);
    if (size > FILE_BYTES_MAX) {
      const params = { name: 'bytes of the document', value: size, limit: FILE_BYTES_MAX };
      throw new HanseError('OverLimit', params);
    }
    bytes = new Uint8Array(readFileSync(absolute));
  } catch (error) {
    throw error instanceof HanseError ? error : unreadable(path, error);
  }
  const name = basename(absolute);
  return { path: absolute, name, bytes, result: await trade.importer.import(bytes, name) };
}

/** The document that a file, an id, the beginning of one, or an invoice number kept here stands for. */
export async function resolveDocument(trade: Trade, text: string): Promise<Uint8Array> {
  const { context, vault } = trade;
  const path = resolve(context.cwd, text);
  if (existsSync(path) && statSync(path).isFile()) {
    return (await context.suite()).hash(new Uint8Array(readFileSync(path)));
  }
  if (ID.test(text)) return must(fromHex(text), 'matched as hexadecimal');
  const found = vault.documents().filter((one) => isMeant(one, text));
  const meant = found.length > 1 ? await withoutDuplicates(trade, found) : found;
  const [only, ...more] = meant;
  if (only !== undefined && more.length === 0) {
    return must(fromHex(only.document), 'ids are hexadecimal');
  }
  const reason =
    only === undefined
      ? `"${text}" is no file, no id, and no number of a document that is kept here.`
      : `"${text}" stands for ${found.length} documents: ${found.map((one) => one.name).join(', ')}.`;
  throw new HanseError('TradeObjectUnknown', { object: 'document', reason });
}

/** Of several files with one number: those that are no duplicates of another one. */
async function withoutDuplicates(
  { desk }: Trade,
  found: readonly KeptDocument[],
): Promise<readonly KeptDocument[]> {
  const states = await Promise.all(
    found.map(async (one) => {
      const document = must(fromHex(one.document), 'ids are hexadecimal');
      return (await askClaims(desk).status({ document })).value?.state ?? '';
    }),
  );
  return found.filter((_, i) => states[i] !== '' && !states[i]?.startsWith('DUPLICATE'));
}

function isMeant(kept: KeptDocument, text: string): boolean {
  const isStart = text.length >= PREFIX_MIN && kept.document.startsWith(text);
  return isStart || kept.number === text;
}

/** The title that an id of it, or anything that stands for its invoice, means. */
export async function resolveTitle(trade: Trade, text: string): Promise<Title> {
  const { desk } = trade;
  if (ID.test(text)) {
    const id = must(fromHex(text), 'matched as hexadecimal');
    const { value } = await askPacks(desk).get({ pack: id });
    if (value !== undefined) return readTitle(desk, id);
  }
  const pack = await titleOf(desk, await resolveDocument(trade, text));
  return readTitle(desk, pack.id);
}

/**
 * The document that stands for an invoice whose seller asks banks about the whole of it; undefined when a title holds
 * its claim, or for anything that is no document.
 */
export async function wholeDocument(trade: Trade, text: string): Promise<Uint8Array | undefined> {
  const document = await resolveDocument(trade, text).catch(() => undefined);
  if (document === undefined) return undefined;
  const { value } = await askClaims(trade.desk).get({ document });
  return value === undefined || value.isPacked || value.asked.length === 0 ? undefined : document;
}

/** A deal by its id, or the newest one at a stage on the title that something stands for. */
export async function resolveDeal(
  trade: Trade,
  text: string,
  stages: readonly string[],
): Promise<Uint8Array> {
  const { desk } = trade;
  if (ID.test(text)) {
    const id = must(fromHex(text), 'matched as hexadecimal');
    const { value } = await askPacks(desk).deal({ id });
    if (value !== undefined) return id;
  }
  const { deals } = await resolveTitle(trade, text);
  const fitting = deals
    .filter(({ stage }) => stages.includes(stage))
    .toSorted((a, b) => a.time - b.time);
  const last = fitting.at(-1);
  if (last !== undefined) return last.id;
  const reason = `No deal on this title is at the stage ${stages.join(' or ')}.`;
  throw new HanseError('TradeObjectUnknown', { object: 'deal', reason });
}

/** The file of the invoice behind a deal: the one named, or the one that is kept. */
export async function fileOfDeal(
  trade: Trade,
  deal: Uint8Array,
  named: string | undefined,
): Promise<ReadFile> {
  if (named !== undefined) return readInvoiceFile(trade, named);
  const { pack } = await readDeal(trade.desk, deal);
  const { document } = (await readTitle(trade.desk, pack)).pack;
  const kept = trade.vault.document(toHex(document));
  if (kept !== undefined) return readInvoiceFile(trade, kept.path);
  throw new HanseError('InputNeeded', { what: 'the file of the invoice', flag: '--file' });
}

/** A path as it is typed from here. */
export function near({ cwd }: Pick<Context, 'cwd'>, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || short === '' ? path : short;
}
