import { limits, unreachable } from '@hanse/kit';
import { HostRefusal, type Frame, type RunOutcome } from './ports.ts';
import { clip, refuse } from './refusal.ts';
import type { RefusalFrame } from './refuse.ts';
import type { Named } from './target.ts';

/** The result of a run; every other outcome is a refusal of the transaction. */
export function resultOf(name: Named, outcome: RunOutcome, gasLimit: number): Uint8Array {
  switch (outcome.kind) {
    case 'returned':
      return outcome.result;
    case 'rejected': {
      const { code, message, frames } = outcome;
      const params = { ...name, reason: code, message };
      return refuse('ContractRejected', params, framesOf(name.contract, frames));
    }
    case 'refused':
      throw new HostRefusal(outcome.refusal);
    case 'failed':
      return refuseFailure(name, outcome, gasLimit);
    default:
      return unreachable(outcome);
  }
}

/** Refuse because of code that failed. */
export function refuseFailure(
  name: Named,
  { failure, message, frames }: Extract<RunOutcome, { readonly kind: 'failed' }>,
  gasLimit: number,
): never {
  const places = framesOf(name.contract, frames);
  if (failure === 'OutOfGas') return refuse('OutOfGas', { limit: gasLimit }, places);
  return refuse('ContractFailed', { ...name, failure, message }, places);
}

/** Places in code as a receipt keeps them: `name line:column`. */
function framesOf(contract: string, frames: readonly Frame[]): readonly RefusalFrame[] {
  return frames.slice(0, limits.callDepthMax).map(({ name, line, column }) => ({
    contract,
    at: clip(`${name === '' ? '(code)' : name} ${line}:${column}`),
  }));
}
