export { contract as claims } from './claims.ts';
export { contract as packs } from './packs.ts';
export { capOf, type Invoice } from './claims/facts.ts';
export {
  CLAIM_STATES,
  CLAIM_TABLE,
  isClaimStep,
  type ClaimAct,
  type ClaimRule,
  type ClaimState,
} from './claims/states.ts';
export { REASONS, type Reason } from './codes.ts';
export {
  ACTS,
  DEAL_STEPS,
  FINALS,
  RECEIVABLE,
  STAGES,
  type Act,
  type DealStep,
  type Stage,
} from './packs/acts.ts';
export { packIdBytes } from './packs/issue.ts';
export { DEFAULT_RULES, type Rules } from './packs/rules.ts';
export type { Deal, Entry, Interval, Pack, Request } from './packs/tables.ts';
export { isWholeFace, paymentBytes, termsBytes, type Terms } from './terms.ts';
export {
  carve,
  contains,
  mergeAdjacent,
  overlaps,
  reshape,
  sizeOf,
  tilingError,
  type Range,
  type Reshape,
} from './title/intervals.ts';
export {
  FLAGS,
  ruleOf,
  STATUSES,
  tableFaults,
  type Phase,
  type State,
  type Step,
  type Transition,
  type Who,
} from './title/transitions.ts';
