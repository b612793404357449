export { createExecutor, type PolicyExecutor } from './executor.ts';
export { gasTable } from './gas.ts';
export type * from './ports.ts';
