export { runFastSeed, type FastOptions, type FastResult } from './run.ts';
export type { Violation } from './checker.ts';
