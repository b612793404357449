import { encode } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { limits, must, utf8 } from '@hanse/kit';
import { postSchema, sealEnvelope, type Deposit } from '@hanse/model';
import type { Holder } from '../harness/make.ts';
import { depositCall, txOf } from '../harness/sample.ts';

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
};

/** A signed request body and the ids of the transactions in it, per envelope. */
export type SignedPost = { readonly body: Uint8Array; readonly txids: readonly Uint8Array[][] };

const VALID_FOR_MS = limits.txLifetimeMsMax - 30_000;

/** Sign everything a client will send: evidence deposits of different documents. */
export function signPosts(workload: Workload): readonly SignedPost[] {
  const { suite, chainId, holders, txs, txsPerEnvelope, envelopesPerPost } = workload;
  const nowMs = Date.now();
  const posts: SignedPost[] = [];
  let made = 0;
  let turn = 0;
  while (made < txs) {
    const envelopes: Uint8Array[] = [];
    const txids: Uint8Array[][] = [];
    while (envelopes.length < envelopesPerPost && made < txs) {
      const holder = must(holders[turn++ % holders.length], 'a client has holders');
      const sealed = Array.from({ length: Math.min(txsPerEnvelope, txs - made) }, () => {
        const byteHash = suite.hash(utf8(`${workload.label}/${made++}`));
        return txOf(suite, {
          chainId,
          holders: [holder],
          calls: [depositCall(depositOf(byteHash, nowMs))],
          salt: byteHash.slice(0, limits.saltBytes),
          validUntil: nowMs + VALID_FOR_MS,
        });
      });
      envelopes.push(sealEnvelope(suite, sealed, [holder.key]));
      txids.push(sealed.map((tx) => tx.digest));
    }
    posts.push({ body: encode(postSchema, { envelopes }), txids });
  }
  return posts;
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
