import type { Guard } from './manifest.ts';

/** Whoever acts for an organisation with a role of the consortium, such as `bank`. */
export function role(name: string): Guard {
  return { kind: 'role', role: name };
}

/** Whoever has a duty in an organisation, such as `checker`. */
export function duty(name: string): Guard {
  return { kind: 'duty', duty: name };
}

/** Whoever acts for one organisation. */
export function organisation(did: string): Guard {
  return { kind: 'organisation', did };
}
