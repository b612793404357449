import type { Evidence } from '@hanse/model';
import type { Outcome } from './outcome.ts';
import type { Party } from './parties.ts';

/** What somebody asks of a contract. */
export type Asked = {
  readonly contract: string;
  readonly method: string;
  readonly args: unknown;
};

/** The block at hand. */
export type BlockAt = { readonly height: number; readonly timeMs: number };

/** Where contracts of a test run: as plain TypeScript, or in the engine of validators. */
export type Backend = {
  /** Make a party known, with its roles and duties. */
  readonly admit: (party: Party) => void;
  /** Put a deposit on the chain. */
  readonly deposit: (evidence: Evidence) => void;
  /** Execute a transaction with one call. The first signer acts. */
  readonly execute: (
    signers: readonly Party[],
    asked: Asked,
    at: BlockAt & { readonly txid: Uint8Array },
  ) => Promise<Outcome>;
  readonly query: (asked: Asked, at: BlockAt) => Promise<Outcome>;
  readonly close: () => Promise<void>;
};
