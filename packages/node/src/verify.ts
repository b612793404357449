import type { Result } from '@hanse/kit';
import type { Admitted } from '@hanse/pool';
import type { RefusalWire } from './state.ts';

/** What checking one envelope gave: what the pool and the state need to know of it, or why it is refused. */
export type VerifiedEnvelope =
  | { readonly kind: 'valid'; readonly admitted: Omit<Admitted, 'bytes'> }
  | { readonly kind: 'refused'; readonly refusal: RefusalWire };

/** Methods of a verify worker. */
export type VerifyMethods = {
  readonly open: (request: { readonly suite: 'intl' | 'sm'; readonly chainId: Uint8Array }) => void;
  readonly envelopes: (request: {
    readonly envelopes: readonly Uint8Array[];
  }) => readonly VerifiedEnvelope[];
  /** Check all signatures and counts of a batch. */
  readonly batch: (request: { readonly bytes: Uint8Array }) => Result<undefined, string>;
};
