import { claimErrors } from './errors/claims.ts';
import { contractErrors } from './errors/contract.ts';
import type { CatalogueEntry } from './errors/entry.ts';
import { identityErrors } from './errors/identity.ts';
import { internalErrors } from './errors/internal.ts';
import { networkErrors } from './errors/network.ts';
import { proofErrors } from './errors/proof.ts';
import { storageErrors } from './errors/storage.ts';
import { submitErrors } from './errors/submit.ts';
import { usageErrors } from './errors/usage.ts';

/**
 * Every failure a person or a program can meet. Ranges: 1xxx usage and configuration · 3xxx submit
 * and execution · 4xxx identity and access · 5xxx consensus and network · 6xxx storage ·
 * 7xxx services · 8xxx proofs · 9xxx internal. A code is never reused.
 */
export const catalogue = {
  ...usageErrors,
  ...submitErrors,
  ...contractErrors,
  ...identityErrors,
  ...networkErrors,
  ...storageErrors,
  ...claimErrors,
  ...proofErrors,
  ...internalErrors,
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorName = keyof typeof catalogue;
