import { decode } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import {
  equalBytes,
  err,
  limits,
  must,
  ok,
  toHex,
  type ErrorName,
  type ErrorParams,
  type Result,
} from '@hanse/kit';
import {
  envelopeSchema,
  openEnvelope,
  openTx,
  PROTOCOL_VERSION,
  signatureChecks,
  type Batch,
  type OpenEnvelope,
} from '@hanse/model';

/** An envelope whose form and signatures hold, with what the pool decides by. */
export type Admitted = {
  readonly bytes: Uint8Array;
  readonly txids: readonly Uint8Array[];
  /** Unix milliseconds of block time, the earliest and the latest of its transactions. */
  readonly validUntilMin: number;
  readonly validUntilMax: number;
  readonly gasSum: number;
  /** DID of the first signer, whose share of the pool it counts against. */
  readonly signer: string;
};

/** Why an envelope was refused: a name of the error catalogue with its parameters. */
export type EnvelopeRefusal = { readonly code: ErrorName; readonly params: ErrorParams };

/** Check envelopes of this chain, form and signatures, each on its own. */
export function verifyEnvelopes(
  suite: Suite,
  chainId: Uint8Array,
  envelopes: readonly Uint8Array[],
): readonly Result<Admitted, EnvelopeRefusal>[] {
  return envelopes.map((bytes) => verifyEnvelope(suite, chainId, bytes));
}

/** What the header of a batch must say of its contents. */
export type BatchContents = {
  readonly txids: readonly Uint8Array[];
  readonly signers: readonly string[];
};

/**
 * Check everything a batch's author answers for beyond its own signature: chain, form and signatures
 * of every envelope, counts in the header. One bad envelope makes the whole batch invalid.
 */
export function verifyBatchContents(
  suite: Suite,
  chainId: Uint8Array,
  batch: Batch,
): Result<BatchContents, string> {
  const { header, envelopes } = batch;
  if (!equalBytes(header.chainId, chainId)) return err('batch of another chain');
  const txids: Uint8Array[] = [];
  const signers = new Set<string>();
  let gasSum = 0;
  for (const [index, bytes] of envelopes.entries()) {
    const verified = verifyEnvelope(suite, chainId, bytes);
    if (!verified.ok)
      return err(
        `envelope ${index}: ${verified.error.code} ${Object.values(verified.error.params).join(' ')}`,
      );
    txids.push(...verified.value.txids);
    signers.add(verified.value.signer);
    gasSum += verified.value.gasSum;
  }
  if (txids.length !== header.txCount)
    return err(`${txids.length} transactions, the header says ${header.txCount}`);
  if (gasSum !== header.gasSum) return err(`gas ${gasSum}, the header says ${header.gasSum}`);
  return ok({ txids, signers: [...signers] });
}

function verifyEnvelope(
  suite: Suite,
  chainId: Uint8Array,
  bytes: Uint8Array,
): Result<Admitted, EnvelopeRefusal> {
  if (bytes.length > limits.envelopeBytesMax)
    return refuse('OverLimit', {
      name: 'envelope bytes',
      value: bytes.length,
      limit: limits.envelopeBytesMax,
    });
  const open = openEnvelope(suite, chainId, bytes);
  if (!open.ok) return err(formRefusal(suite, chainId, bytes, open.error));
  const signers = must(open.value.txs[0], 'an envelope has a transaction').value.signers;
  for (const [index, check] of signatureChecks(suite, chainId, open.value).entries()) {
    if (suite.verify(check.alg, check.publicKey, check.message, check.signature)) continue;
    const { did, kid } = must(signers[index], 'one signature per signer');
    return refuse('BadSignature', { did, kid });
  }
  return ok(summaryOf(open.value));
}

function summaryOf({ bytes, txs }: OpenEnvelope): Admitted {
  const validUntil = txs.map((tx) => tx.value.validUntil);
  return {
    bytes,
    txids: txs.map((tx) => tx.digest),
    validUntilMin: Math.min(...validUntil),
    validUntilMax: Math.max(...validUntil),
    gasSum: txs.reduce((sum, tx) => sum + tx.value.gasLimit, 0),
    signer: must(txs[0]?.value.signers[0], 'a transaction has a signer').did,
  };
}

/** The refusal that tells a caller most about an envelope whose form is wrong. */
function formRefusal(
  suite: Suite,
  chainId: Uint8Array,
  bytes: Uint8Array,
  reason: string,
): EnvelopeRefusal {
  const envelope = decode(envelopeSchema, bytes);
  for (const txBytes of envelope.ok ? envelope.value.txs : []) {
    const tx = openTx(suite, txBytes);
    if (!tx.ok) break;
    const { protocolVersion, chainId: got, gasLimit } = tx.value.value;
    if (protocolVersion !== PROTOCOL_VERSION)
      return {
        code: 'UnsupportedVersion',
        params: { object: 'transaction', got: protocolVersion, expected: PROTOCOL_VERSION },
      };
    if (!equalBytes(got, chainId))
      return { code: 'WrongChain', params: { got: toHex(got), expected: toHex(chainId) } };
    if (gasLimit > limits.gasPerTxMax)
      return {
        code: 'OverLimit',
        params: { name: 'gas limit', value: gasLimit, limit: limits.gasPerTxMax },
      };
  }
  return { code: 'Malformed', params: { object: 'envelope', reason } };
}

function refuse(code: ErrorName, params: ErrorParams): Result<never, EnvelopeRefusal> {
  return err({ code, params });
}
