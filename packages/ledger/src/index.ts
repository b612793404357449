export type { LedgerBlock } from './execution.ts';
export {
  Ledger,
  type Admission,
  type Applied,
  type LedgerAnswer,
  type LedgerConfig,
  type LedgerOutcome,
} from './ledger.ts';
export type * from './ports.ts';
export { verifyAll, type ScrubReport } from './scrub.ts';
export type { VoidTx } from './spent.ts';
export { readState } from './view.ts';
