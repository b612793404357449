import { tagged, u64 } from './title/bytes.ts';

/**
 * Terms of an offer as the two sides see them. On the chain is only their hash, so that nobody else learns the
 * price; the salt keeps it from being guessed.
 */
export type Terms = {
  /** The deal that they are for: terms of one deal are none of another. */
  readonly deal: Uint8Array;
  /** Face of the slice in units. */
  readonly units: number;
  /** What the holder gets, in units. */
  readonly disbursed: number;
  /** What the bank keeps, in units. */
  readonly fee: number;
  /** 32 random bytes that only the two sides know. */
  readonly salt: Uint8Array;
  /** Hash of everything else they agree on: rate, value date, covenants. */
  readonly rest: Uint8Array;
};

/** What the hash on the chain is taken of. */
export function termsBytes({ deal, units, disbursed, fee, salt, rest }: Terms): Uint8Array {
  return tagged('hanse-terms/1', deal, u64(units), u64(disbursed), u64(fee), salt, rest);
}

/**
 * Guard *G7 fee*: what is disbursed and the fee are the face of the slice. Whoever accepts checks it on the terms
 * before it signs their hash.
 */
export function isWholeFace({ units, disbursed, fee }: Terms): boolean {
  return disbursed > 0 && fee >= 0 && disbursed + fee === units;
}

/** What a payment proof is the hash of: what it pays, how much, the hash of the bank's message, and a secret salt. */
export function paymentBytes(payment: {
  /** The deal, or the pack for payment at maturity. */
  readonly subject: Uint8Array;
  readonly units: number;
  readonly message: Uint8Array;
  readonly salt: Uint8Array;
}): Uint8Array {
  const { subject, units, message, salt } = payment;
  return tagged('hanse-payment/1', subject, u64(units), message, salt);
}
