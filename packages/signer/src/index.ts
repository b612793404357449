export { ViewGuard, type GuardOptions, type VoteIntent } from './guard.ts';
export { createKeyFile, readKeyFile, type KeyFile, type KeyPurpose } from './keyfile.ts';
export { LocalSigner, type LocalSignerConfig } from './local.ts';
export { createSecretFile, readSecretFile } from './secretfile.ts';
