export { fastGate, type GateOptions, type GateResult } from './gate.ts';
export { runFastSeed, type FastOptions, type FastResult } from './run.ts';
