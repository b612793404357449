export { runWholeSeed, type ByzantineKind, type WholeResult } from './whole/run.ts';
export {
  fastGate,
  runFastSeed,
  type FastOptions,
  type FastResult,
  type GateOptions,
  type GateResult,
} from './fast/index.ts';
export { runMutants, type MutationOptions, type MutationResult } from './mutation.ts';
export { mutants, type Mutant } from './mutants.ts';
export { runSeeds, type FailedSeed, type ParallelOptions } from './parallel.ts';
