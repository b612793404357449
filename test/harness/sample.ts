import { encode } from '@hanse/codec';
import { limits } from '@hanse/kit';
import {
  PROTOCOL_VERSION,
  sealEnvelope,
  sealTx,
  systemContracts,
  type Call,
  type Deposit,
  type Sealed,
  type Tx,
} from '@hanse/model';
import type { Suite } from '@hanse/crypto';
import { randomBytes } from '@hanse/native';
import type { Holder } from './make.ts';

const depositArgs = systemContracts.evidence.methods.deposit.args;

/** A deposit of a document that exists nowhere. */
export function sampleDeposit(nowMs: number): Deposit {
  return {
    byteHash: randomBytes(32),
    sizeBytes: 12_345,
    mediaType: 'application/json',
    fieldsRoot: randomBytes(32),
    fieldCount: 12,
    capture: {
      device: '',
      software: 'hanse-test',
      softwareVersion: '1',
      capturedAt: nowMs,
      timeSource: 'system',
      method: 'api',
    },
  };
}

/** The call that makes a deposit. */
export function depositCall(deposit: Deposit): Call {
  return { contract: 'evidence', method: 'deposit', args: encode(depositArgs, deposit) };
}

/** What a transaction needs beside its calls; the rest is usual. */
export type TxOptions = {
  readonly chainId: Uint8Array;
  readonly holders: readonly Holder[];
  readonly calls: readonly Call[];
  readonly validUntil?: number;
  readonly salt?: Uint8Array;
  readonly gasLimit?: number;
};

/** A transaction of these holders. */
export function txOf(suite: Suite, options: TxOptions): Sealed<Tx> {
  return sealTx(suite, {
    protocolVersion: PROTOCOL_VERSION,
    chainId: options.chainId,
    salt: options.salt ?? randomBytes(limits.saltBytes),
    validUntil: options.validUntil ?? Date.now() + 120_000,
    gasLimit: options.gasLimit ?? limits.gasPerTxDefault,
    signers: options.holders.map(({ did, kid }) => ({ did, kid })),
    calls: options.calls,
  });
}

/** An envelope of transactions, signed by their holders. */
export function envelopeOf(
  suite: Suite,
  txs: readonly Sealed<Tx>[],
  holders: readonly Holder[],
): Uint8Array {
  return sealEnvelope(
    suite,
    txs,
    holders.map(({ key }) => key),
  );
}
