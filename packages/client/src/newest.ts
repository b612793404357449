import { equalBytes, fromHex, HanseError, toHex } from '@hanse/kit';
import type { FinalHeader } from './verify.ts';

/** The newest final block a client has verified on a chain; plain data, so that it can be stored. */
export type Newest = {
  readonly epoch: number;
  readonly height: number;
  /** Digest in hexadecimal. */
  readonly digest: string;
};

/** Where the newest block of a chain is kept over restarts. Chain ids are hexadecimal. */
export type TrustStore = {
  readonly load: (chainId: string) => Promise<Newest | undefined>;
  readonly save: (chainId: string, newest: Newest) => Promise<void>;
};

/** A store that forgets with the process. */
export function memoryTrustStore(): TrustStore {
  const byChain = new Map<string, Newest>();
  return {
    load: async (chainId) => byChain.get(chainId),
    save: async (chainId, newest) => void byChain.set(chainId, newest),
  };
}

/**
 * Rule `newest`: what is known after another final header. Throws ProofBadCertificate for a header
 * of an older epoch, whose validators may no longer answer for their keys, and for a second block at
 * a known height.
 */
export function advance(newest: Newest | undefined, final: FinalHeader): Newest {
  const { epoch, height } = final.header;
  if (newest !== undefined) {
    if (epoch < newest.epoch) throw refused(`epoch ${epoch} ended before epoch ${newest.epoch}`);
    const known = fromHex(newest.digest) ?? new Uint8Array(0);
    if (height === newest.height && !equalBytes(known, final.digest)) {
      throw refused(`another block is final at height ${height}`);
    }
    if (height <= newest.height) return newest;
  }
  return { epoch, height, digest: toHex(final.digest) };
}

function refused(reason: string): HanseError {
  return new HanseError('ProofBadCertificate', { reason });
}
