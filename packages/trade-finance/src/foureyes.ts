import type { ContextSigner } from '@hanse/contract';
import type { Reason } from './codes.ts';

/** Guard *G6 four eyes*: a maker and a checker of one organisation sign, and they are two persons. */
export function fourEyesGuard(
  signers: readonly ContextSigner[],
  organisation: string,
): Reason | undefined {
  const own = signers.filter((signer) => signer.organisation === organisation);
  const makers = own.filter(({ hasDuty }) => hasDuty('maker'));
  const checkers = own.filter(({ hasDuty }) => hasDuty('checker'));
  const isPair = makers.some(({ id }) => checkers.some((checker) => checker.id !== id));
  return isPair ? undefined : 'FOUR_EYES';
}
