import { gasTable } from './gas.ts';
import type { Method } from './interface.ts';
import type { RunMeter } from './ports.ts';
import type { LoadedProgram } from './programs.ts';
import { refuse } from './refusal.ts';
import { findContract, programOf } from './registry.ts';
import type { Session } from './session.ts';

/** A method by name. */
export type Named = { readonly contract: string; readonly method: string };

/** A method that was found. */
export type Target = {
  readonly name: Named;
  readonly loaded: LoadedProgram;
  /** Position of the method in the manifest. */
  readonly index: number;
  readonly method: Method;
  /** Contracts at work that led to it, outermost first; empty when a transaction or a query calls. */
  readonly callers: readonly string[];
};

/** Find a method to call, or refuse. Charges for the call. */
export function findTarget(
  session: Session,
  meter: RunMeter,
  name: Named,
  callers: readonly string[],
): Target {
  meter.charge(gasTable.call);
  const record = findContract(session.state, name.contract);
  if (record === undefined) return refuse('UnknownContract', { contract: name.contract });
  const loaded = programOf(session.chain.programs, session.state, record);
  const index = loaded.face.methodIndex.get(name.method);
  const method = index === undefined ? undefined : loaded.face.methods[index];
  if (index === undefined || method === undefined) return refuse('UnknownMethod', name);
  return { name, loaded, index, method, callers };
}
