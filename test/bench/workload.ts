import { encode } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { limits, must, utf8 } from '@hanse/kit';
import { postSchema, sealEnvelope, type Deposit } from '@hanse/model';
import type { Holder } from '../harness/make.ts';
import { depositCall, txOf, type TxOptions } from '../harness/sample.ts';
import { moveCall, transfer } from './transfer.ts';

/** What a client sends. */
export type Workload = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly holders: readonly Holder[];
  /** Makes the transactions of this client and run differ from all others, repeatably. */
  readonly label: string;
  readonly txs: number;
  readonly txsPerEnvelope: number;
  readonly envelopesPerPost: number;
  /** Length of the run: everything is signed before it starts. */
  readonly seconds: number;
  readonly kind: Kind;
};

/** What a transaction does: a deposit of evidence, or a move of money in a deployed contract. */
export type Kind = 'deposit' | 'transfer';

/** A signed request body and the ids of the transactions in it, per envelope. */
export type SignedPost = {
  readonly body: Uint8Array;
  readonly txids: readonly (readonly Uint8Array[])[];
};

type SealedEnvelope = { readonly bytes: Uint8Array; readonly txids: readonly Uint8Array[] };

/** What the client gives a transaction, beside the time that a signed one lies here before it is sent. */
const VALID_FOR_MS = 120_000;

/** Sign everything a client will send: no two transactions are the same. */
export function signPosts(workload: Workload): readonly SignedPost[] {
  const { suite, chainId, holders, txs, txsPerEnvelope, envelopesPerPost } = workload;
  const nowMs = Date.now();
  const validUntil =
    nowMs + Math.min(1_000 * workload.seconds + VALID_FOR_MS, limits.txLifetimeMsMax - 30_000);
  const seal = (first: number, holder: Holder): SealedEnvelope => {
    const sealed = Array.from({ length: Math.min(txsPerEnvelope, txs - first) }, (_, i) => {
      const byteHash = suite.hash(utf8(`${workload.label}/${first + i}`));
      return txOf(suite, {
        chainId,
        holders: [holder],
        ...contentOf(workload.kind, byteHash, nowMs),
        salt: byteHash.slice(0, limits.saltBytes),
        validUntil,
      });
    });
    return {
      bytes: sealEnvelope(suite, sealed, [holder.key]),
      txids: sealed.map((tx) => tx.digest),
    };
  };
  const txsPerPost = txsPerEnvelope * envelopesPerPost;
  const posts: SignedPost[] = [];
  for (let from = 0; from < txs; from += txsPerPost) {
    const envelopes: SealedEnvelope[] = [];
    for (let first = from; first < Math.min(txs, from + txsPerPost); first += txsPerEnvelope) {
      const turn = Math.floor(first / txsPerEnvelope) % holders.length;
      envelopes.push(seal(first, must(holders[turn], 'a client has holders')));
    }
    posts.push({
      body: encode(postSchema, { envelopes: envelopes.map((one) => one.bytes) }),
      txids: envelopes.map((one) => one.txids),
    });
  }
  return posts;
}

function contentOf(
  kind: Kind,
  byteHash: Uint8Array,
  nowMs: number,
): Pick<TxOptions, 'calls' | 'gasLimit'> {
  if (kind === 'deposit') return { calls: [depositCall(depositOf(byteHash, nowMs))] };
  const number = new DataView(byteHash.buffer, byteHash.byteOffset).getUint32(0);
  return { calls: [moveCall(number)], gasLimit: transfer.gasLimit };
}

function depositOf(byteHash: Uint8Array, capturedAt: number): Deposit {
  return {
    byteHash,
    sizeBytes: 48_211,
    mediaType: 'application/pdf',
    fieldsRoot: byteHash,
    fieldCount: 24,
    capture: {
      device: '',
      software: 'hanse-bench',
      softwareVersion: '1.0.0',
      capturedAt,
      timeSource: 'ntp',
      method: 'api',
    },
  };
}
