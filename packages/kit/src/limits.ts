import { assert } from './assert.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every bound of the system. Names carry their unit; relations between them are asserted below. */
export const limits = {
  // Transactions and envelopes.
  txBytesMax: 64 * KIB,
  argsBytesMax: 48 * KIB,
  callsPerTxMax: 16,
  signersPerTxMax: 8,
  txsPerEnvelopeMax: 256,
  envelopeBytesMax: MIB,
  envelopesPerPostMax: 1_000,
  postBytesMax: 8 * MIB,
  txLifetimeMsMax: 10 * 60_000,
  saltBytes: 16,
  gasPerTxDefault: 2_000_000,
  gasPerTxMax: 20_000_000,
  callDepthMax: 8,

  // Batches and lanes.
  batchSealBytes: 256 * KIB,
  batchBytesMax: 2 * MIB,
  batchSealDelayMsMin: 5,
  batchSealDelayMsMax: 50,
  laneWindowBytes: 16 * MIB,
  laneWindowBatchesMax: 64,
  poolPendingBytesMax: 32 * MIB,
  poolPendingTxsMax: 50_000,

  // Blocks and consensus.
  validatorsMax: 100,
  blockBytesMax: 8 * MIB,
  blockGasMax: 2_000_000_000,
  executionLagBlocksMax: 8,
  viewWindow: 64,
  justCertificatesMax: 256,
  backoffFactorMax: 16,
  minBlockIntervalMs: 10,
  heartbeatMs: 60_000,
  timePrecisionMs: 500,
  timeMessageDelayMs: 2_000,

  // Wire and network.
  frameBytesMax: 4 * MIB,
  peerSendQueueBytesMax: 32 * MIB,
  peerVoteQueueBytesMax: 8 * MIB,
  peerInboundBytesPerSecondMax: 128 * MIB,
  peerInboundFramesPerSecondMax: 50_000,
  fetchBlocksPerRequestMax: 64,
  fetchBatchesPerRequestMax: 16,
  helpPerPeerPerSecondMax: 50,

  // Log.
  logSegmentBytes: 64 * MIB,
  logRecordBytesMax: 4 * MIB,
  logPendingBytesMax: 64 * MIB,

  // State.
  keyBytesMax: 256,
  valueBytesMax: 64 * KIB,
  pageRowsMax: 100,
  eventsPerTxMax: 64,
  bucketTargetEntries: 4,
  bucketEntriesMax: 65_536,
  bucketSplitsPerBlockMax: 4_096,

  // Identity and evidence.
  keysPerDidMax: 64,
  controllersPerDidMax: 8,
  didBytesMax: 96,
  kidBytesMax: 32,
  evidenceFieldsMax: 65_536,
  evidenceLinksPerDepositMax: 64,
  evidenceTextBytesMax: 1_024,
  evidenceFileBytesMax: 1_024 * MIB,

  // Claim tags. A quota bounds how fast a member could try out guesses.
  claimKeyBytesMax: 4 * KIB,
  claimTagsPerRequestMax: 48,
  claimTagsPerKindMax: 4,
  claimTagsPerMinute: 480,
  claimTagsPerDay: 20_000,
  claimRequestBytesMax: 4 * KIB,
  claimRequestAgeMsMax: 60_000,
  claimRequestsInFlightMax: 64,
  claimRequestsRememberedMax: 65_536,
  claimEpochsOpenMax: 8,

  // Contracts.
  contractNameBytesMax: 32,
  codeBytesMax: 512 * KIB,
  /** A piece and its length are the arguments of one call. */
  codeChunkBytesMax: 47 * KIB,
  codeChunksMax: 11,
  manifestBytesMax: 32 * KIB,
  ownersPerContractMax: 8,
  tablesPerContractMax: 32,
  eventsPerContractMax: 64,
  methodsPerContractMax: 128,
  guardsPerMethodMax: 8,
  indexesPerTableMax: 8,
  fieldsPerKeyMax: 8,
  rowKeyBytesMax: 160,
  indexEntryBytesMax: 448,
  indexPageEntriesMax: 32,
  gasPerQueryMax: 200_000_000,
  programsCachedMax: 512,

  // Roles and duties.
  roleBytesMax: 32,
  rolesPerOrganisationMax: 32,
  dutiesPerPartyMax: 32,

  // API.
  apiRequestsInFlightMax: 2_000,
  apiStreamsMax: 500,
  apiQueriesWaitingMax: 256,
  apiWaitMsMax: 30_000,
} as const;

assert(limits.argsBytesMax < limits.txBytesMax, 'arguments fit a transaction');
assert(limits.txBytesMax < limits.envelopeBytesMax, 'a transaction fits an envelope');
assert(limits.envelopeBytesMax < limits.batchBytesMax, 'an envelope fits a batch');
assert(
  limits.batchSealBytes < limits.batchBytesMax,
  'a sealed batch has room for its last envelope',
);
assert(limits.batchBytesMax < limits.frameBytesMax, 'a batch fits a frame');
assert(limits.frameBytesMax < limits.peerVoteQueueBytesMax, 'a frame fits the queue of votes');
assert(limits.frameBytesMax < limits.peerInboundBytesPerSecondMax, 'a frame is within the rate');
assert(limits.batchBytesMax < limits.logRecordBytesMax, 'a batch fits a record of the log');
assert(limits.laneWindowBytes >= 2 * limits.batchBytesMax, 'a lane holds two full batches');
assert(limits.blockBytesMax >= limits.batchBytesMax, 'a block holds a full batch');
assert(limits.valueBytesMax > limits.argsBytesMax, 'what a call may carry can be stored');
assert(limits.codeChunkBytesMax + 5 <= limits.argsBytesMax, 'a piece of code fits a call');
assert(
  limits.codeChunksMax * limits.codeChunkBytesMax >= limits.codeBytesMax,
  'the pieces hold the code',
);
assert(limits.manifestBytesMax + 8 * KIB <= limits.valueBytesMax, 'a manifest fits its record');
assert(limits.rowKeyBytesMax + 80 <= limits.keyBytesMax, 'the key of a row fits a record');
assert(
  limits.indexPageEntriesMax * (limits.indexEntryBytesMax + 8) + 1_000 <= limits.valueBytesMax,
  'a page of an index fits a record',
);
assert(limits.gasPerTxMax <= limits.blockGasMax, 'a transaction fits a block');
assert(limits.claimTagsPerRequestMax <= limits.claimTagsPerMinute, 'a request fits the quota');
assert(
  limits.claimRequestBytesMax > limits.claimTagsPerRequestMax * 34 + 1_024,
  'the blinded inputs of a request fit it',
);
