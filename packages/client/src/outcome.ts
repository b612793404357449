import { decode, encode, isJsonObject, type Json } from '@hanse/codec';
import { equalBytes, fromHex, HanseError, toHex } from '@hanse/kit';
import {
  openTx,
  receiptSchema,
  txSchema,
  type Receipt,
  type Sealed,
  type Tx,
  type TxProof,
  type Until,
} from '@hanse/model';
import { badAnswer, bytesOf, type Connection } from './connection.ts';
import { errorOfProblem } from './problem.ts';
import { receiptUnder } from './verify.ts';

/** What is known of a transaction: nothing yet, executed, expired by a node's word, or failed. */
export type Fate =
  | { readonly kind: 'open' }
  | ({ readonly kind: 'executed' } & Judged)
  | { readonly kind: 'expired'; readonly error: HanseError }
  | { readonly kind: 'failed'; readonly error: HanseError };

/** A receipt, and the bytes that prove it where a proof was asked for. */
export type Judged = { readonly receipt: Receipt; readonly proof: TxProof | undefined };

const ASK_MS = 10_000;

/**
 * Rule *final or proved*: `final` is ordered for good, its result the word of one node and typed as unproved;
 * for `proved`, the default, the receipt is checked from the certificate down. A proof that does not hold throws
 * its Proof* error.
 */
export async function judge(
  connection: Connection,
  tx: Sealed<Tx>,
  until: Until,
  outcome: Json | undefined,
): Promise<Fate> {
  if (!isJsonObject(outcome)) throw badAnswer('an outcome is no object');
  const { state } = outcome;
  if (state === 'pending') return { kind: 'open' };
  if (state === 'void') return judgeVoid(connection, tx, until, outcome);
  if (state !== 'final' && state !== 'proved') throw badAnswer('an outcome has no state');
  if (until === 'proved' && state === 'final') return { kind: 'open' };
  const { receipt, proof } = await readReceipt(connection, tx.digest, until, outcome);
  return { kind: 'executed', receipt, proof };
}

type Outcome = { readonly [key: string]: Json };

async function readReceipt(
  connection: Connection,
  txid: Uint8Array,
  until: Until,
  outcome: Outcome,
): Promise<Judged> {
  if (until === 'proved') return readProof(connection, txid, outcome);
  const receipt = decode(receiptSchema, bytesOf(outcome['receiptBytes'], 'receipt'));
  if (!receipt.ok) throw badAnswer(`receipt: ${receipt.error}`);
  if (!equalBytes(receipt.value.txid, txid))
    throw badAnswer('the receipt is of another transaction');
  return { receipt: receipt.value, proof: undefined };
}

async function readProof(
  connection: Connection,
  txid: Uint8Array,
  outcome: Outcome,
): Promise<Judged & { readonly tx: Sealed<Tx> }> {
  if (!isJsonObject(outcome['proof'])) throw badAnswer('the proof asked for is missing');
  const { final, receipt, tx } = outcome['proof'];
  if (typeof final !== 'string' || typeof receipt !== 'string' || typeof tx !== 'string') {
    throw badAnswer('the proof lacks a part');
  }
  const { suite } = await connection.chain();
  const checked = receiptUnder(suite, await connection.header(final), {
    txid,
    receipt: bytesOf(receipt, 'receipt'),
    tx: bytesOf(tx, 'transaction'),
  });
  if (checked.tx === undefined) throw badAnswer('the transaction is missing');
  return { receipt: checked.receipt, proof: { final, receipt, tx }, tx: checked.tx };
}

async function judgeVoid(
  connection: Connection,
  tx: Sealed<Tx>,
  until: Until,
  outcome: Outcome,
): Promise<Fate> {
  const error = errorOfProblem(outcome['problem']);
  if (error === undefined) throw badAnswer('a void outcome without its problem');
  if (error.codeName === 'Expired') return { kind: 'expired', error };
  if (error.codeName !== 'SaltReused') return { kind: 'failed', error };
  const first = await firstOfSalt(connection, tx, until, error);
  if (first === undefined) return { kind: 'failed', error };
  return { kind: 'executed', receipt: first.receipt, proof: first.proof };
}

/**
 * The receipt of the first transaction under the same key, when it asked for the same: the bytes
 * differ only because the outbox was lost. Undefined when it asked for something else.
 */
async function firstOfSalt(
  connection: Connection,
  tx: Sealed<Tx>,
  until: Until,
  error: HanseError,
): Promise<Judged | undefined> {
  const txid = fromHex(String(error.params['first'] ?? ''));
  if (txid?.length !== 32) return undefined;
  const { transport, platform } = connection;
  const { value } = await transport.request({
    method: 'GET',
    path: `/v1/tx/${toHex(txid)}?until=proved&waitMs=${ASK_MS}&proof=1`,
    deadlineMs: platform.nowMs() + 2 * ASK_MS,
    attemptMs: 2 * ASK_MS,
  });
  if (!isJsonObject(value) || !isJsonObject(value['proof'])) return undefined;
  if (until === 'proved') {
    const first = await readProof(connection, txid, value);
    return asksTheSame(first.tx.value, tx.value) ? first : undefined;
  }
  const { suite } = await connection.chain();
  const first = openTx(suite, bytesOf(value['proof']['tx'], 'transaction'));
  if (!first.ok || !equalBytes(first.value.digest, txid)) return undefined;
  if (!asksTheSame(first.value.value, tx.value)) return undefined;
  return readReceipt(connection, txid, until, value);
}

/** Whether two transactions are the same but for their lifetime. */
export function asksTheSame(a: Tx, b: Tx): boolean {
  const validUntil = 0;
  return equalBytes(encode(txSchema, { ...a, validUntil }), encode(txSchema, { ...b, validUntil }));
}
