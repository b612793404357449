export { packVerifyItems, verifyMany, verifyPacked, type VerifyItem } from './packed.ts';
export { randomBytes } from './random.ts';
export { createNativeSuite, createThreadSuite, nativeReport, type NativeReport } from './suite.ts';
