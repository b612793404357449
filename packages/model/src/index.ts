export * from './batch.ts';
export * from './block.ts';
export {
  algSchema,
  didSchema,
  ENGINE_VERSION,
  kidSchema,
  PROTOCOL_VERSION,
  publicKeySchema,
  signatureSchema,
  taggedHash,
  u64Bytes,
  ZERO_HASH,
  type Sealed,
} from './common.ts';
export * from './contracts.ts';
export * from './deployment.ts';
export * from './did.ts';
export * from './evidence.ts';
export * from './genesis.ts';
export * from './http.ts';
export * from './interface.ts';
export * from './proof.ts';
export * from './receipt.ts';
export { orderedBytes, tableOf, type DeployedTable } from './rows.ts';
export * from './state.ts';
export * from './tx.ts';
export * from './vote.ts';
export * from './wire.ts';
