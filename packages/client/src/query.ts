import { decode, encode, isJsonObject, type Schema } from '@hanse/codec';
import { HanseError, toHex } from '@hanse/kit';
import {
  didKeyBytes,
  didRecordSchema,
  evidenceKeyBytes,
  evidenceSchema,
  type DidRecord,
  type Evidence,
} from '@hanse/model';
import type { TypedQuery } from './calls.ts';
import { askJson, badAnswer, bytesOf, type Connection } from './connection.ts';
import { checkAge, recordUnder, type VerifiedRecord } from './verify.ts';

/** How to read. */
export type ReadOptions = {
  /** Height the state must have reached; the newest result this client has seen when absent. */
  readonly minHeight?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** How to read with proof. */
export type ProvedOptions = ReadOptions & {
  /** How old the header under the proof may be; five minutes when absent. */
  readonly maxAgeMs?: number;
};

/** The answer of one node's state. */
export type Answered<T> = { readonly value: T; readonly height: number; readonly ageMs: number };

/** A record that the validators vouch for, and the bytes that prove it to others (base64url). */
export type Proved<T> = {
  /** Undefined: proved absent. */
  readonly value: T | undefined;
  readonly height: number;
  /** Time of the header under the proof, in Unix milliseconds. */
  readonly time: number;
  readonly proof: { readonly final: string; readonly record: string };
};

const READ_MS = 15_000;
const MAX_AGE_MS = 5 * 60_000;

/** Rule *read your writes*: a query's answer is the word of one node, at least as new as what was seen before. */
export async function runQuery<T>(
  connection: Connection,
  query: TypedQuery<T>,
  options: ReadOptions,
): Promise<Answered<T>> {
  const minHeight = options.minHeight ?? connection.seen.height;
  const answer = await askJson(connection, {
    method: 'POST',
    path: '/v1/query',
    body: {
      contract: query.contract,
      query: query.query,
      args: argsJson(query),
      minHeight,
    },
    ...limitsOf(connection, options),
  });
  const { height, ageMs } = answer;
  if (typeof height !== 'number' || typeof ageMs !== 'number') throw badAnswer('no height');
  if (height < minHeight) throw new HanseError('HeightNotReached', { height, minHeight });
  if (query.codeHash !== undefined && answer['codeHash'] !== query.codeHash) {
    throw badAnswer('another version of the contract answered');
  }
  return { value: query.readResult(bytesOf(answer['resultBytes'], 'result')), height, ageMs };
}

function argsJson<T>({ contract, query, argsSchema, args }: TypedQuery<T>) {
  try {
    // Encoding checks every bound; the JSON view alone would not.
    encode(argsSchema, args);
    return argsSchema.toJson(args);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HanseError('BadArguments', { contract, method: query, reason }, cause);
  }
}

/** A record, or its absence, checked down from the validators' certificate (rules bound, age, newest). */
export async function readRecord(
  connection: Connection,
  key: Uint8Array,
  options: ProvedOptions,
): Promise<Proved<Uint8Array>> {
  const minHeight = options.minHeight ?? connection.seen.height;
  const answer = await askJson(connection, {
    method: 'GET',
    path: `/v1/records/${toHex(key)}?proof=1&minHeight=${minHeight}`,
    ...limitsOf(connection, options),
  });
  const { proof } = answer;
  if (!isJsonObject(proof)) throw badAnswer('the proof asked for is missing');
  const { final, record } = proof;
  if (typeof final !== 'string' || typeof record !== 'string') throw badAnswer('no proof bytes');
  const { suite } = await connection.chain();
  const header = await connection.header(final);
  const checked = recordUnder(suite, header, { key, record: bytesOf(record, 'record') });
  checkAge(checked.header, {
    nowMs: connection.platform.nowMs(),
    maxAgeMs: options.maxAgeMs ?? MAX_AGE_MS,
  });
  checkHeight(checked, minHeight);
  const { value, height } = checked;
  return { value, height, time: checked.header.time, proof: { final, record } };
}

function checkHeight({ height }: VerifiedRecord, minHeight: number): void {
  if (height < minHeight) throw new HanseError('HeightNotReached', { height, minHeight });
}

/** The record of an identity, proved. */
export function readIdentity(
  connection: Connection,
  did: string,
  options: ProvedOptions,
): Promise<Proved<DidRecord>> {
  return readTyped(connection, didRecordSchema, didKeyBytes(did), options);
}

/** A deposit by its id, proved. */
export function readEvidence(
  connection: Connection,
  id: Uint8Array,
  options: ProvedOptions,
): Promise<Proved<Evidence>> {
  return readTyped(connection, evidenceSchema, evidenceKeyBytes(id), options);
}

async function readTyped<T>(
  connection: Connection,
  schema: Schema<T>,
  key: Uint8Array,
  options: ProvedOptions,
): Promise<Proved<T>> {
  const record = await readRecord(connection, key, options);
  if (record.value === undefined) return { ...record, value: undefined };
  const value = decode(schema, record.value);
  if (!value.ok) throw new HanseError('ProofMalformed', { reason: `record: ${value.error}` });
  return { ...record, value: value.value };
}

/** Deadline and signal of a read. */
export function limitsOf(
  { platform }: Connection,
  { timeoutMs, signal }: ReadOptions,
): { readonly deadlineMs: number; readonly signal: AbortSignal | undefined } {
  return { deadlineMs: platform.nowMs() + (timeoutMs ?? READ_MS), signal };
}
