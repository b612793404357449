import { encode, t } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { assert, limits } from '@hanse/kit';
import {
  envelopeSchema,
  envelopeSignBytes,
  PROTOCOL_VERSION,
  sealTx,
  taggedHash,
  type Call,
  type Sealed,
  type Tx,
} from '@hanse/model';
import type { Signer } from './keys.ts';

/** Who signs, without the means to: enough to build what will be signed. */
export type SignerName = { readonly did: string; readonly kid: string };

/** What a transaction is made of. */
export type TxParts = {
  readonly chainId: Uint8Array;
  readonly salt: Uint8Array;
  /** Block time in Unix milliseconds until which it may be executed. */
  readonly validUntil: number;
  readonly gasLimit?: number;
  readonly signers: readonly SignerName[];
  readonly calls: readonly Call[];
};

/** Unsigned transactions of one set of signers, with the bytes each of them signs. */
export type Draft = {
  readonly txs: readonly Sealed<Tx>[];
  readonly message: Uint8Array;
};

const saltSchema = t.struct({ key: t.text(limits.evidenceTextBytesMax), attempt: t.u32 });

/** Rule `salt`: what makes the transaction of an idempotency key the same one every time. */
export function saltOf(suite: Suite, idempotencyKey: string, attempt: number): Uint8Array {
  const bytes = encode(saltSchema, { key: idempotencyKey, attempt });
  return taggedHash(suite, 'hanse-idempotency/1', bytes).slice(0, limits.saltBytes);
}

/** A transaction with its id. */
export function buildTx(suite: Suite, parts: TxParts): Sealed<Tx> {
  const { chainId, salt, validUntil, signers, calls } = parts;
  return sealTx(suite, {
    protocolVersion: PROTOCOL_VERSION,
    chainId,
    salt,
    validUntil,
    gasLimit: parts.gasLimit ?? limits.gasPerTxDefault,
    signers: signers.map(({ did, kid }) => ({ did, kid })),
    calls,
  });
}

/** Draft an envelope of transactions that name the same signers. */
export function draftEnvelope(suite: Suite, txs: readonly Sealed<Tx>[]): Draft {
  const [first] = txs;
  assert(first !== undefined, 'an envelope needs a transaction');
  const txids = txs.map((tx) => tx.digest);
  return { txs, message: envelopeSignBytes(suite, first.value.chainId, txids) };
}

/** Envelope bytes of a draft, signed by its signers in order. Works without a network. */
export async function signDraft(draft: Draft, signers: readonly Signer[]): Promise<Uint8Array> {
  const named = draft.txs[0]?.value.signers ?? [];
  assert(named.length === signers.length, 'one signer per name in the transactions');
  const signatures = [];
  for (const [index, signer] of signers.entries()) {
    const name = named[index];
    assert(name?.did === signer.did && name.kid === signer.kid, `signer ${index} is ${name?.did}`);
    const signature = await signer.sign(draft.message);
    signatures.push({ alg: signer.alg, publicKey: signer.publicKey, signature });
  }
  return encode(envelopeSchema, { txs: draft.txs.map((tx) => tx.bytes), signatures });
}
