import { unreachable } from '@hanse/kit';
import type { Party } from '@hanse/model';
import type { CallInfo, Guard } from './manifest.ts';
import { refuse } from './refusal.ts';
import type { Session } from './session.ts';
import type { Target } from './target.ts';

const NOBODY: Party = { did: '', organisation: '', roles: [], duties: [] };

/**
 * Rule caller: a transaction calls as its first signer, a contract as itself, with no organisation, and a
 * query as nobody. Who signed is known to all that run in the transaction.
 */
export function callInfo(
  { context: { height, time, txid } }: Session,
  parties: readonly Party[],
  { callers }: Target,
): CallInfo {
  const via = callers.at(-1);
  const self = via === undefined ? (parties[0] ?? NOBODY) : { ...NOBODY, did: via };
  return {
    caller: self.did,
    organisation: self.organisation,
    roles: self.roles,
    duties: self.duties,
    signers: parties.map(({ did, organisation, duties }) => ({ did, organisation, duties })),
    via: via ?? '',
    height,
    time,
    txid,
  };
}

/** Rules guards and internal: who may not call is refused before any code runs. */
export function checkCaller({ name, method, callers }: Target, info: CallInfo): void {
  const { caller } = info;
  if (method.kind === 'internal' && callers.length === 0) {
    refuse('NotAllowed', { ...name, needs: 'another contract', caller });
  }
  const { allow } = method;
  if (allow.length === 0 || allow.some((guard) => holds(guard, info))) return;
  refuse('NotAllowed', { ...name, needs: allow.map(describe).join(' or '), caller });
}

/** Rule read only: a query writes nothing, nor does what it calls. */
export function checkWritable(session: Session, { name, method }: Target): void {
  if (session.isReadOnly || method.kind === 'query') refuse('ReadOnly', name);
}

function holds(guard: Guard, { organisation, roles, duties }: CallInfo): boolean {
  switch (guard.kind) {
    case 'role':
      return roles.includes(guard.role);
    case 'duty':
      return duties.includes(guard.duty);
    case 'organisation':
      return organisation === guard.did;
    default:
      return unreachable(guard);
  }
}

function describe(guard: Guard): string {
  switch (guard.kind) {
    case 'role':
      return `role ${guard.role}`;
    case 'duty':
      return `duty ${guard.duty}`;
    case 'organisation':
      return guard.did;
    default:
      return unreachable(guard);
  }
}
