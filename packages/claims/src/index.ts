export {
  finishTags,
  prepareTags,
  requestTags,
  type PreparedTags,
  type TagClient,
  type TagRequester,
  type TagTransport,
} from './ask.ts';
export {
  elementSchema,
  functionOf,
  groupSchema,
  registryKeySchema,
  type RegistryKey,
} from './key.ts';
export type { QuotaBounds } from './quota.ts';
export { errorOf, refusal, type ClaimRefusal } from './refusal.ts';
export {
  TagRegistry,
  type EpochKey,
  type Member,
  type Members,
  type TagGrant,
  type TagRegistryConfig,
} from './registry.ts';
export {
  openRequest,
  sealRequest,
  signedTagRequestSchema,
  tagAnswerSchema,
  tagRequestSchema,
  tagRequestSignBytes,
  type OpenRequest,
  type TagRequest,
} from './request.ts';
export {
  functionInput,
  tagInputs,
  tagKindSchema,
  tagOf,
  type KeyTexts,
  type Tag,
  type TagInput,
  type TagKind,
} from './tag.ts';
export { httpTagTransport, TAG_MEDIA_TYPE, TAG_PATH, type HttpPost } from './transport.ts';
export {
  checkVerdict,
  verdictHash,
  verdictSchema,
  verdictSignBytes,
  verdictTags,
  type Verdict,
  type VerdictCheck,
} from './verdict.ts';
