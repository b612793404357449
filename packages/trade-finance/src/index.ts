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
export {
  checkClaim,
  claimStatus,
  ownTags,
  type CheckedClaim,
  type ClaimCheck,
} from './flow/checking.ts';
export { creditedNumber, recordCreditNote, type Crediting } from './flow/crediting.ts';
export {
  askClaims,
  askPacks,
  claimsCall,
  money,
  nameOf,
  organisationOf,
  packsCall,
  refusedReceipt,
  send,
  type Claims,
  type Desk,
  type Done,
  type Packs,
  type Sent,
  type Text,
} from './flow/desk.ts';
export { factsOf, NO_RULES, type DocumentFacts } from './flow/facts.ts';
export {
  acceptTerms,
  askBank,
  askWhole,
  lockWhole,
  offerTerms,
  payDeal,
  payWhole,
  readDeal,
  readTerms,
  releasePledge,
  releaseWhole,
  TERMS_FORMAT,
  termsJson,
  type Offered,
  type Offering,
  type Payment,
} from './flow/financing.ts';
export {
  depositDocument,
  mustBeDeposited,
  vouch,
  type Deposited,
  type Vouched,
  type Vouching,
} from './flow/importing.ts';
export { passOn, signFor, type Passed, type Share } from './flow/passing.ts';
export {
  neededKeys,
  publishKey,
  registryKeys,
  tagsOf,
  type EpochKey,
  type EpochTags,
} from './flow/registry.ts';
export {
  importWithRules,
  syntaxOfRules,
  type InstalledRules,
  type NamedRules,
} from './flow/rulepack.ts';
export {
  askConfirmation,
  confirmTitle,
  issueTitle,
  receiveTitle,
  reviewTenor,
  type Issuing,
} from './flow/titling.ts';
export { pickUnits, readTitle, titleOf, titlesOf, type Title } from './flow/titles.ts';
export {
  reasonText,
  tellStory,
  tradeRejection,
  type CastName,
  type HeldPart,
  type OrganisationName,
  type Stage as StoryStage,
  type StoryFile,
  type StoryFileName,
  type StoryStep,
  type ToldStep,
} from './story/story.ts';
export { STORY } from './story/steps.ts';
export { setUpMembers, type Member, type Person } from './story/setup.ts';
