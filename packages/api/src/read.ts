import { isJsonObject, type Json } from '@hanse/codec';
import { fromHex, HanseError, limits } from '@hanse/kit';
import type { Until } from '@hanse/model';
import { usage } from './problem.ts';
import type { Input } from './route.ts';

/** A height in decimal, or undefined when absent. Throws UsageError for anything else. */
export function readHeight(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const height = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(height)) throw usage(`${name} must be a height in decimal digits.`);
  return height;
}

/** A height that must be there. */
export function mustHeight(text: string | undefined, name: string): number {
  const height = readHeight(text, name);
  if (height === undefined) throw usage(`${name} must be a height in decimal digits.`);
  return height;
}

/** Number of rows asked for, within the page bound. */
export function readLimit(text: string | undefined): number {
  const limit = readHeight(text, 'limit') ?? 20;
  if (limit > limits.pageRowsMax) throw over('limit', limit, limits.pageRowsMax);
  return Math.max(1, limit);
}

/** `1` or `true`, `0` or `false`, or absent. */
export function readFlag(text: string | undefined, name: string): boolean {
  if (text === undefined || text === '0' || text === 'false') return false;
  if (text === '1' || text === 'true') return true;
  throw usage(`${name} must be 0 or 1.`);
}

/** How far a transaction must be; `proved` unless said otherwise. */
export function readUntil(value: Json | undefined): Until {
  if (value === undefined || value === null) return 'proved';
  if (value !== 'final' && value !== 'proved') throw usage('until must be "final" or "proved".');
  return value;
}

/** Milliseconds to wait, within the bound; 0 when absent. */
export function readWaitMs(value: Json | undefined): number {
  if (value === undefined || value === null) return 0;
  const waitMs = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof waitMs !== 'number' || !Number.isSafeInteger(waitMs) || waitMs < 0) {
    throw usage('waitMs must be a whole number of milliseconds.');
  }
  if (waitMs > limits.apiWaitMsMax) throw over('waitMs', waitMs, limits.apiWaitMsMax);
  return waitMs;
}

/** A transaction id: 32 bytes in lower-case hexadecimal. */
export function readTxid(value: Json | undefined): Uint8Array {
  const txid = typeof value === 'string' ? fromHex(value) : undefined;
  if (txid?.length !== 32) {
    throw usage('a transaction id has 64 lower-case hexadecimal digits.');
  }
  return txid;
}

/** A record key in hexadecimal. */
export function readKey(text: string | undefined): Uint8Array {
  const key = fromHex(text ?? '');
  if (key === undefined || key.length === 0) throw usage('the key must be hexadecimal.');
  if (key.length > limits.keyBytesMax) throw over('keyBytes', key.length, limits.keyBytesMax);
  return key;
}

/** The JSON object a request carries. */
export function readObject(input: Input): { readonly [key: string]: Json } {
  const { body } = input;
  if (body instanceof Uint8Array || !isJsonObject(body)) {
    throw usage('the body must be a JSON object.');
  }
  return body;
}

/** The error for a value above its bound. */
export function over(name: string, value: number, limit: number): HanseError {
  return new HanseError('OverLimit', { name, value, limit });
}
