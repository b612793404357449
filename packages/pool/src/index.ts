export { Lanes, type LanesConfig } from './lanes.ts';
export {
  Pool,
  type PoolConfig,
  type PoolRefusal,
  type Sealing,
  type SubmitOutcome,
} from './pool.ts';
export { sealDueAtMs, type SealState } from './seal.ts';
export { sweep } from './sweep.ts';
export type { Added, BatchWant, Behind, LaneFork, PayloadCheck } from './types.ts';
export {
  verifyBatchContents,
  verifyEnvelopes,
  type Admitted,
  type BatchContents,
  type EnvelopeRefusal,
} from './verify.ts';
