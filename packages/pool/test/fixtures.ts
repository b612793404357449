import { encode } from '@hanse/codec';
import { createSuite, type Suite } from '@hanse/crypto';
import { utf8 } from '@hanse/kit';
import {
  batchDigest,
  batchHeaderSchema,
  emptyPayload,
  sealEnvelope,
  sealTx,
  ZERO_HASH,
  type Batch,
  type BatchHeader,
  type Payload,
} from '@hanse/model';
import { Lanes } from '../src/lanes.ts';
import type { Admitted } from '../src/verify.ts';

export const suite: Suite = createSuite('intl');
export const chainId: Uint8Array = suite.hash(utf8('test chain'));

/** A batch as the lanes see it: only its header counts, so it has neither envelopes nor signature. */
export function batchOf(
  lane: number,
  seq: number,
  prev: Batch | undefined,
  over: Partial<BatchHeader> = {},
): Batch {
  const header: BatchHeader = {
    chainId,
    epoch: 0,
    lane,
    seq,
    prevDigest: prev?.digest ?? ZERO_HASH,
    envelopesRoot: ZERO_HASH,
    txCount: 1,
    sizeBytes: 100,
    gasSum: 10,
    ...over,
  };
  const digest = batchDigest(suite, encode(batchHeaderSchema, header));
  return { header, digest, signature: new Uint8Array(64), envelopes: [], bytes: new Uint8Array(0) };
}

/** `count` batches of a lane, one after the other; `tag` tells chains of one lane apart. */
export function chainOf(
  lane: number,
  count: number,
  over: Partial<BatchHeader> = {},
  prev?: Batch,
): Batch[] {
  const out: Batch[] = [];
  for (let i = 0; i < count; i++) {
    const last = out.at(-1) ?? prev;
    out.push(batchOf(lane, (last?.header.seq ?? 0) + 1, last, over));
  }
  return out;
}

export function lanesOf(
  laneCount: number,
  over: { self?: number; blockBytesMax?: number; blockGasMax?: number } = {},
): Lanes {
  const { self = 0, blockBytesMax = 8_000_000, blockGasMax = 2_000_000_000 } = over;
  return new Lanes({ laneCount, self, parameters: { blockBytesMax, blockGasMax }, epoch: 0 });
}

/** The payload that ends each lane at one of these batches; lanes without one keep the parent's. */
export function payloadOf(parent: Payload, tips: readonly Batch[]): Payload {
  const out = [...parent];
  for (const { header, digest } of tips) out[header.lane] = { seq: header.seq, digest };
  return out;
}

export const genesisPayload = (laneCount: number): Payload => emptyPayload(laneCount);

let salts = 0;

/** An admitted envelope that was never signed. */
export function admittedOf(over: Partial<Admitted> & { sizeBytes?: number } = {}): Admitted {
  const { sizeBytes = 200, ...rest } = over;
  const salt = utf8(`salt ${salts++}`);
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(salt.subarray(0, sizeBytes));
  return {
    bytes,
    txids: [suite.hash(salt)],
    validUntilMin: 60_000,
    validUntilMax: 60_000,
    gasSum: 1_000,
    signer: 'did:hanse:test:a',
    ...rest,
  };
}

/** A signed envelope; with `over` for what its transactions say. */
export function envelopeOf(
  over: {
    chainId?: Uint8Array;
    protocolVersion?: number;
    gasLimit?: number;
    validUntil?: number;
    count?: number;
    signers?: number;
    alg?: 'ed25519' | 'p256' | 'sm2';
    suite?: Suite;
  } = {},
): Uint8Array {
  const by = over.suite ?? suite;
  const count = over.count ?? 1;
  const signerCount = over.signers ?? 1;
  const keys = Array.from({ length: signerCount }, (_, i) =>
    by.keyPairFromSeed(over.alg ?? by.defaultAlg, new Uint8Array(32).fill(i + 1)),
  );
  const txs = Array.from({ length: count }, (_, i) =>
    sealTx(by, {
      protocolVersion: over.protocolVersion ?? 1,
      chainId: over.chainId ?? chainId,
      salt: new Uint8Array(16).fill(i),
      validUntil: (over.validUntil ?? 1_000) + i,
      gasLimit: over.gasLimit ?? 5,
      signers: keys.map((_, signer) => ({ did: `did:hanse:test:${signer}`, kid: 'k' })),
      calls: [{ contract: 'c', method: 'm', args: new Uint8Array(3) }],
    }),
  );
  return sealEnvelope(by, txs, keys);
}
