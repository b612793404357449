import { decode, encode, t, type Infer } from '@hanse/codec';
import { merkleRoot, type KeyPair, type Suite } from '@hanse/crypto';
import { assert, concatBytes, err, limits, ok, utf8, type Result } from '@hanse/kit';
import {
  algSchema,
  didSchema,
  kidSchema,
  PROTOCOL_VERSION,
  publicKeySchema,
  signatureSchema,
  taggedHash,
  u64Bytes,
  type Sealed,
} from './common.ts';

const callSchema = t.struct({
  contract: t.text(32),
  method: t.text(64),
  args: t.bytes(limits.argsBytesMax),
});

/** One transaction. Its calls are atomic: all are written or none is. */
export const txSchema = t.struct({
  protocolVersion: t.u16,
  chainId: t.hash,
  salt: t.fixed(limits.saltBytes),
  /** Unix time in milliseconds of block time until which it may be executed. */
  validUntil: t.u64,
  gasLimit: t.u32,
  signers: t.list(t.struct({ did: didSchema, kid: kidSchema }), limits.signersPerTxMax, 1),
  calls: t.list(callSchema, limits.callsPerTxMax, 1),
});

const envelopeSignatureSchema = t.struct({
  alg: algSchema,
  publicKey: publicKeySchema,
  signature: signatureSchema,
});

/**
 * Transactions that name the same signers, with one signature per signer over all of them. It
 * carries the raw keys, so that its validity needs no state; that each key belongs to its DID is
 * checked at execution.
 */
export const envelopeSchema = t.struct({
  txs: t.list(t.bytes(limits.txBytesMax), limits.txsPerEnvelopeMax, 1),
  signatures: t.list(envelopeSignatureSchema, limits.signersPerTxMax, 1),
});

export type Call = Infer<typeof callSchema>;
export type Tx = Infer<typeof txSchema>;
export type Signer = Tx['signers'][number];
export type Envelope = Infer<typeof envelopeSchema>;
export type EnvelopeSignature = Envelope['signatures'][number];

/** An envelope with its decoded transactions; `digest` of a transaction is its txid. */
export type OpenEnvelope = {
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  readonly txs: readonly Sealed<Tx>[];
};

/** Id of a transaction: the hash of its bytes. */
export function txidOf(suite: Suite, txBytes: Uint8Array): Uint8Array {
  return taggedHash(suite, 'hanse-tx/1', txBytes);
}

/** Encode a transaction and compute its id. */
export function sealTx(suite: Suite, tx: Tx): Sealed<Tx> {
  const bytes = encode(txSchema, tx);
  assert(
    bytes.length <= limits.txBytesMax,
    `transaction has ${bytes.length} bytes, limit ${limits.txBytesMax}`,
  );
  return { value: tx, bytes, digest: txidOf(suite, bytes) };
}

/** Decode a transaction, or say why it is none. */
export function openTx(suite: Suite, bytes: Uint8Array): Result<Sealed<Tx>, string> {
  if (bytes.length > limits.txBytesMax)
    return err(`transaction has ${bytes.length} bytes, limit ${limits.txBytesMax}`);
  const tx = decode(txSchema, bytes);
  if (!tx.ok) return tx;
  return ok({ value: tx.value, bytes, digest: txidOf(suite, bytes) });
}

/** What each signer of an envelope signs: domain, chain, count and Merkle root of the txids. */
export function envelopeSignBytes(
  suite: Suite,
  chainId: Uint8Array,
  txids: readonly Uint8Array[],
): Uint8Array {
  return concatBytes(
    utf8('hanse-envelope/1\0'),
    chainId,
    u64Bytes(txids.length),
    merkleRoot(suite, txids),
  );
}

/** Sign transactions that name the same signers; `keys[i]` belongs to the i-th signer. */
export function sealEnvelope(
  suite: Suite,
  txs: readonly Sealed<Tx>[],
  keys: readonly KeyPair[],
): Uint8Array {
  const chainId = txs[0]?.value.chainId;
  assert(chainId !== undefined, 'an envelope needs a transaction');
  const message = envelopeSignBytes(
    suite,
    chainId,
    txs.map((tx) => tx.digest),
  );
  const signatures = keys.map((key) => ({
    alg: key.alg,
    publicKey: key.publicKey,
    signature: suite.sign(key, message),
  }));
  return encode(envelopeSchema, { txs: txs.map((tx) => tx.bytes), signatures });
}

/**
 * Decode an envelope and check all of its form that needs no state: version, chain, same signers
 * everywhere, one signature per signer. Signatures are not verified here.
 */
export function openEnvelope(
  suite: Suite,
  chainId: Uint8Array,
  bytes: Uint8Array,
): Result<OpenEnvelope, string> {
  if (bytes.length > limits.envelopeBytesMax)
    return err(`envelope has ${bytes.length} bytes, limit ${limits.envelopeBytesMax}`);
  const envelope = decode(envelopeSchema, bytes);
  if (!envelope.ok) return envelope;
  const txs: Sealed<Tx>[] = [];
  for (const txBytes of envelope.value.txs) {
    const tx = openTx(suite, txBytes);
    if (!tx.ok) return err(`transaction ${txs.length}: ${tx.error}`);
    const reason = formError(tx.value.value, chainId, envelope.value, txs[0]?.value);
    if (reason !== undefined) return err(`transaction ${txs.length}: ${reason}`);
    txs.push(tx.value);
  }
  return ok({ bytes, envelope: envelope.value, txs });
}

/** One signature check of an envelope. */
export type SignatureCheck = EnvelopeSignature & { readonly message: Uint8Array };

/** The signature checks an opened envelope needs; it is valid when all of them pass. */
export function signatureChecks(
  suite: Suite,
  chainId: Uint8Array,
  open: OpenEnvelope,
): readonly SignatureCheck[] {
  const message = envelopeSignBytes(
    suite,
    chainId,
    open.txs.map((tx) => tx.digest),
  );
  return open.envelope.signatures.map((one) => ({ ...one, message }));
}

function formError(
  tx: Tx,
  chainId: Uint8Array,
  envelope: Envelope,
  first: Tx | undefined,
): string | undefined {
  if (tx.protocolVersion !== PROTOCOL_VERSION) return `protocol version ${tx.protocolVersion}`;
  if (tx.chainId.some((byte, i) => byte !== chainId[i])) return 'of another chain';
  if (tx.signers.length !== envelope.signatures.length)
    return 'number of signers and signatures differ';
  if (tx.gasLimit > limits.gasPerTxMax)
    return `gas limit ${tx.gasLimit}, bound ${limits.gasPerTxMax}`;
  const same =
    first === undefined ||
    tx.signers.every(
      (one, i) => one.did === first.signers[i]?.did && one.kid === first.signers[i]?.kid,
    );
  if (!same) return 'signers differ within the envelope';
  const distinct = new Set(tx.signers.map((one) => one.did));
  return distinct.size === tx.signers.length ? undefined : 'a signer is named twice';
}
