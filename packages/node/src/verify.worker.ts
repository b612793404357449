import { parentPort } from 'node:worker_threads';
import { HanseError, must, ok, type Result } from '@hanse/kit';
import { openBatch } from '@hanse/model';
import { createThreadSuite } from '@hanse/native';
import { verifyBatchContents, verifyEnvelopes } from '@hanse/pool';
import { serveMethods } from './rpc.ts';
import type { VerifiedEnvelope, VerifyMethods } from './verify.ts';
import { textParams } from './views.ts';

let chain:
  | { readonly suite: ReturnType<typeof createThreadSuite>; readonly chainId: Uint8Array }
  | undefined;

function opened(): NonNullable<typeof chain> {
  if (chain === undefined)
    throw new HanseError('NotReady', { reason: 'The verify worker was not opened.' });
  return chain;
}

const methods: VerifyMethods = {
  open: ({ suite, chainId }) => {
    chain = { suite: createThreadSuite(suite), chainId };
  },
  envelopes: ({ envelopes }) => {
    const { suite, chainId } = opened();
    return verifyEnvelopes(suite, chainId, envelopes).map((result): VerifiedEnvelope => {
      if (!result.ok)
        return {
          kind: 'refused',
          refusal: { code: result.error.code, params: textParams(result.error.params) },
        };
      // The main thread has the bytes; they need not travel back.
      const { txids, validUntilMin, validUntilMax, gasSum, signer } = result.value;
      return { kind: 'valid', admitted: { txids, validUntilMin, validUntilMax, gasSum, signer } };
    });
  },
  batch: ({ bytes }): Result<undefined, string> => {
    const { suite, chainId } = opened();
    const batch = openBatch(suite, bytes);
    if (!batch.ok) return batch;
    const contents = verifyBatchContents(suite, chainId, batch.value);
    return contents.ok ? ok(undefined) : contents;
  },
};

serveMethods(must(parentPort, 'runs as a worker'), methods);
