export { runWholeSeed, type ByzantineKind, type WholeResult } from './whole/run.ts';
