export {
  callOf,
  queryOf,
  type ContractName,
  type MethodArgs,
  type MethodName,
  type MethodResult,
  type QueryArgs,
  type QueryName,
  type QueryResult,
  type TypedCall,
  type TypedQuery,
} from './calls.ts';
export { createClient, type Client, type ClientConfig, type DraftOptions } from './client.ts';
export type { Chain } from './connection.ts';
export type { ContractClient, ContractEvent, ContractEventOptions } from './contract.ts';
export type { Settled } from './deliver.ts';
export {
  deployContract,
  type DeployedVersion,
  type Deployment,
  type DeployOptions,
} from './deploy.ts';
export type { ChainEvent, EventOptions } from './events.ts';
export { keySigner, type Signer } from './keys.ts';
export { advance, memoryTrustStore, type Newest, type TrustStore } from './newest.ts';
export type { Deployed } from './offers.ts';
export { memoryOutbox, type Outbox, type OutboxEntry } from './outbox.ts';
export { ambientPlatform, type Platform } from './platform.ts';
export { rejectionOf, type Rejection } from './problem.ts';
export type { Answered, Proved, ProvedOptions, ReadOptions } from './query.ts';
export { readRow, type RowName } from './rows.ts';
export type {
  Executed,
  ManyOptions,
  Submission,
  SubmissionResult,
  SubmitOptions,
  SubmitProgress,
  Unproved,
} from './submit.ts';
export { buildTx, draftEnvelope, saltOf, signDraft, type Draft, type SignerName } from './tx.ts';
export {
  checkAge,
  readGenesis,
  receiptUnder,
  recordUnder,
  verifyBlock,
  verifyBlockHeader,
  verifyGenesis,
  verifyHeader,
  verifyReceipt,
  verifyRecord,
  type Anchor,
  type FinalHeader,
  type VerifiedBlock,
  type VerifiedReceipt,
  type VerifiedRecord,
} from './verify.ts';
export {
  BUNDLE_FORMAT,
  makeBundle,
  readBundle,
  type Bundle,
  type BundleParts,
} from './evidence/bundle.ts';
export { verifyBundle, type BundleCheck, type BundleReport, type Party } from './evidence/check.ts';
export {
  commitFields,
  disclosureSchema,
  fieldLeafSchema,
  verifyDisclosure,
  type Commitment,
  type Disclosure,
  type FieldValue,
} from './evidence/commit.ts';
export { fieldBounds, type Field } from './evidence/bounds.ts';
export {
  hashStream,
  prepareDeposit,
  prepareLargeDeposit,
  type DepositParts,
  type PreparedDeposit,
} from './evidence/deposit.ts';
export { factFields, readFields, type FieldReport, type FileFacts } from './evidence/fields.ts';
export { mediaOf, readingOf, type Reading } from './evidence/media.ts';
