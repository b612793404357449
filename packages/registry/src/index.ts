export { readProved, type ChainSource } from './chain.ts';
export { readConfig, readGenesis, type ProcessConfig } from './config.ts';
export { GrantLog } from './grants.ts';
export { createEpochKey, DEFAULT_GROUP, readEpochKeys } from './keys.ts';
export { createMembers, type ReadIdentity } from './members.ts';
export { serveRegistry, type ListenOptions, type RegistryServer } from './server.ts';
export {
  registryKeysDir,
  startRegistry,
  type RegistryConfig,
  type RunningRegistry,
} from './start.ts';
