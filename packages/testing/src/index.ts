export { buildContract, type BuiltContract } from './build/build.ts';
export { BuildError, formatProblem, type Problem } from './build/problem.ts';
export { mapFrames, type SourceFrame } from './build/frames.ts';
export { testChain } from './chain.ts';
export type { Who } from './parties.ts';
export type {
  Actor,
  Callers,
  ChainEvent,
  ContractCaller,
  DepositOf,
  TestChain,
  TestChainOptions,
  TestContract,
  TestContracts,
} from './types.ts';
